//! The bearer token of a request, for both fronts.

use http::{HeaderMap, header};

const SCHEME: &str = "bearer ";

/// The token of the `Authorization` header as it was sent, valid or not.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    // Two lines of one header are a list (RFC 9110, 5.3), of which the last entry counts.
    headers.get_all(header::AUTHORIZATION).iter().rev().find_map(|value| bearer_token(value.to_str().ok()?))
}

/// The token in a header's value, read as Laravel reads it: what follows the last `Bearer ` in any case, up to a comma.
/// So a client that writes the scheme twice, or a proxy that adds a scheme of its own, does not lock anybody out.
pub fn bearer_token(value: &str) -> Option<&str> {
    // Lower case in ASCII leaves every byte in its place.
    let scheme = value.to_ascii_lowercase().rfind(SCHEME)?;
    let token = value.get(scheme + SCHEME.len()..)?.split(',').next()?.trim();
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_token_is_what_laravel_takes_it_for() {
        for (value, token) in [
            ("Bearer t", Some("t")),
            ("bearer t", Some("t")),
            ("BEARER  7|abc ", Some("7|abc")),
            ("Bearer Bearer t", Some("t")),
            ("Bearer t, x", Some("t")),
            ("Bearer t,Basic abc", Some("t")),
            ("Basic abc, Bearer t", Some("t")),
            ("Bearer one, Bearer two", Some("two")),
            ("é Bearer t", Some("t")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Bearer ,t", None),
            ("Basic abc", None),
            ("t", None),
            ("", None),
        ] {
            assert_eq!(bearer_token(value), token, "{value}");
        }
    }

    #[test]
    fn of_two_headers_the_last_with_a_token_counts() {
        let of = |values: &[&'static str]| {
            let lines = values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value)));
            let mut headers = HeaderMap::new();
            lines.for_each(|(name, value)| {
                headers.append(name, value);
            });
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of(&["Basic abc", "Bearer t"]).as_deref(), Some("t"));
        assert_eq!(of(&["Bearer t", "Basic abc"]).as_deref(), Some("t"));
        assert_eq!(of(&["Bearer one", "Bearer two"]).as_deref(), Some("two"));
        assert_eq!(of(&[]), None);
    }
}
