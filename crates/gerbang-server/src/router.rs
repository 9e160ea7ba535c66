//! Every route, and the order in which a request passes through the layers.

use std::any::Any;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state, map_request, map_response, map_response_with_state},
    response::Response,
};
use gerbang_graphql::{
    engine::Engine,
    http::{self as graphql, Endpoint},
};
use gerbang_kernel::{error::ErrorCode, identity::Authenticator};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, cors::CorsLayer};

use super::{
    middleware::{
        access_log::log_access,
        body::{BodyLimits, limit_body},
        client::{TrustedProxies, set_client_info},
        content_length::no_length_without_body,
        decode::decode_body,
        headers::{self, IsSecure},
        overload::{Concurrency, let_in, refuse_overloaded, set_overloaded},
        request_id::set_request_id,
        viewer::{require_viewer, set_viewer},
    },
    probes::{self, Counted, Readiness},
    problem,
};

/// What the routes need.
pub struct Parts<E: Engine> {
    /// `/graphql`.
    pub endpoint: Endpoint<E>,
    /// Answers every path that is not the gateway's own.
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
}

/// Puts the routes together.
pub fn router<E: Engine>(parts: Parts<E>) -> Router {
    let Parts { endpoint, rest, authenticator, body_limits, concurrency, proxies, readiness, metrics, cors, is_secure } =
        parts;
    let layers = ServiceBuilder::new()
        .layer(map_response(no_length_without_body))
        .layer(from_fn(set_request_id))
        .layer(from_fn(log_access))
        .layer(map_response_with_state(is_secure, headers::be_careful))
        .layer(map_request(headers::bound_requested_headers))
        .layer(cors)
        .layer(from_fn_with_state(body_limits, limit_body))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(decode_body))
        .layer(from_fn_with_state(proxies, set_client_info))
        .layer(from_fn_with_state(concurrency.clone(), let_in))
        .layer(from_fn_with_state(authenticator, set_viewer::<E::Identity>))
        .layer(from_fn_with_state(concurrency, set_overloaded::<E::Identity>));
    Router::new()
        .merge(graphql::router(endpoint))
        .route_layer(from_fn(require_viewer))
        .route_layer(from_fn(refuse_overloaded))
        .fallback_service(rest)
        // Each front bounds its own bodies, since what is too large differs.
        .layer(DefaultBodyLimit::disable())
        .layer(layers)
        // Probes come often and from inside: they pass no layer but those.
        .merge(probes::router(readiness, metrics))
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message.unwrap_or("(no message)"), "a request panicked");
    let message = "Something went wrong on our side. Try again later.";
    problem(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
}
