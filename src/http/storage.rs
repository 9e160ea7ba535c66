//! `/storage/{path}`: uploaded files and reports, for those who may have them.

use axum::{
    Extension, Router,
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::from_fn,
    response::Response,
    routing::get,
};
use gerbang_kernel::error::{Error, ErrorCode};
use gerbang_rest::{conditional_response, disposition};
use gerbang_server::{
    extract::{Path, Query},
    middleware::viewer::require_viewer,
    problem,
};
use serde::Deserialize;

use crate::{
    app::{App, OpenFile, Signature},
    viewer::Viewer,
};

/// What a signed link carries; a link without either is no signed one.
#[derive(Debug, Deserialize)]
struct Link {
    expires: Option<String>,
    signature: Option<String>,
}

impl Link {
    fn signature(self) -> Option<Signature> {
        Some(Signature { expires: self.expires?.parse().ok()?, signature: self.signature? })
    }
}

/// The route.
pub(super) fn router(app: App) -> Router {
    Router::new().route("/storage/{*path}", get(fetch)).route_layer(from_fn(require_viewer)).with_state(app)
}

async fn fetch(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    Path(path): Path<String>,
    Query(link): Query<Link>,
    request: HeaderMap,
) -> Response {
    match app.stored_file(&viewer, &path, link.signature().as_ref()).await {
        Ok(found) => answer(&request, found),
        Err(error) => refusal(&error),
    }
}

/// The file as an attachment: whatever it holds, a browser saves it and runs nothing of it.
fn answer(request: &HeaderMap, OpenFile { content_type, name, etag, public, file }: OpenFile) -> Response {
    let caching = if public { "public, max-age=300" } else { "private, no-store" };
    let etag = etag.map(|etag| (ETAG, format!("\"{etag}\"")));
    let described = [
        (CONTENT_TYPE, content_type),
        (CONTENT_LENGTH, file.size.to_string()),
        (CONTENT_DISPOSITION, disposition(&name)),
        (CACHE_CONTROL, caching.to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    let headers = described.into_iter().chain(etag);
    let headers = headers.filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?))).collect();
    conditional_response(request, public, StatusCode::OK, headers, Body::from_stream(file.bytes))
}

fn refusal(error: &Error) -> Response {
    let status = match error.code {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => {
            tracing::error!(error = %error, cause = ?error.cause(), "a stored file could not be read");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut response = problem(status, error.code, &error.message);
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
