//! A name for every request, which its log lines and its answer carry.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::Response,
};
use gerbang_kernel::request::RequestId;
use uuid::Uuid;

/// Where a client or a proxy names the request, and where the answer repeats it.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_LENGTH: usize = 64;

/// Takes the client's name for the request if it can stand in a log, else makes one.
pub(crate) fn set_request_id(request: &mut Request) -> RequestId {
    let id = given(request.headers()).unwrap_or_else(|| Uuid::now_v7().to_string());
    let id = RequestId(Arc::from(id));
    request.extensions_mut().insert(id.clone());
    id
}

/// Repeats the name in the answer.
pub(crate) fn repeat_request_id(RequestId(id): &RequestId, response: &mut Response) {
    if let Ok(header) = HeaderValue::from_str(id) {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
}

fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let fits = (1..=MAX_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    fits.then(|| id.to_owned())
}
