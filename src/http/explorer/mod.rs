//! `/explorer`: `GraphiQL`, from the program itself and without a request to any other host.
//!
//! The page is built from `explorer/` while the crate is compiled (`build.rs`); where that was left out, a
//! plain page says how to get it, and still shows the operation that it was asked for.

mod assets;
mod context;

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use gerbang_graphql::settings::Audience;
use gerbang_kernel::{error::Error, text::escape_html};
use gerbang_rest::Route;
use gerbang_server::{
    extract::{Path, Query},
    page::Page,
};
use serde::Deserialize;

use self::{
    assets::{Caching, asset, is_built},
    context::Context,
};
use crate::{
    app::{App, StartError},
    viewer::Viewer,
};

/// What all requests share.
#[derive(Clone)]
struct Explorer(Arc<Parts>);

struct Parts {
    policy: HeaderValue,
    context: Context,
    /// The context as the page fetches it.
    json: Bytes,
    /// What it has for those for whom the explorer is not.
    restricted: Bytes,
    audience: Audience,
}

#[derive(Deserialize)]
struct Parameters {
    operation: Option<String>,
}

/// The routes of the explorer, which knows the operations behind `routes`.
///
/// # Errors
/// When a setting can't be put into a header.
pub(super) fn router(app: &App, routes: &[Route]) -> Result<Router, StartError> {
    let audience = app.domain.config.explorer_audience();
    if audience == Audience::Off {
        return Ok(Router::new());
    }
    let context = Context::new(app.known_accounts(), routes);
    let bytes = |context: &Context| serde_json::to_vec(context).map(Bytes::from).map_err(Error::internal);
    let (json, restricted) = (bytes(&context)?, bytes(&context.restricted())?);
    let policy = policy(&app.domain.config.server.public_url)?;
    Ok(Router::new()
        .route("/explorer", get(page))
        .route("/explorer/", get(page))
        .route("/explorer/context.json", get(read_context))
        .route("/explorer/{*path}", get(file))
        .route("/playground", get(redirect))
        .with_state(Explorer(Arc::new(Parts { policy, context, json, restricted, audience }))))
}

/// What the page itself sends, which is answered where only known documents are: it begins with a log-in.
pub(super) fn documents() -> [String; 2] {
    [
        include_str!("../../../explorer/src/session/log_in.graphql"),
        include_str!("../../../explorer/src/session/log_out.graphql"),
    ]
    .map(str::to_owned)
}

/// What the page may load: its own host's files and answers. Monaco sets styles while it runs, so those are
/// not bound to files; scripts are.
fn policy(public_url: &str) -> Result<HeaderValue, StartError> {
    // Older browsers don't take the socket of the same origin for `'self'`.
    let sockets = public_url.replacen("http", "ws", 1);
    let sockets = url::Url::parse(&sockets).map_err(Error::internal)?.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' {sockets}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    Ok(HeaderValue::try_from(policy).map_err(Error::internal)?)
}

async fn page(
    State(Explorer(parts)): State<Explorer>,
    Query(Parameters { operation }): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    if !is_built() {
        let shown = if parts.audience == Audience::All { operation.as_deref() } else { None };
        return missing(&parts.context, shown);
    }
    let mut response = asset("index.html", Caching::Never, &headers);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, parts.policy.clone());
    response
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    // Their names carry a hash of their content.
    let caching = if path.starts_with("assets/") { Caching::Forever } else { Caching::Never };
    asset(&path, caching, &headers)
}

async fn read_context(State(Explorer(parts)): State<Explorer>, viewer: Option<Extension<Viewer>>) -> impl IntoResponse {
    let viewer = viewer.map(|Extension(viewer)| viewer).unwrap_or_default();
    let json = if parts.audience.admits(&viewer) { &parts.json } else { &parts.restricted };
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache, private")], json.clone())
}

/// Where other GraphQL servers have theirs.
async fn redirect(RawQuery(query): RawQuery) -> Redirect {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::to(&format!("/explorer{query}"))
}

fn missing(context: &Context, operation: Option<&str>) -> Response {
    let operation = operation.and_then(|name| context.operation(name));
    let shown = operation.map(|operation| {
        let title = format!("<h2>{}</h2>", escape_html(&operation.name));
        format!("{title}<pre><code>{}</code></pre>", escape_html(&operation.query))
    });
    let page = Page::new(include_str!("missing.html")).with_html("operation", &shown.unwrap_or_default());
    (StatusCode::NOT_FOUND, page.into_response()).into_response()
}
