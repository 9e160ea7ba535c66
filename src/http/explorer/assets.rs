//! The built files, carried and sent compressed.

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};
use include_dir::{Dir, include_dir};

use crate::{error::ErrorCode, http::problem};

/// Every file as `name.gz`; nothing where the explorer was not built.
static ASSETS: Dir<'static> = include_dir!("$OUT_DIR/explorer");

/// How long a browser may keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// It asks each time.
    Never,
    /// Another content has another name.
    Forever,
}

/// Whether the explorer is there.
pub(super) fn is_built() -> bool {
    ASSETS.get_file("index.html.gz").is_some()
}

/// The file at `path`.
pub(super) fn asset(path: &str, caching: Caching, headers: &HeaderMap) -> Response {
    let Some(file) = ASSETS.get_file(format!("{path}.gz")) else {
        return problem(StatusCode::NOT_FOUND, ErrorCode::NotFound, "The explorer has no such file.");
    };
    if !takes_gzip(headers) {
        let message = "The explorer's files are sent compressed: accept the encoding `gzip`.";
        return problem(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, message);
    }
    let caching = match caching {
        Caching::Never => "no-cache",
        Caching::Forever => "public, max-age=31536000, immutable",
    };
    let described = [
        (CONTENT_TYPE, media_type(path)),
        (CONTENT_ENCODING, "gzip"),
        (CACHE_CONTROL, caching),
        (VARY, "Accept-Encoding"),
    ];
    (described, file.contents()).into_response()
}

/// Who names no encodings takes all of them.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).peekable();
    named.peek().is_none()
        || named.flat_map(|list| list.split(',')).any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0_f32));
            matches!(name.trim(), "gzip" | "*") && !refused
        })
}

/// The types of what Vite makes.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn encodings_are_read_as_they_are_weighed() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(takes_gzip(&HeaderMap::new()));
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1.0, gzip; q=0.5") && takes("*"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br, gzip;q=0.000"));
    }
}
