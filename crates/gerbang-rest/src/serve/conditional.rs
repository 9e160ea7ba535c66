//! Content with a validator: who has it already is not sent it again.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
    },
    response::{IntoResponse, Response},
};
use gerbang_kernel::request::has_it;

/// The content, or 304 if the client has it already. Without an `ETag` among the headers nobody can have it.
pub fn conditional_response(
    request: &HeaderMap,
    public: bool,
    status: StatusCode,
    mut headers: HeaderMap,
    content: impl Into<Body>,
) -> Response {
    let Some(etag) = headers.get(ETAG) else { return (status, headers, content.into()).into_response() };
    let has_it = has_it(request, etag);
    // Kept by the client, asked for each time.
    let cached = if public { "public, no-cache" } else { "private, no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cached));
    if has_it {
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_LENGTH);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (status, headers, content.into()).into_response()
}
