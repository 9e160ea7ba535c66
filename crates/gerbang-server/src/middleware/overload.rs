//! Requests that there is no capacity for.

use axum::{
    extract::Request,
    http::{StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    identity::Identity,
    request::Overloaded,
};

use crate::{connections::ConnectionPermit, problem};

/// Seconds after which there is capacity again, it is hoped.
const RETRY_AFTER_SECONDS: u64 = 1;

/// Marks requests on a connection that is reserved for probes and admins as [`Overloaded`], unless an admin sent them,
/// who may send a body, too. Probes don't pass here.
pub async fn set_overloaded<I: Identity>(mut request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let is_reserved = extensions.get::<ConnectionPermit>().is_some_and(ConnectionPermit::is_reserved);
    let is_admin = extensions.get::<I>().is_some_and(Identity::is_admin);
    if is_admin {
        request.extensions_mut().remove::<Overloaded>();
    } else if is_reserved {
        request.extensions_mut().insert(Overloaded(Error::unavailable(RETRY_AFTER_SECONDS)));
    }
    next.run(request).await
}

/// Refuses requests that are [`Overloaded`], for the gateway's own paths; legacy APIs do it in their own words.
pub async fn refuse_overloaded(request: Request, next: Next) -> Response {
    let Some(Overloaded(error)) = request.extensions().get::<Overloaded>() else { return next.run(request).await };
    let status = match error.code {
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut refusal = problem(status, error.code, &error.message);
    refusal.headers_mut().insert(RETRY_AFTER, error.retry_after.unwrap_or(RETRY_AFTER_SECONDS).into());
    refusal
}
