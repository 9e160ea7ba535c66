//! How many statements are run, for requests and in the background.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::DatabaseConnection;

tokio::task_local! {
    /// Set around background work, so that its statements are counted apart from those of requests.
    static BACKGROUND: ();
}

/// Runs background work (the outbox, retention) so that its statements count as `source="worker"`.
pub async fn in_background<F: Future>(work: F) -> F::Output {
    BACKGROUND.scope((), work).await
}

/// Counts what runs on `connection` for requests in `statements`, and all of it in the metrics.
pub(super) fn count_statements(connection: &mut DatabaseConnection, statements: &Arc<AtomicU64>) {
    let statements = Arc::clone(statements);
    connection.set_metric_callback(move |_| {
        if BACKGROUND.try_with(|()| ()).is_ok() {
            metrics::counter!("gerbang_db_queries_total", "source" => "worker").increment(1);
        } else {
            statements.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("gerbang_db_queries_total", "source" => "request").increment(1);
        }
    });
}
