//! Headers for browsers: who may call, and what may be done with an answer.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{
        HeaderName, HeaderValue, Method,
        header::{
            ACCEPT_ENCODING, ACCESS_CONTROL_REQUEST_HEADERS, ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LINK, LOCATION, REFERRER_POLICY, RETRY_AFTER,
            STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    response::Response,
};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::request_id::X_REQUEST_ID;

/// How long a browser may remember what it may send.
const MAX_AGE: Duration = Duration::from_mins(10);
/// Bytes of the names of headers that a browser asks for, which are repeated in the answer.
const MAX_REQUESTED: usize = 4_096;
/// What stands for everything in a list of the settings.
const ANY: &str = "*";

/// Cross-origin calls from the configured origins. No credentials are ever allowed: tokens come in a header. So any header
/// may be sent, and the answer to a preflight names those it asks for: clients, tracers and SDKs each add their own.
pub fn cors(origins: &[String], headers: AllowHeaders) -> CorsLayer {
    let origins = if origins.iter().any(|origin| origin == ANY) {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(headers)
        .expose_headers([
            ACCEPT_ENCODING,
            ALLOW,
            CONTENT_DISPOSITION,
            ETAG,
            LINK,
            LOCATION,
            RETRY_AFTER,
            X_REQUEST_ID,
            HeaderName::from_static("deprecation"),
            HeaderName::from_static("sunset"),
            HeaderName::from_static("x-ratelimit-limit"),
            HeaderName::from_static("x-ratelimit-remaining"),
        ])
        .max_age(MAX_AGE)
}

/// Which headers a browser may send.
///
/// # Errors
/// Those that are no names of headers.
pub fn allowed_headers(names: &[String]) -> Result<AllowHeaders, Vec<String>> {
    if names.iter().any(|name| name == ANY) {
        return Ok(AllowHeaders::mirror_request());
    }
    let (mut headers, mut wrong) = (Vec::<HeaderName>::new(), Vec::new());
    for name in names {
        match name.parse() {
            Ok(header) => headers.push(header),
            Err(_) => wrong.push(name.clone()),
        }
    }
    if wrong.is_empty() { Ok(AllowHeaders::list(headers)) } else { Err(wrong) }
}

/// Forgets the headers that a preflight asks for where they are more than any front end has: what is asked for is
/// repeated in the answer, and no answer should grow with its question.
pub(crate) fn bound_requested_headers(request: &mut Request) {
    let asked = request.headers().get_all(ACCESS_CONTROL_REQUEST_HEADERS);
    if asked.iter().map(HeaderValue::len).sum::<usize>() > MAX_REQUESTED {
        request.headers_mut().remove(ACCESS_CONTROL_REQUEST_HEADERS);
    }
}

/// What makes browsers careful with an answer, unless it has its own.
const CAREFUL: [(HeaderName, HeaderValue); 4] = [
    // It is what its type says, is shown in no frame of another site, tells no other site where it was, and uses no device.
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
];
/// A cache may keep a "not found" as it likes, unless it is told.
const KEPT_FOR_NOBODY_ELSE: HeaderValue = HeaderValue::from_static("no-cache, private");
/// For a year nothing but `https` is tried.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// What data may load, and who may frame it.
const DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const MEDIA_TYPES_OF_DATA: [&str; 3] = ["application/json", "application/graphql-response+json", "text/event-stream"];
/// Files are looked at in viewers of the browser, which load what they need. Pages have policies of their own.
const ANYTHING_ELSE: HeaderValue = HeaderValue::from_static("frame-ancestors 'none'");

/// Whether the outside reaches this server by `https`.
#[derive(Clone, Copy, Debug)]
pub struct IsSecure(pub bool);

/// Makes browsers careful with an answer.
pub(crate) fn be_careful(IsSecure(is_secure): IsSecure, response: &mut Response) {
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    // Room for all, and for the request's name after them, at once.
    headers.reserve(CAREFUL.len() + 4);
    let media_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_data = MEDIA_TYPES_OF_DATA.iter().any(|data| media_type.starts_with(data.as_bytes()));
    let policy = (CONTENT_SECURITY_POLICY, if is_data { DATA } else { ANYTHING_ELSE });
    let transport = is_secure.then_some((STRICT_TRANSPORT_SECURITY, ONLY_HTTPS));
    let kept = is_refusal.then_some((CACHE_CONTROL, KEPT_FOR_NOBODY_ELSE));
    for (name, value) in CAREFUL.into_iter().chain([policy]).chain(transport).chain(kept) {
        headers.entry(name).or_insert(value);
    }
}
