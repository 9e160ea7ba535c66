//! Bodies that come compressed.
//!
//! What is taken off is `Content-Encoding` with it, so that what remains of that header is what nobody here can read: each
//! front refuses it in its own words, and bounds what comes out as it bounds any body.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING},
    },
    middleware::Next,
    response::Response,
};
use tower::{ServiceExt, service_fn};
use tower_http::decompression::{DecompressionBody, RequestDecompression};

/// What is taken off.
const SUPPORTED: &str = "gzip, deflate";

/// How a body is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Plain,
    Known(&'static str),
    Unknown,
}

/// Decompresses the body as it is read.
pub(crate) async fn decode_body(mut request: Request, next: Next) -> Response {
    match coding(request.headers()) {
        Coding::Plain => {
            request.headers_mut().remove(CONTENT_ENCODING);
            next.run(request).await
        }
        Coding::Known(name) => {
            // As the library knows it; some clients write it otherwise.
            request.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            let inner = service_fn(move |request: Request<DecompressionBody<Body>>| {
                let next = next.clone();
                async move { Ok::<_, Infallible>(next.run(request.map(Body::new)).await) }
            });
            let Ok(response) = RequestDecompression::new(inner).oneshot(request).await;
            response.map(Body::new)
        }
        Coding::Unknown => {
            let mut response = next.run(request).await;
            if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
                response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(SUPPORTED));
            }
            response
        }
    }
}

/// The coding that the headers name; one after another is more than is taken off.
fn coding(headers: &HeaderMap) -> Coding {
    let mut found = Coding::Plain;
    for value in headers.get_all(CONTENT_ENCODING) {
        let Ok(value) = value.to_str() else { return Coding::Unknown };
        for name in value.split(',').map(|name| name.trim().to_ascii_lowercase()) {
            found = match (name.as_str(), found) {
                ("" | "identity", found) => found,
                ("gzip" | "x-gzip", Coding::Plain) => Coding::Known("gzip"),
                ("deflate", Coding::Plain) => Coding::Known("deflate"),
                _ => return Coding::Unknown,
            };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_known_by_all_their_names() {
        let of = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(line));
            }
            coding(&headers)
        };
        for plain in [&[][..], &[""], &["identity"], &["Identity, identity"]] {
            assert_eq!(of(plain), Coding::Plain, "{plain:?}");
        }
        for gzip in [&["gzip"][..], &["GZIP"], &["x-gzip"], &["identity, gzip"], &["identity", " gzip "]] {
            assert_eq!(of(gzip), Coding::Known("gzip"), "{gzip:?}");
        }
        assert_eq!(of(&["Deflate"]), Coding::Known("deflate"));
        for unknown in [&["br"][..], &["zstd"], &["gzip, gzip"], &["gzip", "deflate"], &["gzip;q=1"], &["aws-chunked"]]
        {
            assert_eq!(of(unknown), Coding::Unknown, "{unknown:?}");
        }
    }
}
