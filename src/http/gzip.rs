//! Answers that are sent compressed.

use std::io::{self, Write};

use axum::http::{HeaderMap, header::ACCEPT_ENCODING};
use flate2::{Compression, write::GzEncoder};

/// Who names no encodings would take any, says HTTP; but most who name none can't read one (curl, wget).
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().to_ascii_lowercase();
        let refused = weight.strip_prefix("q=").is_some_and(|weight| weight.trim().parse() == Ok(0.0_f32));
        let name = name.trim();
        (name == "*" || name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip")) && !refused
    })
}

/// The text, compressed.
pub(super) fn compressed(text: &str) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text.as_bytes())?;
    gzip.finish()
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
        assert!(!takes_gzip(&HeaderMap::new()));
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1.0, GZIP; Q=0.5") && takes("x-gzip") && takes("*"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br, gzip;q=0.000") && !takes(""));
    }
}
