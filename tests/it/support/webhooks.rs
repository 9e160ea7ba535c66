//! Notifications as the providers send them, signed as their documents say, with the keys of the demo.

use serde_json::{Value, json};

pub(crate) use super::signatures::{DOKU_CLIENT, DOKU_SECRET, MIDTRANS_KEY, XENDIT_TOKEN};
use super::{legacy::Legacy, protocol::Reply, signatures};

/// A notification, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Notification {
    pub(crate) async fn send(&self, legacy: &Legacy) -> Reply {
        let call = self.headers.iter().fold(legacy.post(&self.path), |call, (name, value)| call.header(name, value));
        call.body("application/json", self.body.clone()).await
    }

    /// The same with another value of a header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        for (other, current) in &mut self.headers {
            if *other == name {
                value.clone_into(current);
            }
        }
        self
    }

    /// The same without a header.
    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }
}

/// Of Midtrans about 150,000 rupiah, in the words that it sends with a status.
pub(crate) fn midtrans(order_id: &str, status: &str) -> Notification {
    let (code, fraud) = match status {
        "pending" | "authorize" => ("201", "accept"),
        "challenge" => ("201", "challenge"),
        "deny" | "expire" | "failure" => ("202", "accept"),
        _ => ("200", "accept"),
    };
    let status = if status == "challenge" { "capture" } else { status };
    midtrans_saying(
        MIDTRANS_KEY,
        json!({
            "transaction_time": "2026-02-03 11:00:00",
            "transaction_status": status,
            "transaction_id": "9aed5972-5b6a-401e-894b-a32c91ed1a3a",
            "status_message": "midtrans payment notification",
            "status_code": code,
            "payment_type": "credit_card",
            "order_id": order_id,
            "merchant_id": "G141532850",
            "gross_amount": "150000.00",
            "fraud_status": fraud,
            "currency": "IDR",
        }),
    )
}

/// The same with these members, signed with `key`.
pub(crate) fn midtrans_saying(key: &str, mut body: Value) -> Notification {
    let signature = body.as_object().and_then(|members| signatures::midtrans(key, members));
    body["signature_key"] = signature.expect("what Midtrans signs").into();
    Notification { path: "/api/midtrans/notif-hook".to_owned(), headers: Vec::new(), body: body.to_string() }
}

/// Of DOKU about 150,000 rupiah.
pub(crate) fn doku(order_id: &str, status: &str, request_id: &str) -> Notification {
    doku_by(DOKU_SECRET, order_id, status, request_id)
}

/// The same, signed with `secret`.
pub(crate) fn doku_by(secret: &str, order_id: &str, status: &str, request_id: &str) -> Notification {
    let body = json!({
        "service": { "id": "VIRTUAL_ACCOUNT" },
        "acquirer": { "id": "BCA" },
        "channel": { "id": "VIRTUAL_ACCOUNT_BCA" },
        "transaction": { "status": status, "date": "2026-02-03T04:00:00Z" },
        "order": { "invoice_number": order_id, "amount": 150_000 },
    });
    doku_signed(secret, "/api/doku/notif-hook", request_id, body.to_string())
}

/// Of DOKU with this body, called and signed for `path`.
pub(crate) fn doku_signed(secret: &str, path: &str, request_id: &str, body: String) -> Notification {
    let headers = signatures::doku(secret, path, request_id, body.as_bytes());
    Notification { path: path.to_owned(), headers, body }
}

/// Of Xendit about an invoice of 150,000 rupiah.
pub(crate) fn xendit(order_id: &str, status: &str, webhook_id: &str) -> Notification {
    let paid = ["PAID", "SETTLED"].contains(&status);
    xendit_saying(
        webhook_id,
        &json!({
            "id": "593f4ed1c3d3bb7f39733d83",
            "external_id": order_id,
            "user_id": "5848fdf860053555135587e7",
            "status": status,
            "merchant_name": "Talents Mapping",
            "amount": 150_000,
            "paid_amount": paid.then_some(150_000),
            "created": "2026-02-03T03:00:00.000Z",
            "updated": "2026-02-03T04:00:00.000Z",
            "currency": "IDR",
        }),
    )
}

/// Of Xendit with this body.
pub(crate) fn xendit_saying(webhook_id: &str, body: &Value) -> Notification {
    Notification {
        path: "/api/xendit/notif-hook".to_owned(),
        headers: signatures::xendit(webhook_id),
        body: body.to_string(),
    }
}
