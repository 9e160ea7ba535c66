//! Content with a validator: who has it already is not sent it again.
//!
//! The `headers` crate reads `If-None-Match` too, but would take the place of `knows` alone: three lines for three, and one
//! more crate to keep. What a 304 carries stays ours either way.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};

/// The content, or 304 if the client has it already. Without an `ETag` among the headers nobody can have it.
pub fn conditional_response(
    request: &HeaderMap,
    public: bool,
    status: StatusCode,
    mut headers: HeaderMap,
    content: impl Into<Body>,
) -> Response {
    let Some(etag) = headers.get(ETAG) else { return (status, headers, content.into()).into_response() };
    let has_it = request.get_all(IF_NONE_MATCH).iter().any(|known| knows(known, etag));
    // Kept by the client, asked for each time.
    let cached = if public { "public, no-cache" } else { "private, no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cached));
    if has_it {
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_LENGTH);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (status, headers, content.into()).into_response()
}

/// Whether one of the listed validators is this one; a weak one is as good here.
fn knows(listed: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(listed), Ok(etag)) = (listed.to_str(), etag.to_str()) else { return false };
    listed.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validators_are_compared_weakly() {
        let etag = HeaderValue::from_static("\"abc\"");
        for listed in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(knows(&HeaderValue::from_static(listed), &etag), "{listed}");
        }
        assert!(!knows(&HeaderValue::from_static("\"abcd\""), &etag));
    }
}
