//! axum's extractors whose refusals would be plain text, with refusals in the gateway's envelope. Clippy refuses the bare
//! ones (`clippy.toml`).
#![expect(clippy::disallowed_types, reason = "these are what stands in their place")]

use axum::{
    extract::{self, FromRequestParts},
    http::{StatusCode, request::Parts},
    response::Response,
};
use gerbang_kernel::error::ErrorCode;
use serde::de::DeserializeOwned;

use super::problem;

/// The parameters of the path.
#[derive(Clone, Debug)]
pub struct Path<T>(
    /// What was read.
    pub T,
);

/// The parameters of the query string.
#[derive(Clone, Debug)]
pub struct Query<T>(
    /// What was read.
    pub T,
);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let read = extract::Path::from_request_parts(parts, state).await;
        read.map(|extract::Path(value)| Self(value)).map_err(|refusal| refused(refusal.status(), &refusal.body_text()))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let read = extract::Query::from_request_parts(parts, state).await;
        read.map(|extract::Query(value)| Self(value)).map_err(|refusal| refused(refusal.status(), &refusal.body_text()))
    }
}

fn refused(status: StatusCode, reason: &str) -> Response {
    if status.is_client_error() {
        return problem(status, ErrorCode::BadRequest, &format!("The request can't be read: {reason}."));
    }
    tracing::error!(reason, "a route and its handler don't fit");
    problem(status, ErrorCode::Internal, "Something went wrong on our side. Try again later.")
}

/// What a path of the gateway's own answers to methods that it does not know; the router adds `Allow`.
pub async fn method_not_allowed() -> Response {
    let message = "This path is not for this method: the header `Allow` names those that it is for.";
    problem(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed, message)
}
