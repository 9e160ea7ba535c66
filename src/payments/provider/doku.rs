//! DOKU's HTTP notification (Jokul, not SNAP).

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{MappedStatus, Notification, Unreadable, decimal, owned};
use crate::payments::{event::row::Headers, order::row::Status};

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
pub(crate) fn read(body: &str, headers: &Headers) -> Result<Notification, Unreadable> {
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
