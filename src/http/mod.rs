//! Bytes in, bytes out: the routes, what happens to every request, and the server.

pub mod auth;
mod explorer;
pub mod graphql;
mod landing;
mod links;
pub mod metrics;
pub mod middleware;
mod page;
pub mod probes;
pub mod router;
pub mod server;
pub mod service;
mod storage;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::error::ErrorCode;

/// An answer for what no API is responsible for: `message` for readers of REST, `errors` for those of GraphQL.
pub(crate) fn problem(status: StatusCode, code: ErrorCode, message: &str) -> Response {
    let error = json!({ "message": message, "extensions": { "code": code.as_str() } });
    (status, Json(json!({ "message": message, "errors": [error] }))).into_response()
}
