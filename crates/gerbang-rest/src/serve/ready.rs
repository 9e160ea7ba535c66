//! A success on its way out.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use gerbang_kernel::request::etag;

use super::{conditional::conditional_response, render::File};
use crate::model::route::{Auth, Route};

/// The whole of a success, but for what depends on who asks.
#[derive(Clone)]
pub(crate) struct Ready {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Who may keep it, where the route says so.
    cached: Option<HeaderValue>,
}

impl Ready {
    /// JSON.
    pub(crate) fn json(route: &Route, status: StatusCode, body: Vec<u8>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if route.etag {
            headers.insert(header::ETAG, etag(&body));
        }
        Self { status, headers, body: body.into(), cached: route.cache_control() }
    }

    /// A file.
    pub(crate) fn file(route: &Route, status: StatusCode, file: File) -> Self {
        Self { status, headers: file.headers(), body: file.content, cached: route.cache_control() }
    }

    /// The answer to this request, which may have it already.
    pub(crate) fn response(self, route: &Route, parts: &Parts) -> Response {
        let Self { status, headers, body, cached } = self;
        let mut response = conditional_response(&parts.headers, route.auth == Auth::None, status, headers, body);
        if let Some(cached) = cached {
            response.headers_mut().insert(header::CACHE_CONTROL, cached);
        }
        response
    }
}
