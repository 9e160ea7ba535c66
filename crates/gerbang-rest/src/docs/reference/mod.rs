//! What a client's developer reads: the OpenAPI document of an API at `/{slug}/openapi.json`, and a page that shows it
//! at `/{slug}/docs`. At the API's own hosts the same paths answer without the slug, too.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use gerbang_kernel::{error::ErrorCode, request::etag};
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
    document: OnceLock<Bytes>,
}

impl Reference {
    pub(crate) fn new(dialect: Arc<Dialect>, routes: Vec<Arc<Mounted>>) -> Self {
        let assets = generate_routes(ApiDefinition {
            uri_prefix: ASSETS,
            api_definition: OpenApiSource::Uri("openapi.json"),
            title: None,
        });
        Self { dialect, routes, assets, document: OnceLock::new() }
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
            "/docs" => self.page(parts),
            "/docs/start.js" => described(parts, "text/javascript; charset=utf-8", START.into(), HeaderMap::new()),
            asset => self.asset(parts, asset).await,
        })
    }

    fn document(&self, parts: &Parts, rules: &dyn InputRules, settings: &Settings) -> Response {
        // Made when it is first asked for: most servers are never asked.
        let document = self.document.get_or_init(|| {
            let routes: Vec<_> = self.routes.iter().map(|mounted| &mounted.route).collect();
            openapi::document(&self.dialect, &routes, rules, settings).to_string().into()
        });
        described(parts, "application/json", document.clone(), HeaderMap::new())
    }

    fn page(&self, parts: &Parts) -> Response {
        let page = PAGE.replace("{title}", self.dialect.title);
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
