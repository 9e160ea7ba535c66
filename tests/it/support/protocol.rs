//! Requests without a socket, and what comes back.

use std::fmt;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use gerbang_rest::MatchedRoute;
use serde_json::Value;
use tower::ServiceExt;

/// A request that posts `body` to `/graphql`.
pub(crate) fn post(body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let builder = Request::builder().method(Method::POST).uri("/graphql");
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).unwrap()
}

/// Calls the routes without a socket.
pub(crate) async fn send(router: &Router, request: Request<Body>) -> Reply {
    let is_graphql = request.uri().path() == "/graphql";
    // Inside a task of the runtime, as in the server: there requests share what they read.
    let response = tokio::spawn(router.clone().oneshot(request)).await.expect("no panic").unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    if is_graphql {
        let answers = body.as_array().map_or(std::slice::from_ref(&body), Vec::as_slice);
        for answer in answers {
            crate::errors::assert_known(&answer["errors"]);
        }
    }
    Reply {
        status: parts.status,
        headers: parts.headers,
        matched: parts.extensions.get::<MatchedRoute>().cloned(),
        body,
        text,
        bytes: bytes.into(),
    }
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The legacy route that answered, if one did.
    pub(crate) matched: Option<MatchedRoute>,
    /// The body, if it is JSON.
    pub(crate) body: Value,
    /// The body, where it is text.
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:#?} {}", self.status, self.headers, self.text.chars().take(2_000).collect::<String>())
    }
}

impl Reply {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the first error of an operation that was not run.
    #[track_caller]
    pub(crate) fn refused(&self) -> &str {
        assert!(self.body.get("data").is_none(), "a refused operation has no data: {self:#?}");
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {self:#?}"))
    }

    /// The message of the first error.
    #[track_caller]
    pub(crate) fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error: {self:#?}"))
    }

    /// The data of an operation that must have succeeded.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        assert!(self.status == StatusCode::OK && self.body.get("errors").is_none(), "expected success: {self:#?}");
        &self.body["data"]
    }
}
