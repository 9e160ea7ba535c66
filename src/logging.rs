//! The log: to standard error, for people or as JSON lines.

use std::io::{self, IsTerminal};

use gerbang_platform::db::Unspanned;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat};

/// Starts the log. `RUST_LOG` wins over the settings.
pub fn init(log: &Log) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&log.filter));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(io::stderr);
    match log.format {
        LogFormat::Text => {
            let lines = lines.with_ansi(io::stderr().is_terminal()).with_target(false);
            Unspanned(registry.with(lines)).init();
        }
        LogFormat::Json => Unspanned(registry.with(lines.json().flatten_event(true))).init(),
    }
}
