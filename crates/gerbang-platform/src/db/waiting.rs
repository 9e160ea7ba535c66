//! Who waits for a connection of a pool, and for how long.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How long statements and transactions waited for a connection, by pool, of those that waited for [`NOTICEABLE`] at least.
const WAIT_SECONDS: &str = "gerbang_db_wait_seconds";
/// A pool with a connection to give gives it sooner.
const NOTICEABLE: Duration = Duration::from_millis(1);

tokio::task_local! {
    /// Around what takes a connection. The pool ends it.
    static WAIT: Wait;
}

/// Those that wait for a connection of one pool.
#[derive(Debug)]
pub(super) struct Waiting {
    pool: &'static str,
    count: AtomicUsize,
}

impl Waiting {
    /// Nobody yet.
    pub(super) fn new(pool: &'static str) -> Arc<Self> {
        Arc::new(Self { pool, count: AtomicUsize::new(0) })
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Runs `work`, which takes a connection first.
    pub(super) fn until_acquired<F: Future>(self: &Arc<Self>, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.count.fetch_add(1, Ordering::Relaxed);
        WAIT.scope(Wait { waiting: Arc::clone(self), since: Instant::now(), is_over: Cell::new(false) }, work)
    }
}

/// Whether who asks is a statement, or what takes a connection for it.
pub(super) fn is_statement() -> bool {
    WAIT.try_with(|_| ()).is_ok()
}

/// A connection was given: for the pool, which gives it to the task that runs this.
pub(super) fn acquired() {
    // What opens connections ahead waits for none.
    let _ = WAIT.try_with(|wait| {
        let waited = wait.since.elapsed();
        if wait.end() && waited >= NOTICEABLE {
            metrics::histogram!(WAIT_SECONDS, "pool" => wait.waiting.pool).record(waited);
        }
    });
}

struct Wait {
    waiting: Arc<Waiting>,
    since: Instant,
    is_over: Cell<bool>,
}

impl Wait {
    /// Ends it; whether it ran.
    fn end(&self) -> bool {
        let ran = !self.is_over.replace(true);
        if ran {
            self.waiting.count.fetch_sub(1, Ordering::Relaxed);
        }
        ran
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.end();
    }
}
