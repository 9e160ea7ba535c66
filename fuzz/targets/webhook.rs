//! What payment providers say, signed as each of them signs; unsigned if the first byte says so.
#![no_main]

use axum::{body::Body, http::Request};
use gerbang_fuzz::{
    answered,
    product::{begin, send},
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../tests/it/support/signatures.rs"]
mod signatures;

/// Midtrans writes its signature into the body; one that it would not sign stays as it is.
fn midtrans(body: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(body) else { return body.to_vec() };
    let Some(signature) = signatures::midtrans(signatures::MIDTRANS_KEY, &members) else { return body.to_vec() };
    members.insert("signature_key".to_owned(), signature.into());
    Value::Object(members).to_string().into_bytes()
}

fuzz_target!(init: begin(), |data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    let (provider, is_signed) = (kind % 3, kind & 128 == 0);
    let name = ["midtrans", "doku", "xendit"][usize::from(provider)];
    let path = format!("/talentsmapping/api/{name}/notif-hook");
    let body = if provider == 0 && is_signed { midtrans(body) } else { body.to_vec() };
    let headers = match (provider, is_signed) {
        (1, true) => signatures::doku(signatures::DOKU_SECRET, &path, "fuzz", &body),
        (2, true) => signatures::xendit("fuzz"),
        _ => Vec::new(),
    };
    let request = Request::post(&path).header("content-type", "application/json");
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    answered(send(request.body(Body::from(body)).expect("a request")));
});
