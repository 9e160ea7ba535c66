//! The bytes of an answer that is given again.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use gerbang_kernel::request::etag;

use super::format::Format;

/// The body of an answer without errors.
#[derive(Clone, Debug)]
pub(super) struct Content {
    body: Bytes,
    etag: HeaderValue,
}

impl Content {
    pub(super) fn new(body: Vec<u8>) -> Self {
        Self { etag: etag(&body), body: body.into() }
    }

    /// Its validator.
    pub(super) const fn etag(&self) -> &HeaderValue {
        &self.etag
    }

    pub(super) fn into_response(self, format: Format) -> Response {
        let mut response = Response::new(Body::from(self.body));
        response.headers_mut().insert(header::CONTENT_TYPE, format.content_type());
        response
    }
}
