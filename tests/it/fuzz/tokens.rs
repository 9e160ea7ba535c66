//! Bearer tokens: real ones with mistakes, signed ones that say odd things, and anything else.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    Target,
    inputs::{near, reshaped, text},
    request::Sent,
};

fn part(json: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

/// Signed with the key of the tests.
fn signed(header: &Value, claims: &Value) -> String {
    let content = format!("{}.{}", part(header), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"a secret for tests, 32 bytes long").unwrap();
    mac.update(content.as_bytes());
    format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// What a JSON Web Token says.
fn read(token: &str) -> Option<(Value, Value)> {
    let mut parts =
        token.split('.').map(|part| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok());
    Some((parts.next()??, parts.next()??))
}

fn ask(token: Vec<u8>, path: &str) -> Sent {
    let sent = Sent::new(if path == "/graphql" { "POST" } else { "GET" }, path).token(Some(token));
    sent.body("application/json", json!({ "query": "{ me { id } }" }).to_string())
}

fn paths() -> impl Strategy<Value = &'static str> {
    let legacy = ["/talentsmapping/api/auth/me", "/staff/api/v1/auth/profile", "/apextrack/api/dashboard-data"];
    prop_oneof![2 => Just("/graphql"), 1 => select(legacy.to_vec())]
}

#[test]
fn any_token_is_answered_and_none_but_real_ones_opens() {
    let target = Target::new();
    let real = target.all_tokens();
    let seeds: Vec<_> = real.iter().map(|token| token.clone().into_bytes()).collect();
    let token = prop_oneof![
        6 => near(seeds),
        1 => text().prop_map(String::into_bytes),
        1 => ("[a.|0]", 1_usize..9_000).prop_map(|(letter, times)| letter.repeat(times).into_bytes()),
    ];
    let requests = (token, paths()).prop_map(|(token, path)| ask(token, path));
    let seen = target.fuzz_and_check(500, requests, |sent, reply| {
        let token = sent.headers[0].1.strip_prefix(b"Bearer ").unwrap_or_default();
        let token = String::from_utf8_lossy(token).trim().to_owned();
        // The number of the other kind may be written in other ways.
        let known = real.contains(&token) || token.contains('|');
        let opened = reply.body["data"]["me"].is_object() || (reply.matched.is_some() && reply.status == 200);
        prop_assert!(known || !opened, "{token} opens: {reply:?}");
        Ok(())
    });
    assert!([200, 401].iter().all(|status| seen.contains_key(status)), "{seen:?}");
}

#[test]
fn any_signed_claims_are_answered() {
    let target = Target::new();
    let known: Vec<_> = target.all_tokens().iter().filter_map(|token| read(token)).collect();
    assert!(!known.is_empty());
    let times = select(vec![i64::MIN, -1, 0, 1, 253_402_300_800, i64::MAX]);
    let requests =
        (select(known), times, any::<bool>(), paths()).prop_flat_map(|((header, claims), time, set, path)| {
            let mut claims = claims;
            if set {
                claims["exp"] = time.into();
            }
            (reshaped(header), reshaped(claims), Just(path))
        });
    let seen =
        target.fuzz(400, requests.prop_map(|(header, claims, path)| ask(signed(&header, &claims).into_bytes(), path)));
    assert!([200, 401].iter().all(|status| seen.contains_key(status)), "{seen:?}");
}
