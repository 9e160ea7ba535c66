//! What payment providers say, signed as each of them signs; unsigned if the first byte says so.
#![no_main]

use axum::{body::Body, http::Request};
use base64::{Engine, prelude::BASE64_STANDARD};
use gerbang_fuzz::{answered, product::send};
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};

const TIME: &str = "2026-02-03T04:00:00Z";

/// Midtrans signs three members and writes the signature among them.
fn midtrans(body: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(body) else { return body.to_vec() };
    let signed = ["order_id", "status_code", "gross_amount"].map(|name| members.get(name).and_then(Value::as_str));
    let [Some(order), Some(code), Some(amount)] = signed else { return body.to_vec() };
    let signature = hex::encode(Sha512::digest(format!("{order}{code}{amount}demo-midtrans-key")));
    members.insert("signature_key".to_owned(), signature.into());
    Value::Object(members).to_string().into_bytes()
}

/// DOKU signs the body and where it goes.
fn doku(path: &str, body: &[u8]) -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(body));
    let lines = format!(
        "Client-Id:demo-client\nRequest-Id:fuzz\nRequest-Timestamp:{TIME}\nRequest-Target:{path}\nDigest:{digest}"
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(b"demo-doku-secret").expect("any length");
    mac.update(lines.as_bytes());
    format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    let (provider, is_signed) = (kind % 3, kind & 128 == 0);
    let name = ["midtrans", "doku", "xendit"][usize::from(provider)];
    let path = format!("/talentsmapping/api/{name}/notif-hook");
    let body = if provider == 0 && is_signed { midtrans(body) } else { body.to_vec() };
    let request = Request::post(&path).header("content-type", "application/json");
    let request = match (provider, is_signed) {
        (1, true) => request
            .header("client-id", "demo-client")
            .header("request-id", "fuzz")
            .header("request-timestamp", TIME)
            .header("signature", doku(&path, &body)),
        (2, true) => request.header("x-callback-token", "demo-xendit-token").header("webhook-id", "fuzz"),
        _ => request,
    };
    answered(send(request.body(Body::from(body)).expect("a request")));
});
