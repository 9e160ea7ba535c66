//! Notifications as they come in. Nothing in one is believed, or even read, before its signature was checked.

use gerbang_kernel::{
    error::{Error, ErrorCode, Result},
    identity::ClientInfo,
};
use sea_orm::Iterable;

use super::{
    row::UNMATCHED,
    store::{RETRY_AFTER, Stored, Verified},
};
use crate::{
    audit::{notes::note, row::AuditKind},
    domain::Domain,
    payments::{
        order::row::Provider,
        provider::interface::{Delivery, Rejection},
    },
};

/// Notifications by provider and outcome.
const NOTIFICATIONS: &str = "gerbang_payment_notifications_total";
const OUTCOMES: [&str; 5] = ["stored", "repeated", "refused", "unreadable", "unavailable"];
/// Bytes of a notification.
const MAX_BYTES: usize = 64 * 1024;

/// Stores a notification, once however often it is delivered, and does to the payment what it says. When this returns
/// without an error, all of it is committed. For everybody who can sign.
///
/// # Errors
/// `UNAUTHENTICATED` for a wrong or missing signature, `BAD_REQUEST` for what can't be read, `PAYLOAD_TOO_LARGE` over
/// 64 KiB, `UNAVAILABLE` when it can't be stored or confirmed now and should come again.
pub async fn receive(domain: &Domain, client: &ClientInfo, delivery: Delivery) -> Result<Provider> {
    let provider = delivery.provider;
    let name = domain.providers.get(provider).name();
    let outcome = match take(domain, delivery).await {
        Ok(Stored::New) => "stored",
        Ok(Stored::Known) => "repeated",
        Err(error) => {
            if matches!(error.code, ErrorCode::Unauthenticated | ErrorCode::BadRequest | ErrorCode::PayloadTooLarge) {
                note(AuditKind::Webhook, UNMATCHED);
            }
            let outcome = match error.code {
                ErrorCode::Unauthenticated => {
                    // Who tries, and nothing of what was sent: it may hold anything.
                    tracing::warn!(
                        target: "gerbang::audit",
                        provider = name,
                        ip = %client.ip,
                        "a payment notification was refused: its signature is missing or wrong"
                    );
                    "refused"
                }
                ErrorCode::BadRequest | ErrorCode::PayloadTooLarge => "unreadable",
                _ => "unavailable",
            };
            count(name, outcome);
            return Err(temporary(error));
        }
    };
    count(name, outcome);
    Ok(provider)
}

async fn take(domain: &Domain, delivery: Delivery) -> Result<Stored> {
    if delivery.body.len() > MAX_BYTES {
        return Err(Error::new(ErrorCode::PayloadTooLarge, "The notification is larger than 64 KiB."));
    }
    let provider = domain.providers.get(delivery.provider);
    let key = provider.verify(&delivery).map_err(|rejection| match rejection {
        Rejection::Unsigned => refused(),
        Rejection::Unreadable => unreadable(),
    })?;
    let headers = delivery.kept(provider.kept_headers());
    let body = str::from_utf8(&delivery.body).map_err(|_| unreadable())?.to_owned();
    let notification = domain.providers.parse(delivery.provider, &body, &headers).map_err(|_| unreadable())?;
    let mismatch = provider.confirm(key, &notification).await?;
    domain.payment_queue.write(Verified { provider: delivery.provider, notification, mismatch, body, headers }).await
}

fn refused() -> Error {
    Error::new(ErrorCode::Unauthenticated, "The notification is not signed as it should be.")
}

fn unreadable() -> Error {
    Error::new(ErrorCode::BadRequest, "The notification can't be read.")
}

/// Whatever keeps us from storing it, the provider should send it again: some do so after a 503 only.
fn temporary(error: Error) -> Error {
    if error.code != ErrorCode::Internal {
        return error;
    }
    let cause = error.cause().map(ToString::to_string);
    tracing::error!(cause, "a payment notification could not be stored");
    Error::unavailable(RETRY_AFTER)
}

fn count(provider: &'static str, outcome: &'static str) {
    metrics::counter!(NOTIFICATIONS, "provider" => provider, "outcome" => outcome).increment(1);
}

/// Lets what is counted of notifications begin at zero.
pub(crate) fn start_series(domain: &Domain) {
    for provider in Provider::iter() {
        for outcome in OUTCOMES {
            let name = domain.providers.get(provider).name();
            metrics::counter!(NOTIFICATIONS, "provider" => name, "outcome" => outcome).absolute(0);
        }
    }
}
