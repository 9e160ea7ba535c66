//! The log: to standard error, for people or as JSON lines.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    panic::{self, PanicHookInfo},
    sync::OnceLock,
};

use chrono::SecondsFormat;
use gerbang_kernel::clock::Clock;
use gerbang_platform::db::Unspanned;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat};

/// Lines that may wait to be written: of ordinary ones some 10 MB.
const WAITING: usize = 32_768;

/// Counts the lines that were lost.
static LOST: OnceLock<ErrorCounter> = OnceLock::new();

/// Writes what is left of the log when it is dropped.
#[must_use = "the log ends when it is dropped"]
pub struct Logging(#[expect(dead_code, reason = "it is dropped")] WorkerGuard);

/// Starts the log. `RUST_LOG` wins over the settings.
///
/// A thread of its own writes the lines, as many at once as there are: each by itself, by who answers a request, was a
/// twelfth of what the cheapest requests cost. Where nobody reads them, lines are lost rather than requests: who waited for
/// a pipe that is full would answer nothing any more, probes included.
pub fn init(log: &Log) -> Logging {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&log.filter));
    let registry = tracing_subscriber::registry().with(filter);
    let queue = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING).thread_name("log");
    let (writer, guard) = queue.finish(BufWriter::new(io::stderr()));
    LOST.get_or_init(|| writer.error_counter());
    let lines = fmt::layer().with_writer(writer);
    match log.format {
        LogFormat::Text => {
            let lines = lines.with_ansi(io::stderr().is_terminal()).with_target(false);
            Unspanned(registry.with(lines)).init();
        }
        LogFormat::Json => {
            Unspanned(registry.with(lines.json().flatten_event(true))).init();
            panic::set_hook(Box::new(tell_of_panic));
        }
    }
    Logging(guard)
}

/// A line of JSON like the others, but written at once: the process may end with it.
fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let line = serde_json::json!({
        "timestamp": Clock::system().now().to_rfc3339_opts(SecondsFormat::Micros, true),
        "level": "ERROR",
        "message": "panicked",
        "panic": panic.to_string(),
    });
    let _ = writeln!(io::stderr(), "{line}");
}

/// How many lines were lost since nobody read the log.
pub fn lost_lines() -> usize {
    LOST.get().map_or(0, ErrorCounter::dropped_lines)
}
