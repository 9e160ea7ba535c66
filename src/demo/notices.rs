//! What payment providers send, in the shapes that they send it in.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::seeds::Seeds;
use crate::payments::{
    event::row::Headers,
    order::{self, row::Provider},
};

/// One delivery of a webhook.
pub(crate) struct Notice {
    /// What tells it apart from others.
    pub(crate) event_key: String,
    pub(crate) body: String,
    pub(crate) headers: Headers,
}

/// What the payment's provider sends to say `word` about it.
pub(crate) fn notice(seeds: &mut Seeds, payment: &order::row::Model, word: &str, at: DateTime<Utc>) -> Notice {
    match payment.provider {
        Provider::Midtrans => midtrans(seeds, payment, word, at),
        Provider::Doku => doku(seeds, payment, word, at),
        Provider::Xendit => xendit(seeds, payment, word, at),
    }
}

fn midtrans(seeds: &mut Seeds, payment: &order::row::Model, word: &str, at: DateTime<Utc>) -> Notice {
    let transaction_id = uuid(seeds, payment.created_at);
    let (status_code, fraud_status) = match word {
        "pending" => ("201", "accept"),
        "deny" | "expire" => ("202", "accept"),
        "capture" => ("201", "challenge"),
        _ => ("200", "accept"),
    };
    // Its clock shows Jakarta's time.
    let local = (at + TimeDelta::hours(7)).format("%Y-%m-%d %H:%M:%S").to_string();
    let body = json!({
        "transaction_time": local,
        "transaction_status": word,
        "transaction_id": transaction_id,
        "status_message": "midtrans payment notification",
        "status_code": status_code,
        "signature_key": seeds.hex::<64>(),
        "payment_type": "bank_transfer",
        "order_id": payment.order_id,
        "merchant_id": "G141532850",
        "gross_amount": format!("{}.00", payment.amount),
        "fraud_status": fraud_status,
        "currency": payment.currency,
    })
    .to_string();
    let digest = hex::encode(Sha256::digest(&body));
    let event_key = [&payment.order_id, &transaction_id, status_code, word, fraud_status, &digest].join("|");
    Notice { event_key, body, headers: headers([("user-agent", "Veritrans".to_owned())]) }
}

fn doku(seeds: &mut Seeds, payment: &order::row::Model, word: &str, at: DateTime<Utc>) -> Notice {
    let request_id = uuid(seeds, at);
    let time = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let body = json!({
        "service": { "id": "VIRTUAL_ACCOUNT" },
        "acquirer": { "id": "BCA" },
        "channel": { "id": "VIRTUAL_ACCOUNT_BCA" },
        "transaction": { "status": word, "date": time, "original_request_id": uuid(seeds, payment.created_at) },
        "order": { "invoice_number": payment.order_id, "amount": payment.amount },
    });
    let headers = headers([
        ("client-id", "demo-client".to_owned()),
        ("request-id", request_id.clone()),
        ("request-timestamp", time),
    ]);
    Notice { event_key: request_id, body: body.to_string(), headers }
}

fn xendit(seeds: &mut Seeds, payment: &order::row::Model, word: &str, at: DateTime<Utc>) -> Notice {
    let webhook_id = uuid(seeds, at);
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let paid = word != "EXPIRED";
    let body = json!({
        "id": seeds.hex::<12>(),
        "external_id": payment.order_id,
        "user_id": "5848fdf860053555135587e7",
        "status": word,
        "merchant_name": "Talents Mapping",
        "amount": payment.amount,
        "paid_amount": if paid { json!(payment.amount) } else { Value::Null },
        "created": time(payment.created_at),
        "updated": time(at),
        "paid_at": if paid { json!(time(at)) } else { Value::Null },
        "currency": payment.currency,
        "payment_method": "RETAIL_OUTLET",
        "payment_channel": "ALFAMART",
    });
    let headers = headers([("webhook-id", webhook_id.clone())]);
    Notice { event_key: webhook_id, body: body.to_string(), headers }
}

fn uuid(seeds: &mut Seeds, at: DateTime<Utc>) -> String {
    Uuid::from(seeds.uuid(at)).to_string()
}

fn headers<const COUNT: usize>(headers: [(&str, String); COUNT]) -> Headers {
    Headers(BTreeMap::from(headers.map(|(name, value)| (name.to_owned(), value))))
}
