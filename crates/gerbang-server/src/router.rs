//! Every route, and the order in which a request passes through the layers.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use futures_util::FutureExt;
use gerbang_graphql::{
    engine::Engine,
    http::{self as graphql, Endpoint},
};
use gerbang_kernel::{
    error::ErrorCode,
    identity::{Authenticator, Identity},
};
use gerbang_rest::MatchedRoute;
use tower::ServiceBuilder;
use tower_http::cors::CorsLayer;

use super::{
    metrics::record_legacy,
    middleware::{
        access_log::log_access,
        body::BodyLimits,
        client::{TrustedProxies, set_client_info},
        content_length::no_length_without_body,
        decode::decode_body,
        headers::{self, IsSecure},
        overload::{self, Concurrency},
        request_id::{repeat_request_id, set_request_id},
        viewer::{self, set_viewer},
    },
    probes::{self, Counted, Readiness},
    problem,
};

/// What the routes need.
pub struct Parts<E: Engine> {
    /// `/graphql`.
    pub endpoint: Endpoint<E>,
    /// Answers every path that is not the endpoint's.
    pub rest: Router,
    /// From token to viewer.
    pub authenticator: Authenticator<E::Identity>,
    /// How many bodies may be sent at once.
    pub body_limits: BodyLimits,
    /// How many requests may be in work at once.
    pub concurrency: Concurrency,
    /// From address and headers to client.
    pub proxies: TrustedProxies,
    /// For `/readyz`.
    pub readiness: Readiness,
    /// For `/metrics`, unless it is elsewhere.
    pub metrics: Option<Counted>,
    /// Who may call from a browser, and how.
    pub cors: CorsLayer,
    /// How the outside reaches this server.
    pub is_secure: IsSecure,
    /// Told of each call that a legacy route answered, beside the metrics, which don't know whose it was.
    pub on_legacy_call: Arc<dyn Fn(&MatchedRoute) + Send + Sync>,
}

/// Puts the routes together.
pub fn router<E: Engine>(parts: Parts<E>) -> Router {
    let Parts {
        endpoint,
        rest,
        authenticator,
        body_limits,
        concurrency,
        proxies,
        readiness,
        metrics,
        cors,
        is_secure,
        on_legacy_call,
    } = parts;
    let entrance = Arc::new(Entrance { body_limits, proxies, concurrency, authenticator });
    let outside = Outside { is_secure, on_legacy_call };
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(outside, observe))
        .layer(cors)
        .layer(from_fn_with_state(entrance, admit::<E::Identity>))
        // Each front bounds its own bodies, since what is too large differs.
        .layer(DefaultBodyLimit::disable());
    let layered = Router::new().merge(graphql::router(endpoint)).route_layer(from_fn(refuse)).merge(rest).layer(layers);
    // Probes come often and from inside: they pass no layer. In this order, or what no route answers would pass none either.
    probes::router(readiness, metrics).merge(layered)
}

/// What has to be known around everything else.
#[derive(Clone)]
struct Outside {
    is_secure: IsSecure,
    on_legacy_call: Arc<dyn Fn(&MatchedRoute) + Send + Sync>,
}

/// What is done around everything else: a layer is worth some 2 % of a request of one row, so there are few, and what they do
/// stands in functions that they call one after the other.
async fn observe(State(outside): State<Outside>, mut request: Request, next: Next) -> Response {
    let id = set_request_id(&mut request);
    headers::bound_requested_headers(&mut request);
    let mut response = log_access(request, next).await;
    if let Some(matched) = response.extensions().get::<MatchedRoute>() {
        record_legacy(matched);
        (outside.on_legacy_call)(matched);
    }
    headers::be_careful(outside.is_secure, &mut response);
    repeat_request_id(&id, &mut response);
    no_length_without_body(&mut response);
    response
}

/// What is known of a request before a route sees it, and whether there is capacity for it.
struct Entrance<I> {
    body_limits: BodyLimits,
    proxies: TrustedProxies,
    concurrency: Concurrency,
    authenticator: Authenticator<I>,
}

async fn admit<I: Identity>(State(entrance): State<Arc<Entrance<I>>>, mut request: Request, next: Next) -> Response {
    let client = set_client_info(&entrance.proxies, &mut request);
    let rest = entrance.body_limits.limit(&mut request, client);
    let answer = AssertUnwindSafe(entrance.pass(request, next)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(panicked);
    if let Some(rest) = rest {
        rest.discard(&mut response).await;
    }
    response
}

impl<I: Identity> Entrance<I> {
    async fn pass(&self, mut request: Request, next: Next) -> Response {
        let _work = self.concurrency.let_in(&mut request);
        set_viewer(&self.authenticator, &mut request).await;
        let _work_of_admin = self.concurrency.let_admin_in::<I>(&mut request);
        decode_body(request, next).await
    }
}

/// Refuses what there is no capacity for, or of which nobody could say who sent it.
async fn refuse(request: Request, next: Next) -> Response {
    match overload::refusal(&request).or_else(|| viewer::refusal(&request)) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message.unwrap_or("(no message)"), "a request panicked");
    let message = "Something went wrong on our side. Try again later.";
    problem(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
}
