//! The length of answers that have no body.

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header::CONTENT_LENGTH},
    response::Response,
};
use futures_util::stream;

/// An answer without a body says nothing about one's length: here, 0 would be the length of what the client has already
/// (RFC 9110, 8.6). To axum an empty body has a length, which it tells; a stream has none.
pub(crate) fn no_length_without_body(response: &mut Response) {
    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from_stream(stream::empty::<Result<Bytes, axum::Error>>());
    }
}
