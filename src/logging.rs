//! The log: to standard error, for people or as JSON lines.

use std::io::{self, BufWriter, IsTerminal};

use gerbang_platform::db::Unspanned;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat};

/// Lines that may wait to be written. Who has one more waits, too: none is lost.
const WAITING: usize = 8_192;

/// Writes what is left of the log when it is dropped.
#[must_use = "the log ends when it is dropped"]
pub struct Logging(#[expect(dead_code, reason = "it is dropped")] WorkerGuard);

/// Starts the log. `RUST_LOG` wins over the settings.
///
/// A thread of its own writes the lines, as many at once as there are: each by itself, by who answers a request, was a
/// twelfth of what the cheapest requests cost.
pub fn init(log: &Log) -> Logging {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&log.filter));
    let registry = tracing_subscriber::registry().with(filter);
    let queue = NonBlockingBuilder::default().lossy(false).buffered_lines_limit(WAITING).thread_name("log");
    let (writer, guard) = queue.finish(BufWriter::new(io::stderr()));
    let lines = fmt::layer().with_writer(writer);
    match log.format {
        LogFormat::Text => {
            let lines = lines.with_ansi(io::stderr().is_terminal()).with_target(false);
            Unspanned(registry.with(lines)).init();
        }
        LogFormat::Json => Unspanned(registry.with(lines.json().flatten_event(true))).init(),
    }
    Logging(guard)
}
