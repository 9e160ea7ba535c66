//! What travels beside a request, as its extensions.

use std::{any::Any, fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, header::IF_NONE_MATCH};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// The request's name, which its log lines and its answer carry.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The token that the request carries, valid or not.
#[derive(Clone, Debug)]
pub struct BearerToken(pub Arc<str>);

/// The connection that the request came on. Whoever goes on answering after the request is done (a socket, a stream of
/// events) keeps it, so that the connection counts for as long.
#[derive(Clone)]
pub struct ConnectionGuard(#[expect(dead_code, reason = "it is there to be dropped")] Arc<dyn Any + Send + Sync>);

impl ConnectionGuard {
    /// Keeps `held` for as long as any clone of this is there.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Arc::new(held))
    }
}

impl fmt::Debug for ConnectionGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectionGuard").finish()
    }
}

/// That there is no room for the request: each front refuses it in its own words.
#[derive(Clone, Debug)]
pub struct Overloaded(pub Error);

/// The strong validator of these bytes.
pub fn etag(content: &[u8]) -> HeaderValue {
    let hash = hex::encode(&Sha256::digest(content)[..16]);
    HeaderValue::try_from(format!("\"{hash}\"")).expect("digits in quotes are a value of a header")
}

/// Whether the client has what this validator names (`If-None-Match`); a weak validator is as good here.
///
/// The `headers` crate reads the header too, but would take the place of these lines alone, for one more crate to keep.
pub fn has_it(request: &HeaderMap, etag: &HeaderValue) -> bool {
    request.get_all(IF_NONE_MATCH).iter().any(|known| knows(known, etag))
}

/// Whether one of the listed validators is this one.
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
