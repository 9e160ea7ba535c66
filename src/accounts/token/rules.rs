//! The two kinds of bearer token: signed JSON Web Tokens, and Sanctum's `{id}|{secret}`.

use std::{collections::HashMap, fmt, sync::Arc};

use arc_swap::ArcSwap;
use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use gerbang_graphql::{integer::int, timestamp::Timestamp};
use gerbang_kernel::error::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use rand::distr::{Alphanumeric, SampleString};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::key::Key;
use crate::{accounts::Realm, config::JwtKey};

/// Characters of a Sanctum secret, its checksum not counted.
const SECRET_LENGTH: usize = 40;
/// Characters of the code in a mailed link: 256 bits and more.
const LINK_CODE_LENGTH: usize = 48;

/// What a token opens. A token of one purpose opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "lowercase")]
#[graphql(name = "TokenKind")]
pub enum Purpose {
    /// Everything its user may do.
    Access,
    /// The one sign-up that it was given for.
    Signup,
}

/// What a JSON Web Token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's primary key; for a sign-up, that of the attempt.
    pub sub: String,
    /// The user base, as in the database.
    pub realm: String,
    /// What the token opens.
    pub purpose: Purpose,
    /// The log-in it belongs to; empty for a sign-up.
    #[serde(default)]
    pub session: String,
    /// The token's own id.
    pub jti: String,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// When it dies, in Unix seconds.
    pub exp: i64,
}

impl Claims {
    /// Whether the token is for this realm.
    pub fn is_of(&self, realm: Realm) -> bool {
        self.realm == realm.to_value()
    }
}

/// A token to send as `Authorization: Bearer`.
#[derive(Clone, SimpleObject)]
#[graphql(name = "AuthToken", complex)]
pub struct Issued {
    /// The token itself. Keep it secret: whoever has it is its user.
    pub content: String,
    /// What it opens.
    #[graphql(name = "kind")]
    pub purpose: Purpose,
    /// When it dies, UTC; null if it lives until it is ended.
    pub expires_at: Option<Timestamp>,
    /// Seconds that it lives, counted from when it was issued; null if it lives until it is ended.
    pub expires_in: Option<i32>,
}

impl Issued {
    /// A token that lives for `seconds` from `now` on.
    pub(crate) fn new(content: String, purpose: Purpose, now: DateTime<Utc>, seconds: Option<i64>) -> Self {
        let expires_at = seconds.map(|seconds| (now + TimeDelta::seconds(seconds)).into());
        Self { content, purpose, expires_at, expires_in: seconds.map(int) }
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// Signs and reads JSON Web Tokens, and seals codes. The first key signs, all verify, so that keys can be
/// replaced without logging anybody out.
pub struct Tokens {
    keys: ArcSwap<Keys>,
}

struct Keys {
    in_order: Vec<Key>,
    by_id: HashMap<String, usize>,
    settings: Arc<[JwtKey]>,
}

impl Tokens {
    /// Tokens signed with the keys of the settings.
    pub fn new(settings: &[JwtKey]) -> Self {
        Self { keys: ArcSwap::from_pointee(Keys::new(settings)) }
    }

    /// From now on these are the keys.
    pub fn replace(&self, settings: &[JwtKey]) {
        self.keys.store(Arc::new(Keys::new(settings)));
    }

    /// The keys of the settings, for what else is signed with them.
    pub(crate) fn keys(&self) -> Arc<[JwtKey]> {
        Arc::clone(&self.keys.load().settings)
    }

    /// Signs a token.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        self.keys.load().first()?.sign(claims)
    }

    /// What a token says, if one of our keys signed it. It may have expired.
    pub fn read(&self, token: &str) -> Option<Claims> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let keys = self.keys.load();
        keys.in_order[*keys.by_id.get(&kid)?].read(token)
    }

    /// The public halves of the keys that have one, as a JSON Web Key Set (RFC 7517).
    pub fn public_keys(&self) -> Value {
        json!({ "keys": self.keys.load().in_order.iter().filter_map(Key::public).collect::<Vec<_>>() })
    }

    /// The hash to keep of a short code, bound to what it is for and whom it was sent to. It is keyed, since
    /// all codes of six digits are tried in no time.
    pub fn seal(&self, scope: &str, code: &str) -> Result<String> {
        Ok(hex::encode(seal(self.keys.load().first()?, scope, code)))
    }

    /// Whether this is the sealed code.
    pub fn unseals(&self, scope: &str, code: &str, sealed: &str) -> bool {
        let sealed = hex::decode(sealed).unwrap_or_default();
        self.keys.load().in_order.iter().any(|key| bool::from(seal(key, scope, code).as_slice().ct_eq(&sealed)))
    }
}

impl Keys {
    fn new(settings: &[JwtKey]) -> Self {
        let keys: Vec<Key> = settings.iter().map(Key::new).collect();
        let by_id = keys.iter().enumerate().map(|(index, key)| (key.id.clone(), index)).collect();
        Self { in_order: keys, by_id, settings: settings.into() }
    }

    fn first(&self) -> Result<&Key> {
        self.in_order.first().ok_or_else(|| Error::internal("[auth] jwt_keys is empty"))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.load().in_order.iter().map(|key| &key.id)).finish()
    }
}

fn seal(key: &Key, scope: &str, code: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("HMAC takes keys of any length");
    for part in ["gerbang code", scope, code] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

/// SHA-256 in hexadecimal: enough for secrets that nobody can guess.
pub fn hash_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Whether two hashes are the same, in a time that does not tell where they differ.
pub fn same_hash(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// An id that nobody can guess.
pub fn random_id() -> String {
    Uuid::new_v4().to_string()
}

/// A code to type: six digits.
pub fn digits() -> String {
    format!("{:06}", rand::random_range(0..1_000_000))
}

/// A code to click on, as part of a link.
pub fn link_code() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), LINK_CODE_LENGTH)
}

/// The secret part of a new Sanctum token: 40 random characters and their CRC-32.
pub fn sanctum_secret() -> String {
    let random = Alphanumeric.sample_string(&mut rand::rng(), SECRET_LENGTH);
    let checksum = crc32fast::hash(random.as_bytes());
    format!("{random}{checksum:08x}")
}

/// How a Sanctum token is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanctum {
    /// The row; absent in tokens of the first versions.
    pub id: Option<i64>,
    /// The hash that the row must have.
    pub hash: String,
}

impl Sanctum {
    /// Reads `{id}|{secret}`, or the bare secret of old tokens.
    pub fn parse(token: &str) -> Option<Self> {
        let Some((id, secret)) = token.split_once('|') else {
            return Some(Self { id: None, hash: hash_secret(token) });
        };
        let is_number = !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number || secret.is_empty() {
            return None;
        }
        Some(Self { id: Some(id.parse().ok()?), hash: hash_secret(secret) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_kernel::secret::Secret;

    fn keys(kids: &[&str]) -> Vec<JwtKey> {
        let secret = |kid: &str| Secret::new(format!("{kid} {}", "x".repeat(40)));
        kids.iter().map(|kid| JwtKey { kid: (*kid).to_owned(), secret: secret(kid) }).collect()
    }

    fn tokens(kids: &[&str]) -> Tokens {
        Tokens::new(&keys(kids))
    }

    fn claims() -> Claims {
        Claims {
            sub: "42".to_owned(),
            realm: Realm::Notary.to_value(),
            purpose: Purpose::Access,
            session: "s".to_owned(),
            jti: "j".to_owned(),
            iat: 1,
            exp: 2,
        }
    }

    #[test]
    fn the_first_key_signs_and_all_verify() {
        let (old, rotated, other) = (tokens(&["a"]), tokens(&["b", "a"]), tokens(&["b"]));
        let token = old.sign(&claims()).unwrap();
        assert_eq!(rotated.read(&token), Some(claims()));
        assert_eq!(other.read(&token), None);
        assert_eq!(old.read(&rotated.sign(&claims()).unwrap()), None);
        old.replace(&keys(&["b", "a"]));
        let token = old.sign(&claims()).unwrap();
        assert_eq!(rotated.read(&token), Some(claims()));
        old.replace(&keys(&["a"]));
        assert_eq!(old.read(&token), None);
        assert!(claims().is_of(Realm::Notary) && !claims().is_of(Realm::Staff));
    }

    #[test]
    fn forged_tokens_are_refused_without_details() {
        let tokens = tokens(&["a"]);
        let token = tokens.sign(&claims()).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let other = tokens.sign(&Claims { sub: "1".to_owned(), ..claims() }).unwrap();
        let payload = other.split('.').nth(1).unwrap();
        // {"alg":"none","kid":"a"} and {"typ":"JWT","alg":"HS256"}
        for forged in [
            format!("{header}.{payload}.{signature}"),
            format!("eyJhbGciOiJub25lIiwia2lkIjoiYSJ9.{payload}."),
            format!("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{payload}.{signature}"),
            format!("{signed}."),
            "a.b.c".to_owned(),
        ] {
            assert_eq!(tokens.read(&forged), None, "{forged}");
        }
    }

    #[test]
    fn sealed_codes_are_bound_to_their_scope() {
        let (old, rotated) = (tokens(&["a"]), tokens(&["b", "a"]));
        let sealed = old.seal("reset|+628123", "123456").unwrap();
        assert!(rotated.unseals("reset|+628123", "123456", &sealed));
        assert!(!rotated.unseals("reset|+628124", "123456", &sealed));
        assert!(!rotated.unseals("reset|+628123", "123457", &sealed));
        assert!(!tokens(&["c"]).unseals("reset|+628123", "123456", &sealed));
    }

    #[test]
    fn sanctum_tokens_hash_as_laravel_does() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn";
        assert_eq!(format!("{:08x}", crc32fast::hash(letters.as_bytes())), "6eb9bc73");
        for (token, id, hash) in [
            (format!("7|{letters}6eb9bc73"), 7, "089d53e6ad464cf2eff7d48e1d0dcc677103f3bec52173fa1f3afd51ad2c99cb"),
            (format!("7|{letters}"), 7, "b06a068c2689a8a1cb783441d9ca4fb75e30fbe1897fe405b18fc1940bbed468"),
            (
                format!("8|acme_{letters}6eb9bc73"),
                8,
                "5031c2407474b86eac5c5345bbc5c707ab62c7586bf3e5ff8dfc5cbce4e7e08b",
            ),
        ] {
            assert_eq!(Sanctum::parse(&token), Some(Sanctum { id: Some(id), hash: hash.to_owned() }));
        }
        for refused in ["|abc", "7|", "x7|abc", "7 |abc", "99999999999999999999|abc", "-7|abc"] {
            assert_eq!(Sanctum::parse(refused), None, "{refused}");
        }
        assert_eq!(Sanctum::parse("abc"), Some(Sanctum { id: None, hash: hash_secret("abc") }));
    }

    #[test]
    fn secrets_are_random_and_of_the_right_form() {
        let secret = sanctum_secret();
        assert_eq!(secret.len(), 48);
        assert!(secret.ends_with(&format!("{:08x}", crc32fast::hash(&secret.as_bytes()[..40]))));
        assert_ne!(secret, sanctum_secret());
        assert!(digits().len() == 6 && link_code().len() == 48);
    }
}
