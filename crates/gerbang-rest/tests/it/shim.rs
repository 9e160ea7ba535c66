//! A shim over the test schema, and requests to it.

use std::net::Ipv4Addr;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header, request},
};
use chrono::DateTime;
use gerbang_graphql::engine::{Engine, SchemaEngine};
use gerbang_kernel::{
    clock::Clock,
    error::{Rule, Violation},
    identity::ClientInfo,
};
use gerbang_limits::Limiter;
use gerbang_rest as rest;
use gerbang_rest::{
    Answer, Blank, Defect, Dialect, Failure, Ids, InputRules, Limits, PLAIN, Paging, Settings, SourceFile, Times,
    TokenType,
};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::{
    identity::{Realm, Role, Viewer},
    schema::{Runs, schema},
};

/// One rule that needs nothing but the input.
struct ProbeRules;

impl InputRules for ProbeRules {
    fn check(&self, input_type: &str, partial: &async_graphql::Value) -> Vec<Violation> {
        let async_graphql::Value::Object(members) = partial else { return Vec::new() };
        match (input_type, members.get("email")) {
            ("MakeInput", Some(async_graphql::Value::String(email))) if !email.contains('@') => {
                vec![Violation::new("input.email", Rule::Email)]
            }
            _ => Vec::new(),
        }
    }
}

/// An API as the tests need one: integers, Laravel's words.
pub(super) fn dialect(slug: &'static str, realm: Realm, files: &[(&str, &str)]) -> Dialect {
    Dialect {
        slug,
        title: "Test",
        sections: &[],
        hosts: &[],
        bases: &["/api"],
        claims: &[],
        realm: realm.name(),
        tokens: &[TokenType::Sanctum],
        ids: Ids::Integer,
        times: Times::Micros,
        blank: Blank::Null,
        paging: Paging {
            default_size: 15,
            max_size: 100,
            envelope: |page| {
                vec![("meta", json!({ "page": page.number, "size": page.size, "total": page.total, "url": page.url }))]
            },
        },
        limits: &[],
        rule_message: |rule, field| format!("{field} {}", rule.name()),
        answer,
        files: files
            .iter()
            .map(|(name, text)| SourceFile {
                path: format!("{slug}/{name}.graphql").into(),
                text: (*text).to_owned().into(),
                example: None,
            })
            .collect(),
    }
}

fn answer(failure: &Failure) -> Answer {
    use gerbang_kernel::error::ErrorCode as Code;
    let status = match failure.code {
        Code::Unauthenticated | Code::InvalidToken => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound | Code::ResultNotFound => StatusCode::NOT_FOUND,
        Code::ValidationFailed | Code::InvalidCode | Code::AlreadyConfirmed => StatusCode::UNPROCESSABLE_ENTITY,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::BadRequest => StatusCode::BAD_REQUEST,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Gone => StatusCode::GONE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let answer = Answer::message(status, failure.code.as_str());
    if failure.violations.is_empty() {
        return answer;
    }
    answer.with("errors", failure.messages(|rule, field| format!("{field} {}", rule.name())))
}

pub(super) fn settings() -> Settings {
    Settings {
        explorer: Some("http://gerbang.test/explorer".to_owned()),
        notice: PLAIN,
        home: Some("http://gerbang.test/".to_owned()),
        app_url: "http://app.test".to_owned(),
        clock: Clock::fixed(DateTime::UNIX_EPOCH),
        limits: Limits { body: 1_000, file: 2_000 },
        ..Settings::new("http://gerbang.test")
    }
}

/// The mistakes of one file, as lines.
pub(super) fn defects_of(name: &str, text: &str) -> Vec<String> {
    let dialect = dialect("test", Realm::Apextrack, &[(name, text)]);
    match rest::load_all(&schema(Runs::default()).finish().sdl(), &[dialect]) {
        Ok(_) => Vec::new(),
        Err(defects) => defects.iter().map(ToString::to_string).collect(),
    }
}

/// A running shim.
pub(super) struct Shim {
    router: Router,
    pub(super) runs: Runs,
}

impl Shim {
    /// An API with these files.
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        Self::of(vec![dialect("test", Realm::Apextrack, files)], settings())
    }

    pub(super) fn of(dialects: Vec<Dialect>, settings: Settings) -> Self {
        match Self::try_of(dialects, settings) {
            Ok(shim) => shim,
            Err(defects) => panic!("{}", defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        }
    }

    pub(super) fn try_of(dialects: Vec<Dialect>, settings: Settings) -> Result<Self, Vec<Defect>> {
        let runs = Runs::default();
        let engine = SchemaEngine::new(|| schema(runs.clone())).identified_by::<Viewer>();
        let sdl = engine.sdl();
        let limiter = Limiter::new(Clock::fixed(DateTime::UNIX_EPOCH));
        let router = rest::build(engine, rest::load_all(&sdl, &dialects)?, &dialects, ProbeRules, limiter, settings)?;
        Ok(Self { router, runs })
    }

    pub(super) fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub(super) fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    pub(super) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "gerbang.test");
        Call { shim: self, request, body: Body::empty(), viewer: Viewer::anonymous() }
    }
}

/// A request in the making.
pub(super) struct Call<'s> {
    shim: &'s Shim,
    request: request::Builder,
    body: Body,
    viewer: Viewer,
}

impl Call<'_> {
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        if name.eq_ignore_ascii_case("host") {
            self.request.headers_mut().unwrap().remove(header::HOST);
        }
        self.request = self.request.header(name, value);
        self
    }

    pub(super) fn json(self, body: &Json) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(super) fn form(self, body: &str) -> Self {
        self.body("application/x-www-form-urlencoded", body.to_owned())
    }

    pub(super) fn body(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// As a user with a Sanctum-style token.
    pub(super) fn viewer(self, realm: Realm, role: Role) -> Self {
        self.token(realm, role, TokenType::Sanctum)
    }

    pub(super) fn token(mut self, realm: Realm, role: Role, token: TokenType) -> Self {
        self.viewer = Viewer::logged_in(realm, role, token);
        self
    }

    pub(super) async fn send(mut self) -> Reply {
        let ip = Ipv4Addr::new(203, 0, 113, 7).into();
        let extensions = self.request.extensions_mut().unwrap();
        extensions.insert(self.viewer);
        extensions.insert(ClientInfo { ip, user_agent: None, country: None });
        let response = self.shim.router.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Reply {
    /// The body, which must be JSON.
    #[track_caller]
    pub(super) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// A header, empty if it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and body together.
    #[track_caller]
    pub(super) fn is(&self, status: u16, body: &Json) {
        assert_eq!((self.status, &self.json()), (status, body));
    }
}
