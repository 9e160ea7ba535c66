//! Xendit's webhooks: of an invoice, and of the payments API, whose older version names amount and id otherwise.

use gerbang_kernel::secret::Secret;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{
    interface::{Delivery, Hook, Provider, Rejection},
    keys::{same, usable},
    notification::{MappedStatus, Notification, Unreadable, decimal, digest, owned},
};
use crate::{
    config,
    payments::{event::row::Headers, order::row::Status},
};

/// Xendit with its settings.
#[derive(Debug)]
pub(super) struct Xendit(pub(super) config::Xendit);

/// Where its notifications come in.
pub(super) fn hook(settings: &config::Xendit) -> Hook<'_> {
    Hook { operation: "ReceiveXenditNotification", paths: &settings.paths }
}

impl Provider for Xendit {
    fn name(&self) -> &'static str {
        "xendit"
    }

    fn kept_headers(&self) -> &'static [&'static str] {
        &["webhook-id"]
    }

    fn verify(&self, delivery: &Delivery) -> Result<Option<&Secret>, Rejection> {
        let token = delivery.header("x-callback-token").ok_or(Rejection::Unsigned)?;
        if is_known(&self.0.callback_tokens, token) { Ok(None) } else { Err(Rejection::Unsigned) }
    }

    fn parse(&self, body: &str, headers: &Headers) -> Result<Notification, Unreadable> {
        read(body, headers)
    }
}

/// Whether `token` is one of the verification tokens, byte for byte.
fn is_known(tokens: &[Secret], token: &str) -> bool {
    // Hashes are equally long, so that not even the length shows.
    let given = Sha256::digest(token.as_bytes());
    usable(tokens).fold(false, |valid, known| valid | same(&Sha256::digest(known.expose().as_bytes()), &given))
}

/// What tells the two formats apart.
#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Invoice<'a> {
    #[serde(borrow)]
    external_id: &'a RawValue,
    #[serde(borrow)]
    status: &'a RawValue,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    updated: Option<&'a RawValue>,
    #[serde(borrow, default)]
    amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    paid_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct PaymentEvent<'a> {
    #[serde(borrow)]
    data: Data<'a>,
    #[serde(borrow, default)]
    event: Option<&'a RawValue>,
    #[serde(borrow, default)]
    created: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    reference_id: &'a RawValue,
    #[serde(borrow)]
    status: &'a RawValue,
    #[serde(borrow, default)]
    payment_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request_amount: Option<&'a RawValue>,
    /// What `payment.succeeded` of the older payments API says in place of the other two.
    #[serde(borrow, default)]
    amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captures: Option<Vec<Capture<'a>>>,
}

#[derive(Debug, Deserialize)]
struct Capture<'a> {
    #[serde(borrow, default)]
    capture_amount: Option<&'a RawValue>,
}

/// Reads a notification of either format.
fn read(body: &str, headers: &Headers) -> Result<Notification, Unreadable> {
    let Envelope { data } = serde_json::from_str(body).map_err(|_| Unreadable)?;
    let read = match data {
        Some(data) if data.get().starts_with('{') => payment,
        _ => invoice,
    };
    let mut notification = read(body)?;
    if let Some(delivery) = headers.0.get("webhook-id") {
        notification.event_key.clone_from(delivery);
    }
    Ok(notification)
}

fn invoice(body: &str) -> Result<Notification, Unreadable> {
    let fields: Invoice<'_> = serde_json::from_str(body).map_err(|_| Unreadable)?;
    let provider_status = owned(Some(fields.status)).ok_or(Unreadable)?;
    Ok(Notification {
        event_key: key(body, [owned(fields.id), Some(provider_status.clone()), owned(fields.updated)]),
        order_id: owned(Some(fields.external_id)).ok_or(Unreadable)?,
        status: map_status(&provider_status),
        provider_status,
        amount: decimal(fields.amount),
        paid_amount: decimal(fields.paid_amount),
        currency: owned(fields.currency),
    })
}

fn payment(body: &str) -> Result<Notification, Unreadable> {
    let PaymentEvent { data, event, created } = serde_json::from_str(body).map_err(|_| Unreadable)?;
    let provider_status = owned(Some(data.status)).ok_or(Unreadable)?;
    let event = owned(event).unwrap_or_default();
    // What succeeded may also be a refund or a payout.
    let status = if event.starts_with("payment.") { map_status(&provider_status) } else { MappedStatus::Unknown };
    let captured = |captures: Vec<Capture<'_>>| {
        captures.iter().map(|capture| decimal(capture.capture_amount)).sum::<Option<Decimal>>()
    };
    Ok(Notification {
        event_key: key(
            body,
            [owned(data.payment_id.or(data.id)), Some(format!("{event}:{provider_status}")), owned(created)],
        ),
        order_id: owned(Some(data.reference_id)).ok_or(Unreadable)?,
        status,
        provider_status,
        amount: decimal(data.request_amount.or(data.amount)),
        paid_amount: data.captures.filter(|captures| !captures.is_empty()).and_then(captured),
        currency: owned(data.currency),
    })
}

/// The key of a delivery without a `webhook-id`: what it is about, what is said, and when. Without one of them, the body.
fn key(body: &str, parts: [Option<String>; 3]) -> String {
    parts.into_iter().collect::<Option<Vec<_>>>().map_or_else(|| digest(body), |parts| parts.join(":"))
}

fn map_status(provider_status: &str) -> MappedStatus {
    MappedStatus::Known(match provider_status {
        "PENDING" | "AUTHORIZED" => Status::Pending,
        "PAID" | "SETTLED" | "SUCCEEDED" => Status::Paid,
        "FAILED" => Status::Failed,
        "EXPIRED" => Status::Expired,
        _ => return MappedStatus::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_read() {
        let none = Headers::default();
        let invoice = r#"{"id":"i1","external_id":"A","status":"PAID","amount":2000000,"paid_amount":"2000000.00","updated":"2026-01-14T02:32:50.912Z","currency":"IDR","new":{"x":1}}"#;
        let read = read(invoice, &none).unwrap();
        assert_eq!(read.event_key, "i1:PAID:2026-01-14T02:32:50.912Z");
        assert_eq!((read.amount, read.paid_amount), (Some(2_000_000.into()), Some(Decimal::new(200_000_000, 2))));
        let payment = r#"{"event":"payment.capture","business_id":"b","created":"2026-01-14T02:32:50Z","data":{"payment_id":"py-1","payment_request_id":"pr-1","reference_id":"A","request_amount":150000,"status":"SUCCEEDED","currency":"IDR","captures":[{"capture_amount":100000},{"capture_amount":50000}]}}"#;
        let read = super::read(payment, &none).unwrap();
        assert_eq!(read.event_key, "py-1:payment.capture:SUCCEEDED:2026-01-14T02:32:50Z");
        assert_eq!((read.order_id.as_str(), read.status), ("A", MappedStatus::Known(Status::Paid)));
        assert_eq!((read.amount, read.paid_amount), (Some(150_000.into()), Some(150_000.into())));
        let older = r#"{"event":"payment.succeeded","business_id":"b","created":"2023-01-14T02:32:50Z","data":{"id":"ewc-1","payment_request_id":"pr-1","reference_id":"A","amount":150000,"status":"SUCCEEDED","currency":"IDR","payment_method":{"id":"pm-1"}}}"#;
        let read = super::read(older, &none).unwrap();
        assert_eq!(read.event_key, "ewc-1:payment.succeeded:SUCCEEDED:2023-01-14T02:32:50Z");
        assert_eq!((read.order_id.as_str(), read.status), ("A", MappedStatus::Known(Status::Paid)));
        assert_eq!((read.amount, read.paid_amount), (Some(150_000.into()), None));
        let refund = payment.replace("payment.capture", "refund.succeeded");
        assert_eq!(super::read(&refund, &none).unwrap().status, MappedStatus::Unknown);
    }

    #[test]
    fn a_delivery_is_identified_by_its_id_or_its_content() {
        let body = r#"{"external_id":"A","status":"PAID"}"#;
        let named = Headers([("webhook-id".to_owned(), "wh-1".to_owned())].into());
        assert_eq!(read(body, &named).unwrap().event_key, "wh-1");
        assert_eq!(read(body, &Headers::default()).unwrap().event_key, digest(body));
    }

    #[test]
    fn an_empty_token_verifies_nothing() {
        assert!(!is_known(&[Secret::new("")], ""));
    }
}
