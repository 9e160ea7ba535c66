//! What a client's developer reads: the OpenAPI document of an API at `/{slug}/openapi.json`, and a page that shows it
//! at `/{slug}/docs`. At the API's own hosts the same paths answer without the slug, too.

use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use gerbang_kernel::{error::ErrorCode, request::etag, text::escape_html};
use swagger_ui_dist::{ApiDefinition, OpenApiSource, generate_routes};
use tower::ServiceExt;

use super::openapi;
use crate::{
    model::{dialect::Dialect, rules::InputRules, settings::Settings},
    serve::{conditional_response, failure_response, mounted::Mounted},
};

const PAGE: &str = include_str!("page.html");
const START: &str = include_str!("start.js");
/// Nothing but what this server has: the page shows tokens that one types in.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// Where the crate with the page's scripts has them.
const ASSETS: &str = "/docs";

/// The documents and pages of one API.
pub(crate) struct Reference {
    dialect: Arc<Dialect>,
    routes: Vec<Arc<Mounted>>,
    assets: Router,
    /// The document with how many of its routes had ended when it was made.
    document: RwLock<Option<(usize, Bytes)>>,
}

impl Reference {
    pub(crate) fn new(dialect: Arc<Dialect>, routes: Vec<Arc<Mounted>>) -> Self {
        let assets = generate_routes(ApiDefinition {
            uri_prefix: ASSETS,
            api_definition: OpenApiSource::Uri("openapi.json"),
            title: None,
        });
        Self { dialect, routes, assets, document: RwLock::default() }
    }

    /// The answer, if `path` within the API is one of these.
    pub(crate) async fn answer(
        &self,
        parts: &Parts,
        path: &str,
        rules: &dyn InputRules,
        settings: &Settings,
    ) -> Option<Response> {
        let asset =
            path.strip_prefix("/docs/").filter(|name| *name == "swagger-ui.css" || *name == "swagger-ui-bundle.js");
        if !matches!(path, "/openapi.json" | "/docs" | "/docs/start.js") && asset.is_none() {
            return None;
        }
        if parts.method != Method::GET && parts.method != Method::HEAD {
            let refusal = failure_response(&self.dialect, ErrorCode::MethodNotAllowed);
            return Some(([(header::ALLOW, "GET, HEAD")], refusal).into_response());
        }
        Some(match path {
            "/openapi.json" => self.document(parts, rules, settings),
            "/docs" => self.page(parts, settings),
            "/docs/start.js" => described(parts, "text/javascript; charset=utf-8", START.into(), HeaderMap::new()),
            asset => self.asset(parts, asset).await,
        })
    }

    fn document(&self, parts: &Parts, rules: &dyn InputRules, settings: &Settings) -> Response {
        let now = settings.clock.now();
        let ended = self.routes.iter().filter(|mounted| mounted.sunset.has_ended(now)).count();
        let made =
            self.document.read().unwrap_or_else(PoisonError::into_inner).clone().filter(|(then, _)| *then == ended);
        // Made when it is first asked for (most servers are never asked), and again when a route has ended.
        let (_, document) = made.unwrap_or_else(|| {
            let routes: Vec<_> = self.routes.iter().map(|mounted| &mounted.route).collect();
            let document = openapi::document(&self.dialect, &routes, rules, settings).to_string();
            self.document.write().unwrap_or_else(PoisonError::into_inner).insert((ended, document.into())).clone()
        });
        described(parts, "application/json", document, HeaderMap::new())
    }

    fn page(&self, parts: &Parts, settings: &Settings) -> Response {
        let link = |(words, url): (&str, &String)| format!("<a href=\"{}\">{words}</a>", escape_html(url));
        let elsewhere =
            [settings.home.as_ref().map(|url| ("Home", url)), settings.explorer.as_ref().map(|url| ("Explorer", url))];
        let links: Vec<String> = elsewhere.into_iter().flatten().map(link).collect();
        let site = match links.as_slice() {
            [] => String::new(),
            links => format!("<header class=\"site\"><nav aria-label=\"Site\">{}</nav></header>", links.join("\n")),
        };
        let page = PAGE.replace("{title}", &escape_html(self.dialect.title)).replace("{site}", &site);
        let policy = HeaderMap::from_iter([(header::CONTENT_SECURITY_POLICY, POLICY)]);
        described(parts, "text/html; charset=utf-8", page.into(), policy)
    }

    async fn asset(&self, parts: &Parts, path: &str) -> Response {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap_or_default();
        let Ok(response) = self.assets.clone().oneshot(request).await;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_owned();
        match axum::body::to_bytes(response.into_body(), usize::MAX).await {
            Ok(bytes) => described(parts, &kind, bytes, HeaderMap::new()),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// The content with its type and validator, or 304.
fn described(parts: &Parts, kind: &str, content: Bytes, mut headers: HeaderMap) -> Response {
    if let Ok(kind) = HeaderValue::try_from(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::ETAG, etag(&content));
    conditional_response(&parts.headers, true, StatusCode::OK, headers, content)
}
