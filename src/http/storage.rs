//! `/storage/{path}`: uploaded files, for those who may have them.

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::problem;
use crate::{
    app::{App, OpenFile, Signature},
    error::{Error, ErrorCode},
    graphql::Viewer,
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
    Router::new().route("/storage/{*path}", get(fetch)).with_state(app)
}

async fn fetch(
    State(app): State<App>,
    Extension(viewer): Extension<Viewer>,
    Path(path): Path<String>,
    Query(link): Query<Link>,
) -> Response {
    match app.stored_file(&viewer, &path, link.signature().as_ref()).await {
        Ok(found) => answer(&path, found),
        Err(error) => refusal(&error),
    }
}

/// The file as an attachment: whatever it holds, a browser saves it and runs nothing of it.
fn answer(path: &str, OpenFile { content_type, public, file }: OpenFile) -> Response {
    let caching = if public { "public, max-age=300" } else { "private, no-store" };
    let headers: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_LENGTH, file.size.into()),
        (CONTENT_DISPOSITION, disposition(path)),
        (CACHE_CONTROL, HeaderValue::from_static(caching)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, [(CONTENT_TYPE, content_type)], Body::from_stream(file.bytes)).into_response()
}

fn disposition(path: &str) -> HeaderValue {
    let name = path.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
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
    problem(status, error.code, &error.message)
}
