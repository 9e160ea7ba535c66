//! What Prometheus reads from `/metrics`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use gerbang_graphql::metrics::{OPERATIONS, STREAMS};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "gerbang_http_requests_total";
const LEGACY: &str = "gerbang_legacy_requests_total";
const DURATION: &str = "gerbang_http_request_duration_seconds";
const QUERIES: &str = "gerbang_db_queries_total";
const VIEWER_CACHE: &str = "gerbang_viewer_cache_total";
const CONNECTIONS: &str = "gerbang_db_connections";
const CONNECTIONS_MAX: &str = "gerbang_db_connections_max";
const QUEUE: &str = "gerbang_queue_depth";
const OLDEST: &str = "gerbang_queue_oldest_seconds";
const CLICKS: &str = "gerbang_clicks_total";
const CLICK_BATCHES: &str = "gerbang_click_batches_total";
/// Operations by kind and the outcomes that there are always.
const KINDS: [(&str, &str); 5] =
    [("query", "ok"), ("query", "errors"), ("mutation", "ok"), ("mutation", "errors"), ("subscription", "started")];
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Starts to record, once in a process however often it is called.
///
/// # Errors
/// When another recorder is installed already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    static HANDLE: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut installed = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)?
        .install_recorder()?;
    describe_counter!(REQUESTS, "Requests by method, route and status.");
    describe_counter!(LEGACY, "Calls of legacy routes by API and operation; GraphQL's `legacyUsage` tells whose.");
    describe_histogram!(DURATION, Unit::Seconds, "Time to the head of the answer by method and route.");
    describe_counter!(OPERATIONS, "GraphQL operations by kind and outcome.");
    describe_gauge!(STREAMS, "Open sockets and event streams.");
    describe_counter!(QUERIES, "SQL statements by source: requests, or background workers.");
    describe_counter!(VIEWER_CACHE, "Requests with a token by whether its viewer was known (hit) or looked up (miss).");
    describe_gauge!(CONNECTIONS, "Connections to the database by pool and state: used or idle.");
    describe_gauge!(CONNECTIONS_MAX, "Connections that a pool may have.");
    describe_gauge!(
        QUEUE,
        "What waits: clicks and payment notifications to be written, messages to be sent, reports to be made."
    );
    describe_gauge!(OLDEST, Unit::Seconds, "How long the first of a queue has been waiting.");
    describe_counter!(CLICKS, "Clicks that were recorded.");
    describe_counter!(CLICK_BATCHES, "Transactions that recorded them.");
    for source in ["request", "worker"] {
        metrics::counter!(QUERIES, "source" => source).absolute(0);
    }
    for outcome in ["hit", "miss"] {
        metrics::counter!(VIEWER_CACHE, "outcome" => outcome).absolute(0);
    }
    for name in [CLICKS, CLICK_BATCHES] {
        metrics::counter!(name).absolute(0);
    }
    for (kind, outcome) in KINDS {
        metrics::counter!(OPERATIONS, "kind" => kind, "outcome" => outcome).absolute(0);
    }
    metrics::gauge!(STREAMS).increment(0);
    *installed = Some(handle.clone());
    Ok(handle)
}

/// A route whose calls are counted.
#[derive(Clone, Copy, Debug)]
pub struct CountedRoute<'a> {
    /// The API's slug.
    pub api: &'static str,
    /// The operation's name.
    pub operation: &'a str,
    /// How it is called.
    pub method: &'a str,
    /// What a success is answered with.
    pub status: u16,
}

/// Lets what will be counted of these routes begin at zero, so that the first call is an increase like any other.
pub fn start_series<'a>(routes: impl Iterator<Item = CountedRoute<'a>>) {
    let start = |method: &str, route: String, status: u16| {
        let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
        metrics::counter!(REQUESTS, &labels).absolute(0);
    };
    start("POST", "/graphql".to_owned(), 200);
    for CountedRoute { api, operation, method, status } in routes {
        metrics::counter!(LEGACY, "api" => api, "operation" => operation.to_owned()).absolute(0);
        start(method, format!("{api}/{operation}"), status);
    }
}

/// Tells how many connections of a pool are at work, wait for work, and may be.
pub fn set_connections(pool: &'static str, used: usize, idle: usize, max: usize) {
    let set = |state: &'static str, count: usize| {
        metrics::gauge!(CONNECTIONS, "pool" => pool, "state" => state).set(float(count));
    };
    set("used", used);
    set("idle", idle);
    metrics::gauge!(CONNECTIONS_MAX, "pool" => pool).set(float(max));
}

/// Tells how much waits in a queue.
pub fn set_queue(queue: &'static str, waiting: usize) {
    metrics::gauge!(QUEUE, "queue" => queue).set(float(waiting));
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Counts a request that was answered.
pub fn record_request(method: &'static str, route: &Arc<str>, status: StatusCode, elapsed: Duration) {
    let route = route.to_string();
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    metrics::histogram!(DURATION, "method" => method, "route" => route).record(elapsed);
}

/// Counts a call of a legacy route.
pub fn record_legacy(api: &'static str, operation: &str) {
    metrics::counter!(LEGACY, "api" => api, "operation" => operation.to_owned()).increment(1);
}
