//! DOKU's HTTP notification (Jokul, not SNAP).

use base64::{Engine, prelude::BASE64_STANDARD};
use gerbang_kernel::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{
    interface::{Delivery, Hook, Provider, Rejection},
    keys::same,
    notification::{MappedStatus, Notification, Unreadable, decimal, owned},
};
use crate::{
    config::{self, DokuClient},
    payments::{event::row::Headers, order::row::Status},
};

/// DOKU with its settings.
#[derive(Debug)]
pub(super) struct Doku(pub(super) config::Doku);

/// Where its notifications come in.
pub(super) fn hook(settings: &config::Doku) -> Hook<'_> {
    Hook { operation: "ReceiveDokuNotification", paths: &settings.paths }
}

impl Provider for Doku {
    fn name(&self) -> &'static str {
        "doku"
    }

    fn kept_headers(&self) -> &'static [&'static str] {
        &["client-id", "request-id", "request-timestamp"]
    }

    fn verify(&self, delivery: &Delivery) -> Result<Option<&Secret>, Rejection> {
        let header = |name| delivery.header(name).ok_or(Rejection::Unsigned);
        let signed = Signed {
            client_id: header("client-id")?,
            request_id: header("request-id")?,
            timestamp: header("request-timestamp")?,
            signature: header("signature")?,
        };
        let targets = std::iter::once(&delivery.path).chain(&self.0.paths).map(String::as_str);
        if is_signed(&self.0.clients, signed, targets, &delivery.body) { Ok(None) } else { Err(Rejection::Unsigned) }
    }

    fn parse(&self, body: &str, headers: &Headers) -> Result<Notification, Unreadable> {
        read(body, headers)
    }
}

/// What DOKU signs besides the body, as it was sent.
#[derive(Clone, Copy, Debug)]
struct Signed<'a> {
    client_id: &'a str,
    request_id: &'a str,
    timestamp: &'a str,
    signature: &'a str,
}

/// Whether DOKU signed the body for one of these paths: an HMAC-SHA256 over five lines without a line break at the end.
fn is_signed<'t>(
    clients: &[DokuClient],
    signed: Signed<'_>,
    targets: impl Iterator<Item = &'t str> + Clone,
    body: &[u8],
) -> bool {
    let Signed { client_id, request_id, timestamp, signature } = signed;
    // A line break in a value would be another line.
    if [client_id, request_id, timestamp].iter().any(|value| value.chars().any(char::is_control)) {
        return false;
    }
    let digest = BASE64_STANDARD.encode(Sha256::digest(body));
    let mut valid = false;
    for client in clients.iter().filter(|client| !client.secret.expose().is_empty()) {
        let is_named = same(client.client_id.as_bytes(), client_id.as_bytes());
        for target in targets.clone() {
            let lines = format!(
                "Client-Id:{client_id}\nRequest-Id:{request_id}\nRequest-Timestamp:{timestamp}\nRequest-Target:{target}\nDigest:{digest}"
            );
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(client.secret.expose().as_bytes()) else { continue };
            mac.update(lines.as_bytes());
            let expected = format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
            valid |= is_named & same(expected.as_bytes(), signature.as_bytes());
        }
    }
    valid
}

#[derive(Debug, Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    order: Order<'a>,
    #[serde(borrow)]
    transaction: Transaction<'a>,
}

#[derive(Debug, Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    invoice_number: &'a RawValue,
    #[serde(borrow, default)]
    amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Transaction<'a> {
    #[serde(borrow)]
    status: &'a RawValue,
}

/// Reads a notification.
fn read(body: &str, headers: &Headers) -> Result<Notification, Unreadable> {
    let Body { order, transaction } = serde_json::from_str(body).map_err(|_| Unreadable)?;
    let provider_status = owned(Some(transaction.status)).ok_or(Unreadable)?;
    Ok(Notification {
        event_key: headers.0.get("request-id").cloned().ok_or(Unreadable)?,
        order_id: owned(Some(order.invoice_number)).ok_or(Unreadable)?,
        status: map_status(&provider_status),
        provider_status,
        amount: decimal(order.amount),
        paid_amount: None,
        currency: owned(order.currency),
    })
}

/// The statuses of the status API, of which DOKU names some for notifications.
fn map_status(provider_status: &str) -> MappedStatus {
    MappedStatus::Known(match provider_status {
        "PENDING" | "REDIRECT" | "TIMEOUT" => Status::Pending,
        "SUCCESS" => Status::Paid,
        "FAILED" => Status::Failed,
        "EXPIRED" => Status::Expired,
        "REFUNDED" => Status::Refunded,
        _ => return MappedStatus::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_header_forges_no_signed_line() {
        let clients = [DokuClient { client_id: "C".to_owned(), secret: Secret::new("S") }];
        let mut mac = Hmac::<Sha256>::new_from_slice(b"S").unwrap();
        let digest = BASE64_STANDARD.encode(Sha256::digest(b"{}"));
        mac.update(
            format!("Client-Id:C\nRequest-Id:R\nX\nRequest-Timestamp:T\nRequest-Target:/\nDigest:{digest}").as_bytes(),
        );
        let signature = format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        let signed = Signed { client_id: "C", request_id: "R\nX", timestamp: "T", signature: &signature };
        assert!(!is_signed(&clients, signed, ["/"].into_iter(), b"{}"));
    }
}
