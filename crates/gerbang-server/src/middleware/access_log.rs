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
use tracing::Instrument;

use crate::metrics;

/// Logs and counts the request.
pub async fn log_access(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|route| Arc::<str>::from(route.as_str()));
    let id = request.extensions().get::<RequestId>().map(|id| Arc::clone(&id.0)).unwrap_or_default();
    let span = tracing::info_span!("request", request_id = &*id);
    let log = Log { started, method, path, route };
    async move {
        let (response, facts) = collect(next.run(request)).await;
        log.finish(&response, facts);
        response
    }
    .instrument(span)
    .await
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
        let legacy = response
            .extensions()
            .get::<MatchedRoute>()
            .map(|matched| Arc::from(format!("{}/{}", matched.api, matched.operation)));
        let route = legacy.or(route).unwrap_or_else(|| Arc::from("none"));
        let (status, elapsed): (StatusCode, Duration) = (response.status(), started.elapsed());
        metrics::record_request(known(&method), &route, status, elapsed);
        let (status, milliseconds) = (status.as_u16(), elapsed.as_secs_f64() * 1_000.0);
        if path == "/healthz" || path == "/readyz" || path == "/metrics" {
            tracing::debug!(%method, path, status, milliseconds, "answered");
        } else {
            let Facts { operation, code, user, realm, client, ip } = facts;
            let ip = ip.map(tracing::field::display);
            tracing::info!(
                %method, path, %route, operation, status, code, milliseconds, user, realm, client, ip, "answered"
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
