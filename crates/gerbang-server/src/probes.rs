//! Whether the process lives, whether it can work, and what it counts.

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use super::extract::method_not_allowed;

/// How long the database may take to answer a probe.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

type Check = dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// Tells whether requests can be answered now. Cheap to clone.
#[derive(Clone)]
pub struct Readiness(Arc<Check>);

impl Readiness {
    /// Asks `check`, whose error says what is missing.
    pub fn new<F, R>(check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(check())))
    }
}

/// What `/metrics` shows. Cheap to clone.
#[derive(Clone)]
pub struct Counted {
    metrics: PrometheusHandle,
    read: Arc<dyn Fn() + Send + Sync>,
}

impl Counted {
    /// What was recorded, after `read` has set the gauges of what is looked at and not counted.
    pub fn new(metrics: PrometheusHandle, read: impl Fn() + Send + Sync + 'static) -> Self {
        Self { metrics, read: Arc::new(read) }
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readiness")
    }
}

/// `/healthz` and `/readyz`, and `/metrics` if it is not elsewhere.
pub fn router(readiness: Readiness, metrics: Option<Counted>) -> Router {
    let counted = metrics.map(|metrics| Router::new().route("/metrics", get(exposition).with_state(metrics)));
    counted
        .unwrap_or_default()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(ready).with_state(readiness))
        .method_not_allowed_fallback(method_not_allowed)
}

async fn ready(State(Readiness(check)): State<Readiness>) -> Response {
    let problem = match tokio::time::timeout(CHECK_TIMEOUT, check()).await {
        Ok(Ok(())) => return Json(json!({ "status": "ok" })).into_response(),
        Ok(Err(problem)) => problem,
        Err(_) => "the database does not answer".to_owned(),
    };
    tracing::warn!(problem, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable", "reason": problem }))).into_response()
}

async fn exposition(State(Counted { metrics, read }): State<Counted>) -> Response {
    read();
    metrics.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}
