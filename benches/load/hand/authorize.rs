//! Who asks, as the program finds out: the token is verified, then session and user are looked up in one statement.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use chrono::{DateTime, Utc};
use gerbang_kernel::clock::Clock;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Context, Refusal, Result, pool::fetch};

#[derive(Deserialize)]
struct Claims {
    sub: String,
    realm: String,
    session: String,
    jti: String,
}

/// The user's key, realm, role and status, since when their sessions count, and when this one began.
type Session = (i64, String, String, String, Option<DateTime<Utc>>, DateTime<Utc>);

/// Lets administrators of Talents Mapping pass.
pub(super) async fn administrator(context: &Context, headers: &HeaderMap) -> Result<()> {
    if context.open {
        return Ok(());
    }
    let token = bearer(headers)?;
    let verifier = &context.verifier;
    let claims = jsonwebtoken::decode::<Claims>(token, &verifier.key, &verifier.validation);
    let claims = claims.map_err(|_| Refusal::Unauthenticated)?.claims;
    let session: Option<Session> = fetch!(
        fetch_optional,
        &context.pool,
        "select u.id, u.realm, u.role, u.status, u.sessions_valid_from, s.logged_in_at
         from jwt_sessions s join users u on u.id = s.user_id
         where s.id = $1 and s.current_jti = $2 and s.revoked_at is null",
        &claims.session,
        &claims.jti
    )?;
    let (id, realm, role, status, valid_from, begun) = session.ok_or(Refusal::Unauthenticated)?;
    let valid = claims.sub == id.to_string()
        && claims.realm == realm
        && (realm.as_str(), role.as_str(), status.as_str()) == ("talents_mapping", "admin", "active")
        && valid_from.is_none_or(|from| begun >= from);
    if valid { Ok(()) } else { Err(Refusal::Unauthenticated) }
}

/// The user's key, role and status, since when their sessions count, and the token's hash, end and beginning.
type Token = (i64, String, String, Option<DateTime<Utc>>, String, Option<DateTime<Utc>>, DateTime<Utc>);

/// Lets this affiliate pass.
pub(super) async fn affiliate(context: &Context, headers: &HeaderMap, affiliate: i64) -> Result<()> {
    if context.open {
        return Ok(());
    }
    let (id, secret) = bearer(headers)?.split_once('|').ok_or(Refusal::Unauthenticated)?;
    let id: i64 = id.parse().map_err(|_| Refusal::Unauthenticated)?;
    let token: Option<Token> = fetch!(
        fetch_optional,
        &context.pool,
        "select u.id, u.role, u.status, u.sessions_valid_from, t.token_hash, t.expires_at, t.created_at
         from access_tokens t join users u on u.id = t.user_id where t.id = $1",
        id
    )?;
    let (user, role, status, valid_from, hash, end, begun) = token.ok_or(Refusal::Unauthenticated)?;
    let valid = bool::from(hex::encode(Sha256::digest(secret)).as_bytes().ct_eq(hash.as_bytes()))
        && (user, role.as_str(), status.as_str()) == (affiliate, "affiliate", "active")
        && end.is_none_or(|end| end > Clock::system().now())
        && valid_from.is_none_or(|from| begun >= from);
    if valid { Ok(()) } else { Err(Refusal::Unauthenticated) }
}

fn bearer(headers: &HeaderMap) -> Result<&str> {
    let header = headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(Refusal::Unauthenticated)
}
