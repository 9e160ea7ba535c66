//! Keys that anybody could have: too short, too simple, or printed somewhere.

use std::collections::BTreeSet;

use gerbang_kernel::secret::Secret;

use crate::accounts::token::key::private_key;

use super::super::{demo::DEMO_PAYMENT_KEYS, problems::Findings, sections::Config};

/// The shortest secret that may sign tokens, in bytes.
const MIN_SECRET_BYTES: usize = 32;
/// The shortest key of a payment provider, in characters: theirs have 20 and more.
const MIN_PAYMENT_KEY_LENGTH: usize = 8;
/// The fewest different bytes in such a secret: 32 random hexadecimal digits have some 14, and fewer than 8 never.
const MIN_DISTINCT_BYTES: usize = 8;
/// Secrets that stand in documentation and examples.
const PRINTED: &[&str] =
    &["at least 32 characters", "your-256-bit-secret", "your-secret", "change me", "change-me", "changeme"];
const REMEDY: &str = "make one with `openssl rand -hex 32`, or `openssl genpkey -algorithm ed25519`";

/// Checks the keys that sign tokens, and those of payment providers.
pub(super) fn check(config: &Config, findings: &mut Findings) {
    let keys = &config.auth.jwt_keys;
    if keys.is_empty() {
        findings.refuse(
            "auth.jwt_keys",
            "it is empty: add { kid = \"...\", secret = \"...\" } with a random secret of 32 characters or more",
        );
    }
    let (mut seen, mut secrets) = (BTreeSet::new(), BTreeSet::new());
    let wrong = keys.iter().flat_map(|key| {
        let kid = &key.kid;
        let named = if kid.trim().is_empty() {
            Some("a kid is blank: name each key".to_owned())
        } else {
            let known = !seen.insert(kid);
            known.then(|| format!("the kid `{kid}` stands there twice: tokens could not tell which key signed them"))
        };
        let weak = weakness(&key.secret).map(|weakness| format!("the secret of key `{kid}` {weakness}; {REMEDY}"));
        let again = !secrets.insert(key.secret.expose());
        let again = again.then(|| format!("the secret of key `{kid}` is another key's as well; {REMEDY}"));
        named.into_iter().chain(weak.or(again))
    });
    findings.refuse_entries("auth.jwt_keys", wrong.collect::<Vec<_>>());

    for (list, keys) in config.payments.secrets() {
        let mut seen = BTreeSet::new();
        let wrong = keys.into_iter().map(Secret::expose).filter_map(|key| {
            if key.trim().is_empty() {
                Some("a key is blank: anybody could sign with it; take it out of its list".to_owned())
            } else if DEMO_PAYMENT_KEYS.contains(&key) {
                Some("the demo's key is there, which everybody knows: put the provider's in its place".to_owned())
            } else if key.chars().count() < MIN_PAYMENT_KEY_LENGTH {
                Some(format!("a key has fewer than {MIN_PAYMENT_KEY_LENGTH} characters: copy the provider's whole"))
            } else if !seen.insert(key) {
                Some("a key stands there twice: take one away".to_owned())
            } else {
                None
            }
        });
        findings.refuse_entries(list, wrong.collect::<Vec<_>>());
    }
}

/// Why a secret could be guessed, if it could.
fn weakness(secret: &Secret) -> Option<String> {
    if let Some(key) = private_key(secret) {
        return key.err().map(|_| "begins as a private key and is none of Ed25519".to_owned());
    }
    let bytes = secret.expose().as_bytes();
    let lower = secret.expose().to_ascii_lowercase();
    if bytes.len() < MIN_SECRET_BYTES {
        return Some(format!("has fewer than {MIN_SECRET_BYTES} bytes"));
    }
    if bytes.iter().collect::<BTreeSet<_>>().len() < MIN_DISTINCT_BYTES {
        return Some("is made of a few letters only".to_owned());
    }
    if (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..bytes.len() - period]) {
        return Some("repeats itself".to_owned());
    }
    if PRINTED.iter().any(|printed| lower.contains(printed)) {
        return Some("is printed in documentation".to_owned());
    }
    let steps: BTreeSet<i16> = bytes.windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    (steps.len() == 1).then(|| "is a row of letters".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_can_be_guessed_is_weak() {
        let row: String = (33..=126_u8).map(char::from).collect();
        for secret in [
            "",
            "short",
            &"a".repeat(32),
            &"ab".repeat(32),
            "passwordpasswordpasswordpassword",
            "0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef0123",
            "this is at least 32 characters long",
            "please change me, please change me!!",
            &row,
        ] {
            assert!(weakness(&Secret::new(secret)).is_some(), "{secret}");
        }
    }

    #[test]
    fn a_random_secret_is_not() {
        for secret in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
            "correct horse battery staple, correctly",
            "a3f1c0e9b7d25486a3f1c0e9b7d25487",
        ] {
            assert_eq!(weakness(&Secret::new(secret)), None, "{secret}");
        }
    }
}
