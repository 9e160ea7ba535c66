//! The whole server for the tests of legacy APIs: requests as the documents show them, whole answers, real tokens, no
//! socket. Every answer must be one that the API's OpenAPI document allows.
//!
//! ```ignore
//! let legacy = Legacy::demo().await;
//! let reply = legacy.get("/api/partners/77").token(&token).send().await;
//! reply.is(404, json!({ "message": "Not found." }));
//! ```
//!
//! In an expected body [`STRING`] stands for a text that can't be known. Everything else must be exactly so: the order of
//! the members, `1` where it is `1` and `1.0` where it is `1.0`.

use std::{
    borrow::Borrow,
    net::{IpAddr, SocketAddr},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Request, header, request},
};
use gerbang::{demo, http::service::service};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    TestApp,
    app::PASSWORD,
    openapi,
    protocol::{Reply, send},
};

/// Any text, in an expected body.
pub(crate) const STRING: &str = "(any text)";

/// A server.
pub(crate) struct Legacy {
    pub(crate) app: TestApp,
    router: Router,
}

impl Legacy {
    /// A server with the demo's data, which costs a second; several checks may share one.
    pub(crate) async fn demo() -> Self {
        let app = TestApp::new().await;
        demo::fill(&app.domain).await.unwrap();
        Self::over(app)
    }

    /// A server over empty tables.
    pub(crate) async fn empty() -> Self {
        Self::over(TestApp::new().await)
    }

    /// A server over this application.
    pub(crate) fn over(app: TestApp) -> Self {
        let router = service(app.app.clone(), CancellationToken::new()).unwrap().router;
        Self { app, router }
    }

    /// The token that `path` answers a log-in with, under `key`.
    pub(crate) async fn log_in(&self, path: &str, email: &str, key: &str) -> String {
        let reply = self.post(path).json(json!({ "email": email, "password": PASSWORD })).await;
        reply.body[key].as_str().unwrap_or_else(|| panic!("no {key} in {reply:?}")).to_owned()
    }

    /// The token of a log-in over GraphQL.
    pub(crate) async fn log_in_graphql(&self, realm: &str, email: &str) -> String {
        let query = "mutation($input: LoginInput!) { login(input: $input) { token { content } } }";
        let input = json!({ "realm": realm, "login": email, "password": PASSWORD });
        let reply = self.post("/graphql").json(json!({ "query": query, "variables": { "input": input } })).await;
        reply.body["data"]["login"]["token"]["content"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned()
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call { router: &self.router, request: Request::builder().method(method).uri(path) }
    }
}

/// A request in the making.
pub(crate) struct Call<'a> {
    router: &'a Router,
    request: request::Builder,
}

impl Call<'_> {
    /// Sets a header, in the place of one that is there already.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).unwrap();
        self.request.headers_mut().unwrap().insert(name, value.try_into().unwrap());
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// From a client at another address.
    pub(crate) fn from(mut self, address: impl Into<IpAddr>) -> Self {
        self.request = self.request.extension(ConnectInfo(SocketAddr::new(address.into(), 40_000)));
        self
    }

    pub(crate) async fn json(self, body: impl Borrow<Value>) -> Reply {
        self.body("application/json", body.borrow().to_string()).await
    }

    /// With a form, as `a=1&b=2`.
    pub(crate) async fn form(self, body: &str) -> Reply {
        self.body("application/x-www-form-urlencoded", body.to_owned()).await
    }

    /// With any body.
    pub(crate) async fn body(self, content_type: &str, body: impl Into<Body>) -> Reply {
        self.header("content-type", content_type).send_with(body.into()).await
    }

    /// Without a body.
    pub(crate) async fn send(self) -> Reply {
        self.send_with(Body::empty()).await
    }

    async fn send_with(self, body: Body) -> Reply {
        let mut request = self.request.body(body).unwrap();
        request.headers_mut().entry(header::HOST).or_insert(HeaderValue::from_static("gerbang.test"));
        let method = request.method().clone();
        let reply = send(self.router, request).await;
        openapi::allows(&method, &reply);
        reply
    }
}

impl Reply {
    /// Status and body together; the body is JSON.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: impl Borrow<Value>) -> &Self {
        let expected = filled(body.borrow(), &self.body);
        assert_eq!(format!("{} {:#}", self.status.as_u16(), self.body), format!("{status} {expected:#}"), "{self:?}");
        assert_eq!(self.header("content-type"), "application/json");
        self
    }

    /// Status, and a body that only says something.
    #[track_caller]
    pub(crate) fn says(&self, status: u16, message: &str) -> &Self {
        self.is(status, json!({ "message": message }))
    }

    /// Status, and nothing in the body.
    #[track_caller]
    pub(crate) fn is_empty(&self, status: u16) -> &Self {
        assert_eq!((self.status.as_u16(), self.text.as_str()), (status, ""), "{self:?}");
        self
    }

    /// The names of the body's members at a JSON pointer, in order.
    #[track_caller]
    pub(crate) fn keys(&self, pointer: &str) -> Vec<&str> {
        let members = self.body.pointer(pointer).and_then(Value::as_object);
        members.unwrap_or_else(|| panic!("no object at {pointer}: {self:?}")).keys().map(String::as_str).collect()
    }
}

/// The expected body with what came in the place of each [`STRING`].
fn filled(expected: &Value, actual: &Value) -> Value {
    match expected {
        Value::String(any) if any == STRING && actual.is_string() => actual.clone(),
        Value::Array(items) => (0..).zip(items).map(|(place, item)| filled(item, &actual[place])).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), filled(member, &actual[name]))).collect()
        }
        expected => expected.clone(),
    }
}
