//! The built files, carried compressed and sent so to whoever asks for that.

use std::io::{self, Read};

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use gerbang_explorer::ASSETS;
use gerbang_kernel::error::ErrorCode;
use gerbang_server::problem;

use crate::http::gzip::takes_gzip;

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

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn what_is_carried_compressed_comes_out_as_it_was() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(b"<!doctype html>").unwrap();
        assert_eq!(decompressed(&gzip.finish().unwrap()).unwrap(), b"<!doctype html>");
        assert!(decompressed(b"<!doctype html>").is_err());
    }
}
