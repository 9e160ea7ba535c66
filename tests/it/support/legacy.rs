//! The whole server for the tests of legacy APIs: real tokens, no socket.

use axum::{
    Router,
    body::Body,
    http::{HeaderName, Request, header, request},
};
use gerbang::{domain::demo, http::service::service};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    TestApp,
    app::PASSWORD,
    protocol::{Reply, send},
};

/// A server, called as legacy clients call it.
pub(crate) struct Legacy {
    pub(crate) app: TestApp,
    router: Router,
}

impl Legacy {
    /// A server over the demo's data, which costs a second; several checks may share one.
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
        let reply = self.post(path).json(&json!({ "email": email, "password": PASSWORD })).await;
        reply.body[key].as_str().unwrap_or_else(|| panic!("no {key} in {reply:?}")).to_owned()
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "gerbang.test");
        Call { router: &self.router, request }
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

    pub(crate) async fn json(self, body: &Value) -> Reply {
        self.header("content-type", "application/json").body(body.to_string()).await
    }

    pub(crate) async fn form(self, body: &str) -> Reply {
        self.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned()).await
    }

    /// Sends it without a body.
    pub(crate) async fn send(self) -> Reply {
        self.body(Body::empty()).await
    }

    pub(crate) async fn body(self, body: impl Into<Body>) -> Reply {
        send(self.router, self.request.body(body.into()).unwrap()).await
    }
}

impl Reply {
    /// Status and whole body together: members in order, numbers of the same kind.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &Value) {
        assert_eq!((self.status.as_u16(), self.body.to_string()), (status, body.to_string()), "{self:?}");
    }

    /// The names of the body's members at a JSON pointer, in order.
    #[track_caller]
    pub(crate) fn keys(&self, pointer: &str) -> Vec<&str> {
        let members = self.body.pointer(pointer).and_then(Value::as_object);
        members.unwrap_or_else(|| panic!("no object at {pointer}: {self:?}")).keys().map(String::as_str).collect()
    }
}
