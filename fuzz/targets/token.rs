//! Bearer tokens: as they come, or the claims of a real one with changes, signed with the right key.
#![no_main]

use axum::{
    body::Body,
    http::{HeaderValue, Request},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gerbang_fuzz::{
    answered,
    product::{KEY, begin, claims, graphql, send},
};
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sha2::Sha256;

const HEADERS: [&str; 3] =
    [r#"{"typ":"JWT","alg":"HS256","kid":"fuzz"}"#, r#"{"alg":"HS256"}"#, r#"{"alg":"none","kid":"fuzz"}"#];

fn signed(header: &str, claims: &[u8]) -> String {
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let content = format!("{}.{}", part(header.as_bytes()), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("any length");
    mac.update(content.as_bytes());
    format!("{content}.{}", part(&mac.finalize().into_bytes()))
}

/// The claims of a real token with the members of an object; anything else as it is.
async fn changed(bytes: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(changes)) = serde_json::from_slice(bytes) else { return bytes.to_vec() };
    let mut claims = claims().await;
    claims.extend(changes);
    Value::Object(claims).to_string().into_bytes()
}

async fn ask(kind: usize, bytes: &[u8]) -> u16 {
    let token = match HEADERS.get(kind % 4) {
        Some(header) => signed(header, &changed(bytes).await).into_bytes(),
        None => bytes.to_vec(),
    };
    // What is no header reaches nobody.
    let Ok(value) = HeaderValue::from_bytes(&[b"Bearer ", &*token].concat()) else { return 400 };
    let legacy = ["/talentsmapping/api/auth/me", "/staff/api/v1/auth/profile", "/apextrack/api/dashboard-data"];
    let mut request = match legacy.get(kind / 4 % 4) {
        Some(path) => Request::get(*path).body(Body::empty()).expect("a request"),
        None => graphql(r#"{"query":"{ me { id } }"}"#),
    };
    request.headers_mut().insert("authorization", value);
    send(request).await
}

fuzz_target!(init: begin(), |data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    answered(ask(usize::from(*kind), bytes));
});
