//! How each payment provider signs, with the keys of the demo. The fuzz targets sign with this file too.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha512};

pub(crate) const MIDTRANS_KEY: &str = "demo-midtrans-key";
pub(crate) const DOKU_CLIENT: &str = "demo-client";
pub(crate) const DOKU_SECRET: &str = "demo-doku-secret";
pub(crate) const XENDIT_TOKEN: &str = "demo-xendit-token";

/// Of Midtrans, which stands in the body beside what it signs; none if one of the three is missing.
pub(crate) fn midtrans(key: &str, body: &Map<String, Value>) -> Option<String> {
    let text = |name| body.get(name).and_then(Value::as_str);
    let [order, code, amount] = ["order_id", "status_code", "gross_amount"].map(text);
    Some(hex::encode(Sha512::digest([order?, code?, amount?, key].concat())))
}

/// The headers of DOKU, which signs the body, when it is sent and where it goes.
pub(crate) fn doku(secret: &str, path: &str, request_id: &str, body: &[u8]) -> Vec<(&'static str, String)> {
    let time = "2026-02-03T04:00:00Z";
    let digest = BASE64_STANDARD.encode(Sha256::digest(body));
    let lines = format!(
        "Client-Id:{DOKU_CLIENT}\nRequest-Id:{request_id}\nRequest-Timestamp:{time}\nRequest-Target:{path}\nDigest:{digest}"
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(lines.as_bytes());
    let signature = format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    vec![
        ("client-id", DOKU_CLIENT.to_owned()),
        ("request-id", request_id.to_owned()),
        ("request-timestamp", time.to_owned()),
        ("signature", signature),
    ]
}

/// The headers of Xendit, which signs nothing.
pub(crate) fn xendit(webhook_id: &str) -> Vec<(&'static str, String)> {
    vec![("x-callback-token", XENDIT_TOKEN.to_owned()), ("webhook-id", webhook_id.to_owned())]
}
