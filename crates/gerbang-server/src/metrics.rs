//! What Prometheus reads from `/metrics`.

use std::{
    cell::RefCell,
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use axum::http::StatusCode;
use gerbang_graphql::metrics::{OPERATIONS, STREAMS};
use gerbang_rest::MatchedRoute;
use metrics::{Counter, Histogram, Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::middleware::overload::Concurrency;

const REQUESTS: &str = "gerbang_http_requests_total";
const LEGACY: &str = "gerbang_legacy_requests_total";
const DURATION: &str = "gerbang_http_request_duration_seconds";
const QUERIES: &str = "gerbang_db_queries_total";
const VIEWER_CACHE: &str = "gerbang_viewer_cache_total";
const CONNECTIONS: &str = "gerbang_db_connections";
const CONNECTIONS_MAX: &str = "gerbang_db_connections_max";
const WAITING: &str = "gerbang_db_waiting";
const WAIT: &str = "gerbang_db_wait_seconds";
const REPLICA_LAG: &str = "gerbang_db_replica_lag_seconds";
const IN_WORK: &str = "gerbang_http_requests_in_work";
const IN_WORK_MAX: &str = "gerbang_http_requests_in_work_max";
const LIMITED: &str = "gerbang_limited_total";
const LIMIT_SERVER_FAILURES: &str = "gerbang_limit_server_failures_total";
const REACHABLE: &str = "gerbang_reachable";
const QUEUE: &str = "gerbang_queue_depth";
const OLDEST: &str = "gerbang_queue_oldest_seconds";
const LOST_LINES: &str = "gerbang_log_lines_lost_total";
const CLICKS: &str = "gerbang_clicks_total";
const CLICK_BATCHES: &str = "gerbang_click_batches_total";
/// Operations by kind and the outcomes that there are always.
const KINDS: [(&str, &str); 5] =
    [("query", "ok"), ("query", "errors"), ("mutation", "ok"), ("mutation", "errors"), ("subscription", "started")];
/// How often what was recorded is counted up: until then each duration takes a place in memory, whether or not anybody ever
/// asks for the metrics.
const UPKEEP: Duration = Duration::from_secs(5);
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Why nothing can be recorded.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Another recorder is installed already.
    #[error(transparent)]
    Recorder(#[from] BuildError),
    /// The system has no thread for what counts up.
    #[error(transparent)]
    Thread(#[from] io::Error),
}

/// Starts to record, once in a process however often it is called.
///
/// # Errors
/// When another recorder is installed already, or the system has no thread.
pub fn install() -> Result<PrometheusHandle, InstallError> {
    static HANDLE: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut installed = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)?
        .set_buckets_for_metric(Matcher::Full(WAIT.to_owned()), &BUCKETS)?
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
    describe_gauge!(WAITING, "Statements and transactions that wait for a connection of a pool.");
    describe_histogram!(
        WAIT,
        Unit::Seconds,
        "How long they waited by pool, of those that waited a millisecond at least."
    );
    describe_gauge!(
        REPLICA_LAG,
        Unit::Seconds,
        "How old what is read from the standby is at most; after five seconds nothing is read from it."
    );
    describe_gauge!(IN_WORK, "Requests in work.");
    describe_gauge!(IN_WORK_MAX, "How many may be in work at the moment; more are answered with 503.");
    describe_counter!(LIMITED, "What was refused since there had been too many, by limit.");
    describe_counter!(LIMIT_SERVER_FAILURES, "Questions that Redis did not answer; this machine counted on its own.");
    describe_gauge!(
        REACHABLE,
        "Whether what this server depends on (database, redis, email, sms) answered last: 1, or 0, and it is tried now and then."
    );
    describe_gauge!(
        QUEUE,
        "What waits: clicks and payment notifications to be written, messages to be sent, reports to be made."
    );
    describe_gauge!(OLDEST, Unit::Seconds, "How long the first of a queue has been waiting.");
    describe_counter!(LOST_LINES, "Lines of the log that were lost since nobody read it.");
    describe_counter!(CLICKS, "Clicks that were recorded.");
    describe_counter!(CLICK_BATCHES, "Transactions that recorded them.");
    for source in ["request", "worker"] {
        metrics::counter!(QUERIES, "source" => source).absolute(0);
    }
    for outcome in ["hit", "miss"] {
        metrics::counter!(VIEWER_CACHE, "outcome" => outcome).absolute(0);
    }
    for name in [CLICKS, CLICK_BATCHES, LIMIT_SERVER_FAILURES] {
        metrics::counter!(name).absolute(0);
    }
    for (kind, outcome) in KINDS {
        metrics::counter!(OPERATIONS, "kind" => kind, "outcome" => outcome).absolute(0);
    }
    metrics::gauge!(STREAMS).increment(0);
    let upkept = handle.clone();
    thread::Builder::new().name("metrics".to_owned()).spawn(move || {
        loop {
            thread::park_timeout(UPKEEP);
            upkept.run_upkeep();
        }
    })?;
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

/// Tells how many connections of a pool are at work, wait for work, and may be, and who waits for one.
pub fn set_connections(pool: &'static str, [used, idle, max, waiting]: [usize; 4]) {
    let set = |state: &'static str, count: usize| {
        metrics::gauge!(CONNECTIONS, "pool" => pool, "state" => state).set(float(count));
    };
    set("used", used);
    set("idle", idle);
    metrics::gauge!(CONNECTIONS_MAX, "pool" => pool).set(float(max));
    metrics::gauge!(WAITING, "pool" => pool).set(float(waiting));
}

/// Tells how old what is read from the replica of the database is at most, if that is known.
pub fn set_replica_lag(lag: Option<Duration>) {
    metrics::gauge!(REPLICA_LAG).set(lag.unwrap_or(Duration::MAX));
}

/// Tells how many requests are in work, and how many may be.
pub fn set_in_work(concurrency: &Concurrency) {
    metrics::gauge!(IN_WORK).set(float(concurrency.in_work()));
    metrics::gauge!(IN_WORK_MAX).set(float(concurrency.max_in_work()));
}

/// Tells how many lines of the log were lost so far.
pub fn set_lost_lines(lines: usize) {
    metrics::counter!(LOST_LINES).absolute(lines as u64);
}

/// Tells whether something that this server depends on answered last.
pub fn set_reachable(what: &'static str, answered: bool) {
    metrics::gauge!(REACHABLE, "what" => what).set(float(answered.into()));
}

/// Tells how much waits in a queue.
pub fn set_queue(queue: &'static str, waiting: usize) {
    metrics::gauge!(QUEUE, "queue" => queue).set(float(waiting));
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// What is counted of a route's requests with one method and status.
struct Requests {
    method: &'static str,
    status: StatusCode,
    count: Counter,
    duration: Histogram,
}

impl Requests {
    fn new(method: &'static str, route: &str, status: StatusCode) -> Self {
        let route = route.to_owned();
        let code = status.as_u16().to_string();
        let count = metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => code);
        let duration = metrics::histogram!(DURATION, "method" => method, "route" => route);
        Self { method, status, count, duration }
    }
}

/// Counts a request that was answered.
pub fn record_request(method: &'static str, route: &Arc<str>, status: StatusCode, elapsed: Duration) {
    thread_local! {
        /// By route: to look them up among all metrics, their labels would be made again for each request.
        static KNOWN: RefCell<HashMap<Arc<str>, Vec<Requests>>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        let requests = known.entry(Arc::clone(route)).or_default();
        let place = requests.iter().position(|one| one.method == method && one.status == status);
        let place = place.unwrap_or_else(|| {
            requests.push(Requests::new(method, route, status));
            requests.len() - 1
        });
        let Requests { count, duration, .. } = &requests[place];
        count.increment(1);
        duration.record(elapsed);
    });
}

/// Counts a call of a legacy route.
pub(crate) fn record_legacy(MatchedRoute { api, operation, name, .. }: &MatchedRoute) {
    thread_local! {
        /// By API and operation, for the same reason.
        static KNOWN: RefCell<HashMap<Arc<str>, Counter>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        let calls = || metrics::counter!(LEGACY, "api" => *api, "operation" => operation.to_string());
        known.entry(Arc::clone(name)).or_insert_with(calls).increment(1);
    });
}
