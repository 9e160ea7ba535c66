//! The bytes of an answer that is given again.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use sha2::{Digest, Sha256};

use super::format::Format;

/// The body of an answer without errors.
#[derive(Clone, Debug)]
pub(super) struct Content {
    body: Bytes,
    etag: HeaderValue,
}

impl Content {
    pub(super) fn new(body: Vec<u8>) -> Option<Self> {
        let hash = hex::encode(&Sha256::digest(&body)[..16]);
        Some(Self { etag: HeaderValue::try_from(format!("\"{hash}\"")).ok()?, body: body.into() })
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
