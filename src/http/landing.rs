//! `/`: what this is and where everything is; and `/schema.graphql`, the schema to read or to generate from.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use axum::{
    Extension, Json, Router,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
        request::Parts,
    },
    response::{IntoResponse, Response},
    routing::{any, get},
};
use gerbang_graphql::{http::wants_page, settings::Audience};
use gerbang_kernel::{error::ErrorCode, text::escape_html};
use gerbang_rest::{NOT_FOUND, Route, host, host_name};
use gerbang_server::{page::Page, problem};
use tower::ServiceExt;

use super::gzip::{compressed, takes_gzip};
use crate::{
    app::{App, KnownAccount},
    config::{Config, MetricsListen},
    domain::Domain,
    graphql,
    viewer::Viewer,
};

/// Leads to what is counted.
const METRICS: &str = "<li><a href=\"/metrics\">Metrics</a></li>\n";

#[derive(Clone)]
struct Landing {
    page: Page,
    /// Hosts at which a legacy API answers alone, this path included.
    hosts: Arc<BTreeSet<String>>,
    legacy: Router,
}

/// The routes. The schema is shown as `sdl`; what is not for this page goes to the `legacy` APIs.
pub(super) fn router(app: &App, routes: &[Route], sdl: &'static str, legacy: Router) -> Router {
    let config = &app.domain.config;
    let hosts = config.apis.values().flat_map(|api| &api.hosts).map(|host| host_name(host)).collect();
    let landing = Landing { page: page(app, routes), hosts: Arc::new(hosts), legacy };
    let schema = Shown { sdl, audience: config.graphql.introspection };
    Router::new()
        .route("/", any(show_page).with_state(landing))
        .route("/schema.graphql", get(read_schema).with_state(schema))
        .route("/.well-known/jwks.json", get(read_public_keys).with_state(app.domain.clone()))
        // What browsers ask for beside an answer that is no page.
        .route("/favicon.ico", get(async || ([(CONTENT_TYPE, "image/svg+xml")], include_str!("favicon.svg"))))
}

/// What verifies tokens that were signed with `EdDSA`.
async fn read_public_keys(State(domain): State<Domain>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "public, max-age=300")], Json(domain.tokens.public_keys()))
}

async fn show_page(State(Landing { page, hosts, legacy }): State<Landing>, request: Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let foreign = host(request.uri(), request.headers()).is_some_and(|host| hosts.contains(&host));
    if reads && !foreign {
        return page.into_response();
    }
    legacy.oneshot(request).await.into_response()
}

/// Where nothing is: a page for people, a sentence for programs.
pub(super) fn not_found(request: &Parts) -> Response {
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    if !reads || !wants_page(&request.headers) {
        return NOT_FOUND(request);
    }
    let advice =
        "The address may be mistyped, or what was here is elsewhere now. <a href=\"/\">Begin at the start</a>.";
    let title = "There is nothing here";
    let page = Page::new(include_str!("message.html")).titled(title).with("title", title).with_html("advice", advice);
    let mut response = (StatusCode::NOT_FOUND, page).into_response();
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
}

/// The schema, and who may read it.
#[derive(Clone, Copy)]
struct Shown {
    sdl: &'static str,
    audience: Audience,
}

async fn read_schema(
    State(Shown { sdl, audience }): State<Shown>,
    viewer: Option<Extension<Viewer>>,
    headers: HeaderMap,
) -> Response {
    static COMPRESSED: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| compressed(graphql::sdl()).ok());
    match refusal(audience, viewer) {
        None => {
            let described =
                [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-cache"), (VARY, "Accept-Encoding")];
            match &*COMPRESSED {
                Some(gzip) if takes_gzip(&headers) => {
                    (described, [(CONTENT_ENCODING, "gzip")], gzip.as_slice()).into_response()
                }
                _ => (described, sdl).into_response(),
            }
        }
        Some(refusal) => refusal,
    }
}

/// What they are told for whom something is not; `None` where it is for them.
fn refusal(audience: Audience, viewer: Option<Extension<Viewer>>) -> Option<Response> {
    let viewer = viewer.map(|Extension(viewer)| viewer).unwrap_or_default();
    if audience.admits(&viewer) {
        return None;
    }
    Some(match audience {
        Audience::Off => problem(StatusCode::NOT_FOUND, ErrorCode::NotFound, "This server does not show it."),
        _ if viewer.user().is_none() => problem(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Unauthenticated,
            "Only administrators may see it: send a token.",
        ),
        _ => problem(StatusCode::FORBIDDEN, ErrorCode::Forbidden, "Only administrators may see it."),
    })
}

fn page(app: &App, routes: &[Route]) -> Page {
    let config = &app.domain.config;
    let mut apis: Vec<(&Route, usize)> = Vec::new();
    for route in routes {
        match apis.last_mut() {
            Some((first, count)) if first.dialect.slug == route.dialect.slug => *count += 1,
            _ => apis.push((route, 1)),
        }
    }
    let count = match apis.len() {
        5 => "five".to_owned(),
        count => count.to_string(),
    };
    let cards = apis.iter().map(|(route, count)| {
        let (slug, title) = (route.dialect.slug, escape_html(route.dialect.title));
        let base = route.dialect.bases.first().copied().unwrap_or_default();
        let hosts = config.apis.get(slug).map(|api| api.hosts.join(", ")).unwrap_or_default();
        let host = if hosts.is_empty() { String::new() } else { format!(" at {}", escape_html(&hosts)) };
        format!(
            "<li><h3>{title}</h3><p>{count} routes under <code>/{slug}{base}</code>{host}</p>\
             <nav aria-label=\"{title}\"><a href=\"/{slug}/docs\">Reference</a> \
             <a href=\"/{slug}/openapi.json\">OpenAPI</a></nav></li>"
        )
    });
    Page::new(include_str!("landing.html"))
        .with("count", &count)
        .with_html("apis", &cards.collect::<Vec<_>>().join("\n"))
        .with_html("deeds", &deeds(config))
        .with_html("metrics", if config.server.metrics_listen == MetricsListen::Shared { METRICS } else { "" })
        .with_html("accounts", &accounts(app.known_accounts()))
        .with("url", &config.server.public_url)
}

/// What can be done from here.
fn deeds(config: &Config) -> String {
    let deeds = [
        (config.explorer_audience(), "<li><a href=\"/explorer\">Open the explorer</a></li>\n"),
        (config.graphql.introspection, "<li><a href=\"/schema.graphql\">Read the schema</a></li>\n"),
    ];
    let offered: String =
        deeds.into_iter().filter(|(whose, _)| *whose != Audience::Off).map(|(_, deed)| deed).collect();
    if offered.is_empty() { offered } else { format!("<ul class=\"deeds\">\n{offered}</ul>") }
}

/// The demo's accounts, where this is the demo.
fn accounts(known: &[KnownAccount]) -> String {
    let Some(first) = known.first() else { return String::new() };
    let rows = known.iter().map(|account| {
        let KnownAccount { realm, role, email, note, .. } = account;
        format!("<li><h3>{}</h3><p>{role} of {realm}: {}</p></li>", escape_html(email), escape_html(note))
    });
    format!(
        "<h2 id=\"accounts\">Accounts of the demo</h2>\n<p>The explorer logs in with a click; elsewhere the password of all is \
         <code>{}</code>.</p>\n<ul class=\"cards\" aria-labelledby=\"accounts\">\n{}\n</ul>",
        escape_html(first.password),
        rows.collect::<Vec<_>>().join("\n")
    )
}
