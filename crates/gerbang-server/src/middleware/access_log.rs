//! One line of the log, and the metrics, for each request.
//!
//! The path is written, the query string never: it may hold codes. Of the headers those that name the client are written,
//! and no other.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use gerbang_kernel::{
    facts::{Facts, collect},
    request::RequestId,
};
use gerbang_rest::MatchedRoute;
use gerbang_trace::{KeyValue, Span};
use tracing::Instrument;

use crate::metrics;

/// Characters of a path that are written.
const MAX_PATH: usize = 1_000;

/// Logs and counts the request.
pub(crate) async fn log_access(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = path_of(&request);
    let route = request.extensions().get::<MatchedPath>().map(|route| Arc::<str>::from(route.as_str()));
    let id = request.extensions().get::<RequestId>().map(|id| Arc::clone(&id.0)).unwrap_or_default();
    let trace = begin_trace(&request, route.as_deref());
    let span = tracing::info_span!("request", request_id = &*id, trace_id = trace.trace_id());
    let log = Log { started, method, path, route };
    let answer = async {
        let (response, facts) = collect(next.run(request)).await;
        tell(&trace, &response, &facts);
        log.finish(&response, facts);
        response
    };
    trace.around(answer).instrument(span).await
}

/// The path, or its beginning: who calls may send 64 kB of it.
fn path_of(request: &Request) -> String {
    let path = request.uri().path();
    if path.len() <= MAX_PATH { path.to_owned() } else { path.chars().take(MAX_PATH).collect() }
}

/// A span by the semantic conventions for HTTP servers, a part of what the headers name.
fn begin_trace(request: &Request, route: Option<&str>) -> Span {
    let method = known(request.method());
    let span = Span::of_request(request.headers(), method, || {
        let mut attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("url.scheme", "http"),
            KeyValue::new("url.path", path_of(request)),
        ];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route.to_owned())));
        attributes
    });
    if let Some(route) = route {
        span.rename(|| format!("{method} {route}"));
    }
    span
}

fn tell(trace: &Span, response: &Response, facts: &Facts) {
    trace.annotate(|| {
        let status = response.status().as_u16();
        let mut attributes = vec![KeyValue::new("http.response.status_code", i64::from(status))];
        attributes.extend(facts.ip.map(|ip| KeyValue::new("client.address", ip.to_string())));
        attributes.extend(facts.realm.clone().map(|realm| KeyValue::new("gerbang.realm", realm)));
        attributes.extend(facts.client.clone().map(|client| KeyValue::new("gerbang.client", client)));
        attributes.extend(facts.code.map(|code| KeyValue::new("gerbang.error.code", code)));
        attributes
    });
    if response.status().is_server_error() {
        trace.fail(facts.code.unwrap_or("5xx"));
    }
}

struct Log {
    started: Instant,
    method: Method,
    path: String,
    route: Option<Arc<str>>,
}

impl Log {
    fn finish(self, response: &Response, facts: Facts) {
        let Self { started, method, path, route } = self;
        let legacy = response.extensions().get::<MatchedRoute>().map(|matched| Arc::clone(&matched.name));
        let route = legacy.or(route).unwrap_or_else(|| Arc::from("none"));
        let (status, elapsed): (StatusCode, Duration) = (response.status(), started.elapsed());
        metrics::record_request(known(&method), &route, status, elapsed);
        // To the microsecond: nobody reads more of it.
        let (status, milliseconds) = (status.as_u16(), (elapsed.as_secs_f64() * 1e6).round() / 1e3);
        if path == "/healthz" || path == "/readyz" || path == "/metrics" {
            tracing::debug!(%method, path, status, milliseconds, "answered");
        } else {
            let Facts { operation, code, user, realm, client, ip } = facts;
            let ip = ip.map(tracing::field::display);
            tracing::info!(
                %method, path, %route, operation = operation.as_deref(), status, code, milliseconds, user, realm, client, ip, "answered"
            );
        }
    }
}

/// A method's name, from a fixed set: clients may invent others, and each label costs memory.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
