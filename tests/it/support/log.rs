//! The log, to read it in a test.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
};

use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::{Registry, fmt::MakeWriter};

/// What is logged.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Collects all that this thread logs until the guard is dropped.
    pub(crate) fn collect() -> (Self, DefaultGuard) {
        // While there is one subscriber, who reaches a line first decides for all whether it is logged. Two that get nothing
        // make every one be asked. None may be the default of the other threads: spans are closed where they end, with the
        // default of that thread.
        static OTHERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
        OTHERS.get_or_init(|| [Registry::default().into(), Registry::default().into()]);
        let lines = Self::default();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        (lines.clone(), tracing::subscriber::set_default(subscriber.with_writer(lines).finish()))
    }

    /// So far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
