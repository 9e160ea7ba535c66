//! Notifications as they come in. Nothing in one is believed, or even read, before its signature was checked.

use bytes::Bytes;
use gerbang_kernel::{
    error::{Error, ErrorCode, Result},
    identity::ClientInfo,
};

use super::{
    confirm::{Mismatch, confirm},
    queue::{Stored, Verified, store},
};
use crate::payments::provider::{
    Notification, Signed,
    signature::{self, DokuHeaders},
};
use crate::{
    domain::Domain,
    payments::{event::row::Headers, order::row::Provider},
};

/// Bytes of a notification.
const MAX_BYTES: usize = 64 * 1024;
/// Seconds after which a notification that can't be stored may come again.
const RETRY_AFTER: u64 = 60;

/// A notification as it was delivered.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// From Midtrans, which signs in the body.
    Midtrans {
        /// The body's bytes.
        body: Bytes,
    },
    /// From DOKU, which signs the body and the path that it calls.
    Doku {
        /// The body's bytes.
        body: Bytes,
        /// The path as it was called.
        path: String,
        /// The header `Client-Id`.
        client_id: Option<String>,
        /// The header `Request-Id`.
        request_id: Option<String>,
        /// The header `Request-Timestamp`.
        request_timestamp: Option<String>,
        /// The header `Signature`.
        signature: Option<String>,
    },
    /// From Xendit, which sends a token that both sides know.
    Xendit {
        /// The body's bytes.
        body: Bytes,
        /// The header `X-Callback-Token`.
        callback_token: Option<String>,
        /// The header `Webhook-Id`.
        webhook_id: Option<String>,
    },
}

impl Delivery {
    /// Who is said to have sent it.
    pub const fn provider(&self) -> Provider {
        match self {
            Self::Midtrans { .. } => Provider::Midtrans,
            Self::Doku { .. } => Provider::Doku,
            Self::Xendit { .. } => Provider::Xendit,
        }
    }

    const fn body(&self) -> &Bytes {
        match self {
            Self::Midtrans { body } | Self::Doku { body, .. } | Self::Xendit { body, .. } => body,
        }
    }

    /// The headers that matter once the signature was checked: what the event's key is made of, never a secret.
    fn headers(&self) -> Headers {
        let headers: [(&str, Option<&String>); 3] = match self {
            Self::Midtrans { .. } => [("", None), ("", None), ("", None)],
            Self::Doku { client_id, request_id, request_timestamp, .. } => [
                ("client-id", client_id.as_ref()),
                ("request-id", request_id.as_ref()),
                ("request-timestamp", request_timestamp.as_ref()),
            ],
            Self::Xendit { webhook_id, .. } => [("webhook-id", webhook_id.as_ref()), ("", None), ("", None)],
        };
        let present = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
        Headers(present.collect())
    }
}

/// Stores a notification, once however often it is delivered, and does to the payment what it says. When this returns
/// without an error, all of it is committed. For everybody who can sign.
///
/// # Errors
/// `UNAUTHENTICATED` for a wrong or missing signature, `BAD_REQUEST` for what can't be read, `PAYLOAD_TOO_LARGE` over
/// 64 KiB, `UNAVAILABLE` when it can't be stored or confirmed now and should come again.
pub async fn receive(domain: &Domain, client: &ClientInfo, delivery: Delivery) -> Result<Provider> {
    let provider = delivery.provider();
    let name = name(provider);
    let outcome = match take(domain, delivery).await {
        Ok(Stored::New) => "stored",
        Ok(Stored::Known) => "repeated",
        Err(error) => {
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
    if delivery.body().len() > MAX_BYTES {
        return Err(Error::new(ErrorCode::PayloadTooLarge, "The notification is larger than 64 KiB."));
    }
    let keys = &domain.config.payments;
    let (provider, headers) = (delivery.provider(), delivery.headers());
    let (notification, mismatch, body) = match &delivery {
        Delivery::Midtrans { body } => {
            let signed = Signed::find(body).map_err(|_| unreadable())?.texts().ok_or_else(refused)?;
            let [order_id, status_code, gross_amount, signature] = signed;
            let signed = [&*order_id, &*status_code, &*gross_amount];
            let key = signature::midtrans(&keys.midtrans.server_keys, signed, &signature).ok_or_else(refused)?;
            let (notification, body) = read(provider, body, &headers)?;
            let mismatch: Option<Mismatch> = confirm(domain, key, &notification).await?;
            (notification, mismatch, body)
        }
        Delivery::Doku { body, path, client_id, request_id, request_timestamp, signature } => {
            let (Some(client_id), Some(request_id), Some(timestamp), Some(signature)) =
                (client_id, request_id, request_timestamp, signature)
            else {
                return Err(refused());
            };
            let targets = std::iter::once(path).chain(&keys.doku.paths).map(String::as_str);
            let signed = DokuHeaders { client_id, request_id, timestamp, signature };
            if !signature::doku(&keys.doku.clients, signed, targets, body) {
                return Err(refused());
            }
            let (notification, body) = read(provider, body, &headers)?;
            (notification, None, body)
        }
        Delivery::Xendit { body, callback_token, webhook_id: _ } => {
            let token = callback_token.as_deref().ok_or_else(refused)?;
            if !signature::xendit(&keys.xendit.callback_tokens, token) {
                return Err(refused());
            }
            let (notification, body) = read(provider, body, &headers)?;
            (notification, None, body)
        }
    };
    store(domain, Verified { provider, notification, mismatch, body, headers }).await
}

fn read(provider: Provider, body: &[u8], headers: &Headers) -> Result<(Notification, String)> {
    let body = std::str::from_utf8(body).map_err(|_| unreadable())?;
    let notification = Notification::read(provider, body, headers).map_err(|_| unreadable())?;
    Ok((notification, body.to_owned()))
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
    metrics::counter!("gerbang_payment_notifications_total", "provider" => provider, "outcome" => outcome).increment(1);
}

const fn name(provider: Provider) -> &'static str {
    match provider {
        Provider::Midtrans => "midtrans",
        Provider::Doku => "doku",
        Provider::Xendit => "xendit",
    }
}
