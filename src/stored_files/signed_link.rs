//! Files that are fetched by link: a private one by whoever holds a link that was signed a short time ago.

use gerbang_platform::files::StoredFile;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{config::JwtKey, prelude::rules::*};

/// How long a signed link works.
const LINK_MINUTES: i64 = 10;
/// Sets the key of links apart from the key of tokens that it is made from.
const PURPOSE: &[u8] = b"gerbang: links to stored files";

/// What a signed link carries beside the path.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Until when it works, in Unix seconds.
    pub expires: i64,
    /// HMAC-SHA-256 of path and time, in hexadecimal digits.
    pub signature: String,
}

/// A file that may be fetched.
pub struct OpenFile {
    /// Its media type.
    pub content_type: String,
    /// What it is called when it is saved.
    pub name: String,
    /// Names its content, if that is known beforehand.
    pub etag: Option<String>,
    /// Whether it is everybody's.
    pub public: bool,
    /// Size and bytes.
    pub file: StoredFile,
}

/// The link to a stored file: signed and short-lived for a private one.
pub fn link(domain: &Domain, path: &str, public: bool) -> Result<String> {
    let url = format!("{}/storage/{path}", domain.config.server.public_url);
    if public {
        return Ok(url);
    }
    let expires = (domain.clock.now() + TimeDelta::minutes(LINK_MINUTES)).timestamp();
    let keys = domain.tokens.keys();
    let key = keys.first().ok_or_else(|| Error::internal("there is no key to sign with"))?;
    let signature = hex::encode(signed(key, path, expires)?.finalize().into_bytes());
    Ok(format!("{url}?expires={expires}&signature={signature}"))
}

/// Whether a link with this signature opens `path` now.
pub fn opens(domain: &Domain, path: &str, signature: Option<&Signature>) -> bool {
    signature.is_some_and(|signature| fits(&domain.tokens.keys(), path, signature, domain.clock.now()))
}

/// Whether this signature opens `path` now. The comparison takes the same time wherever they differ.
fn fits(keys: &[JwtKey], path: &str, Signature { expires, signature }: &Signature, now: DateTime<Utc>) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    let matches = |key| signed(key, path, *expires).is_ok_and(|mac| mac.verify_slice(&signature).is_ok());
    now.timestamp() <= *expires && keys.iter().any(matches)
}

fn signed(key: &JwtKey, path: &str, expires: i64) -> Result<Hmac<Sha256>> {
    let key = mac(key.secret.expose().as_bytes(), &[PURPOSE])?.finalize().into_bytes();
    mac(&key, &[path.as_bytes(), b"\n", expires.to_string().as_bytes()])
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    Ok(parts.iter().fold(mac, Mac::chain_update))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_kernel::secret::Secret;

    fn key(secret: &str) -> JwtKey {
        JwtKey { kid: "test".to_owned(), secret: Secret::new(secret) }
    }

    #[test]
    fn a_link_opens_its_own_path_until_it_expires_whatever_key_signs_by_now() {
        let (old, new) = (key("the key of last year, 32 bytes.."), key("the key of this year, 32 bytes.."));
        let now = "2026-02-03T04:05:06Z".parse::<DateTime<Utc>>().unwrap();
        let expires = now.timestamp() + 600;
        let signature = hex::encode(signed(&old, "documents/a.pdf", expires).unwrap().finalize().into_bytes());
        let link = Signature { expires, signature };
        let keys = [new.clone(), old];
        assert!(fits(&keys, "documents/a.pdf", &link, now));
        assert!(fits(&keys, "documents/a.pdf", &link, now + TimeDelta::minutes(10)));
        assert!(!fits(&keys, "documents/a.pdf", &link, now + TimeDelta::seconds(601)));
        assert!(!fits(&keys, "documents/b.pdf", &link, now));
        assert!(!fits(&[new], "documents/a.pdf", &link, now));
        let longer = Signature { expires: expires + 1, ..link.clone() };
        assert!(!fits(&keys, "documents/a.pdf", &longer, now));
        for wrong in ["", "00", "not hexadecimal", &link.signature[2..]] {
            let wrong = Signature { signature: wrong.to_owned(), ..link };
            assert!(!fits(&keys, "documents/a.pdf", &wrong, now));
        }
    }
}
