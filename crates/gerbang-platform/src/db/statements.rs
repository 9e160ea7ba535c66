//! How many statements are run, for requests and in the background, and which are slow.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gerbang_kernel::facts;
use sea_orm::{DatabaseConnection, DbBackend, Statement};

/// How traces name a database.
const fn system(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "sqlite",
        _ => "postgresql",
    }
}

tokio::task_local! {
    /// Set around background work, so that its statements are counted apart from those of requests.
    static BACKGROUND: ();
}

/// Runs background work (the outbox, retention) so that its statements count as `source="worker"`.
pub async fn in_background<F: Future>(work: F) -> F::Output {
    BACKGROUND.scope((), work).await
}

/// What requests have run.
#[derive(Default)]
pub(super) struct Statements {
    count: AtomicU64,
    watcher: OnceLock<Watcher>,
    /// What takes longer is in the log.
    slow: Option<Duration>,
}

type Watcher = Box<dyn Fn(&Statement) + Send + Sync>;

impl Statements {
    /// None so far. Those that take longer than `slow` will be in the log.
    pub(super) fn new(slow: Option<Duration>) -> Self {
        Self { slow, ..Self::default() }
    }

    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Shows each from now on to the first who asks.
    pub(super) fn watch(&self, watcher: impl Fn(&Statement) + Send + Sync + 'static) {
        let _ = self.watcher.set(Box::new(watcher));
    }

    /// Counts one, of a request or in the background, and all of them in the metrics.
    pub(super) fn record(&self, statement: &Statement, elapsed: Duration, failed: bool) {
        if self.slow.is_some_and(|slow| elapsed >= slow) {
            let milliseconds = elapsed.as_millis();
            // The text has places for values, and what is searched for in itself.
            let sql = gerbang_trace::without_texts(&statement.sql);
            tracing::warn!(%milliseconds, operation = facts::operation().as_deref(), sql, "a statement was slow");
        }
        gerbang_trace::statement(system(statement.db_backend), &statement.sql, elapsed, failed);
        if BACKGROUND.try_with(|()| ()).is_ok() {
            metrics::counter!("gerbang_db_queries_total", "source" => "worker").increment(1);
        } else {
            self.count.fetch_add(1, Ordering::Relaxed);
            if let Some(watcher) = self.watcher.get() {
                watcher(statement);
            }
            metrics::counter!("gerbang_db_queries_total", "source" => "request").increment(1);
        }
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Statements").field(&self.count()).finish()
    }
}

/// Counts what runs on `connection` for requests in `statements`, and all of it in the metrics.
pub(super) fn count_statements(connection: &mut DatabaseConnection, statements: &Arc<Statements>) {
    let statements = Arc::clone(statements);
    connection.set_metric_callback(move |info| statements.record(info.statement, info.elapsed, info.failed));
}
