//! Requests that there is no room for.

use axum::{
    extract::Request,
    http::{StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use gerbang_kernel::error::{Error, ErrorCode};
use gerbang_kernel::{identity::Identity, request::NoRoom};

use crate::{connections::Place, problem};

/// Seconds after which there is room again, it is hoped.
const WAIT: u64 = 1;

/// Says of requests on a connection that is kept for probes and admins that there is no room for them, unless an admin
/// sent them, for whom there is room for a body, too. Probes don't pass here.
pub async fn keep_room<I: Identity>(mut request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let is_kept = extensions.get::<Place>().is_some_and(Place::is_kept);
    let is_admin = extensions.get::<I>().is_some_and(Identity::is_admin);
    if is_admin {
        request.extensions_mut().remove::<NoRoom>();
    } else if is_kept {
        request.extensions_mut().insert(NoRoom(Error::unavailable(WAIT)));
    }
    next.run(request).await
}

/// Refuses requests that there is no room for, for the gateway's own paths; legacy APIs do it in their own words.
pub async fn require_room(request: Request, next: Next) -> Response {
    let Some(NoRoom(error)) = request.extensions().get::<NoRoom>() else { return next.run(request).await };
    let status = match error.code {
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut refusal = problem(status, error.code, &error.message);
    refusal.headers_mut().insert(RETRY_AFTER, error.retry_after.unwrap_or(WAIT).into());
    refusal
}
