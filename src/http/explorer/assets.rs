//! The built files, carried compressed and sent so to whoever asks for that.

use std::io::{self, Read};

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use gerbang_explorer::ASSETS;
use gerbang_kernel::error::ErrorCode;
use gerbang_server::problem;

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
    let caching = match caching {
        Caching::Never => "no-cache",
        Caching::Forever => "public, max-age=31536000, immutable",
    };
    let described = [(CONTENT_TYPE, media_type(path)), (CACHE_CONTROL, caching), (VARY, "Accept-Encoding")];
    if takes_gzip(headers) {
        return (described, [(CONTENT_ENCODING, "gzip")], file.contents()).into_response();
    }
    match decompressed(file.contents()) {
        Ok(content) => (described, content).into_response(),
        Err(error) => {
            tracing::error!(error = %error, path, "a file of the explorer can't be decompressed");
            let message = "Something went wrong on our side. Try again later.";
            problem(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
        }
    }
}

/// Who names no encodings would take any, says HTTP; but most who name none can't read one (curl, wget).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().to_ascii_lowercase();
        let refused = weight.strip_prefix("q=").is_some_and(|weight| weight.trim().parse() == Ok(0.0_f32));
        let name = name.trim();
        (name == "*" || name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip")) && !refused
    })
}

fn decompressed(gzip: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::with_capacity(gzip.len() * 4);
    GzDecoder::new(gzip).read_to_end(&mut content)?;
    Ok(content)
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
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn encodings_are_read_as_they_are_weighed() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(!takes_gzip(&HeaderMap::new()));
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1.0, GZIP; Q=0.5") && takes("x-gzip") && takes("*"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br, gzip;q=0.000") && !takes(""));
    }

    #[test]
    fn what_is_carried_compressed_comes_out_as_it_was() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(b"<!doctype html>").unwrap();
        assert_eq!(decompressed(&gzip.finish().unwrap()).unwrap(), b"<!doctype html>");
        assert!(decompressed(b"<!doctype html>").is_err());
    }
}
