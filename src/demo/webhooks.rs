//! Webhooks as the payment providers send them.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::seeder::Seeder;
use crate::payments::{
    event::row::Headers,
    order::{self, row::Provider},
};

/// One delivery of a webhook.
pub(crate) struct Delivery {
    /// What tells it apart from others.
    pub(crate) event_key: String,
    pub(crate) body: String,
    pub(crate) headers: Headers,
}

/// What the payment's provider sends when it stands at `provider_status`.
pub(crate) fn delivery(
    seeder: &mut Seeder,
    payment: &order::row::Model,
    provider_status: &str,
    at: DateTime<Utc>,
) -> Delivery {
    match payment.provider {
        Provider::Midtrans => midtrans(seeder, payment, provider_status, at),
        Provider::Doku => doku(seeder, payment, provider_status, at),
        Provider::Xendit => xendit(seeder, payment, provider_status, at),
    }
}

fn midtrans(seeder: &mut Seeder, payment: &order::row::Model, provider_status: &str, at: DateTime<Utc>) -> Delivery {
    let transaction_id = uuid(seeder, *payment.created_at);
    let (status_code, fraud_status) = match provider_status {
        "pending" => ("201", "accept"),
        "deny" | "expire" => ("202", "accept"),
        "capture" => ("201", "challenge"),
        _ => ("200", "accept"),
    };
    // Its clock shows Jakarta's time.
    let local = (at + TimeDelta::hours(7)).format("%Y-%m-%d %H:%M:%S").to_string();
    let body = json!({
        "transaction_time": local,
        "transaction_status": provider_status,
        "transaction_id": transaction_id,
        "status_message": "midtrans payment notification",
        "status_code": status_code,
        "signature_key": seeder.hex::<64>(),
        "payment_type": "bank_transfer",
        "order_id": payment.order_id,
        "merchant_id": "G141532850",
        "gross_amount": format!("{}.00", payment.amount),
        "fraud_status": fraud_status,
        "currency": payment.currency,
    })
    .to_string();
    let digest = hex::encode(Sha256::digest(&body));
    let event_key = [&payment.order_id, &transaction_id, status_code, provider_status, fraud_status, &digest].join("|");
    Delivery { event_key, body, headers: headers([("user-agent", "Veritrans".to_owned())]) }
}

fn doku(seeder: &mut Seeder, payment: &order::row::Model, provider_status: &str, at: DateTime<Utc>) -> Delivery {
    let request_id = uuid(seeder, at);
    let time = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let body = json!({
        "service": { "id": "VIRTUAL_ACCOUNT" },
        "acquirer": { "id": "BCA" },
        "channel": { "id": "VIRTUAL_ACCOUNT_BCA" },
        "transaction": { "status": provider_status, "date": time, "original_request_id": uuid(seeder, *payment.created_at) },
        "order": { "invoice_number": payment.order_id, "amount": payment.amount },
    });
    let headers = headers([
        ("client-id", "demo-client".to_owned()),
        ("request-id", request_id.clone()),
        ("request-timestamp", time),
    ]);
    Delivery { event_key: request_id, body: body.to_string(), headers }
}

fn xendit(seeder: &mut Seeder, payment: &order::row::Model, provider_status: &str, at: DateTime<Utc>) -> Delivery {
    let webhook_id = uuid(seeder, at);
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let paid = provider_status != "EXPIRED";
    let body = json!({
        "id": seeder.hex::<12>(),
        "external_id": payment.order_id,
        "user_id": "5848fdf860053555135587e7",
        "status": provider_status,
        "merchant_name": "Talents Mapping",
        "amount": payment.amount,
        "paid_amount": if paid { json!(payment.amount) } else { Value::Null },
        "created": time(*payment.created_at),
        "updated": time(at),
        "paid_at": if paid { json!(time(at)) } else { Value::Null },
        "currency": payment.currency,
        "payment_method": "RETAIL_OUTLET",
        "payment_channel": "ALFAMART",
    });
    let headers = headers([("webhook-id", webhook_id.clone())]);
    Delivery { event_key: webhook_id, body: body.to_string(), headers }
}

fn uuid(seeder: &mut Seeder, at: DateTime<Utc>) -> String {
    Uuid::from(seeder.uuid(at)).to_string()
}

fn headers<const COUNT: usize>(headers: [(&str, String); COUNT]) -> Headers {
    Headers(BTreeMap::from(headers.map(|(name, value)| (name.to_owned(), value))))
}
