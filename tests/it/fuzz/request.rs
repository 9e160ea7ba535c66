//! A request that was made up.

use std::fmt;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, Uri},
};

/// What is sent; not all of it is HTTP.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    pub(super) fn new(method: &str, uri: impl Into<String>) -> Self {
        Self { method: method.to_owned(), uri: uri.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn token(self, token: Option<impl AsRef<[u8]>>) -> Self {
        match token {
            Some(token) => self.header("authorization", [b"Bearer ", token.as_ref()].concat()),
            None => self,
        }
    }

    pub(super) fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.header("content-type", content_type) }
    }

    /// `None` for what can't be written as HTTP.
    pub(super) fn request(&self) -> Option<Request<Body>> {
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).ok()?;
        *request.uri_mut() = self.uri.parse::<Uri>().ok().filter(|uri| uri.path().starts_with('/'))?;
        let headers = request.headers_mut();
        headers.insert("host", HeaderValue::from_static("gerbang.test"));
        for (name, value) in &self.headers {
            headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        }
        Some(request)
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.uri)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", value.escape_ascii())?;
        }
        write!(f, "\n{}", self.body.escape_ascii())
    }
}
