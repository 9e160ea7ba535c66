//! Bytes in, bytes out: the routes, what happens to every request, and the server.
//!
//! Every refusal has our envelope but one kind: what hyper can't parse as a request (a raw `"` in a query string, a head that
//! is too large) it answers itself, by status 400, 414 or 431 without a body. It has no hook to change that (1.12: the
//! status is chosen and written in `proto::h1::role`, before there is a request to hand over).

pub mod connections;
pub mod extract;
pub mod listener;
pub mod metrics;
pub mod middleware;
pub mod open_files;
pub mod page;
pub mod probes;
pub mod router;
pub mod server;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use gerbang_kernel::{error::ErrorCode, facts::note};
use serde_json::json;

/// An answer for what no API is responsible for: `message` for readers of REST, `errors` for those of GraphQL.
pub fn problem(status: StatusCode, code: ErrorCode, message: &str) -> Response {
    note(|facts| facts.fail(code.as_str()));
    let error = json!({ "message": message, "extensions": { "code": code.as_str() } });
    (status, Json(json!({ "message": message, "errors": [error] }))).into_response()
}
