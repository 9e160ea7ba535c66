//! Who really sent a notification. Every comparison takes the same time whatever was sent, and every key is tried, so
//! that keys can be exchanged while notifications come in.

use base64::{Engine, prelude::BASE64_STANDARD};
use gerbang_kernel::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::config::DokuClient;

/// The key that Midtrans signed with, if it did: `signature` is the SHA-512 of the three fields and the key, verbatim
/// one after the other, in lower-case hexadecimal digits.
pub(crate) fn midtrans<'k>(keys: &'k [Secret], signed: [&str; 3], signature: &str) -> Option<&'k Secret> {
    let mut found = None;
    for key in usable(keys) {
        let mut hash = Sha512::new();
        for field in signed {
            hash.update(field.as_bytes());
        }
        hash.update(key.expose().as_bytes());
        if same(hex::encode(hash.finalize()).as_bytes(), signature.as_bytes()) {
            found = Some(key);
        }
    }
    found
}

/// What DOKU signs besides the body, as it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DokuHeaders<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) signature: &'a str,
}

/// Whether DOKU signed the body for one of these paths: an HMAC-SHA256 over five lines without a line break at the end.
pub(crate) fn doku<'t>(
    clients: &[DokuClient],
    headers: DokuHeaders<'_>,
    targets: impl Iterator<Item = &'t str> + Clone,
    body: &[u8],
) -> bool {
    let DokuHeaders { client_id, request_id, timestamp, signature } = headers;
    // A line break in a value would be another line.
    if [client_id, request_id, timestamp].iter().any(|value| value.chars().any(char::is_control)) {
        return false;
    }
    let digest = BASE64_STANDARD.encode(Sha256::digest(body));
    let mut valid = false;
    for client in clients.iter().filter(|client| !client.secret.expose().is_empty()) {
        let is_named = same(client.client_id.as_bytes(), client_id.as_bytes());
        for target in targets.clone() {
            let lines = format!(
                "Client-Id:{client_id}\nRequest-Id:{request_id}\nRequest-Timestamp:{timestamp}\nRequest-Target:{target}\nDigest:{digest}"
            );
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(client.secret.expose().as_bytes()) else { continue };
            mac.update(lines.as_bytes());
            let expected = format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
            valid |= is_named & same(expected.as_bytes(), signature.as_bytes());
        }
    }
    valid
}

/// Whether `token` is one of Xendit's verification tokens, byte for byte.
pub(crate) fn xendit(tokens: &[Secret], token: &str) -> bool {
    // Hashes are equally long, so that not even the length shows.
    let given = Sha256::digest(token.as_bytes());
    usable(tokens).fold(false, |valid, known| valid | same(&Sha256::digest(known.expose().as_bytes()), &given))
}

/// An empty key would be everybody's.
fn usable(keys: &[Secret]) -> impl Iterator<Item = &Secret> {
    keys.iter().filter(|key| !key.expose().is_empty())
}

fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDTRANS: &str = "252ae55f1a3fb7daab557e502bc64cfb1f8235d9b21238bdbc91674e833213e95f70a559f0a5b7091b4bf6cfa83aab612ab842779e31322e9d16cdcd2440fe64";

    #[test]
    fn the_key_that_signed_is_found_among_several() {
        let keys = ["", "another", "SB-Mid-server-TESTKEY0001"].map(Secret::new);
        let found = midtrans(&keys, ["INV-2026-000123", "200", "250000.00"], MIDTRANS);
        assert_eq!(found.map(Secret::expose), Some("SB-Mid-server-TESTKEY0001"));
        assert!(midtrans(&keys[..2], ["INV-2026-000123", "200", "250000.00"], MIDTRANS).is_none());
        assert!(midtrans(&keys, ["INV-2026-000123", "200", "250000"], MIDTRANS).is_none());
        assert!(midtrans(&keys, ["INV-2026-000123", "200", "250000.00"], &MIDTRANS.to_uppercase()).is_none());
    }

    #[test]
    fn an_empty_key_verifies_nothing() {
        assert!(!xendit(&[Secret::new("")], ""));
        let of_nothing = hex::encode(Sha512::digest(""));
        assert!(midtrans(&[Secret::new("")], ["", "", ""], &of_nothing).is_none());
    }

    #[test]
    fn a_line_break_in_a_header_forges_no_signed_line() {
        let clients = [DokuClient { client_id: "C".to_owned(), secret: Secret::new("S") }];
        let mut mac = Hmac::<Sha256>::new_from_slice(b"S").unwrap();
        let digest = BASE64_STANDARD.encode(Sha256::digest(b"{}"));
        mac.update(
            format!("Client-Id:C\nRequest-Id:R\nX\nRequest-Timestamp:T\nRequest-Target:/\nDigest:{digest}").as_bytes(),
        );
        let signature = format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        let headers = DokuHeaders { client_id: "C", request_id: "R\nX", timestamp: "T", signature: &signature };
        assert!(!doku(&clients, headers, ["/"].into_iter(), b"{}"));
    }
}
