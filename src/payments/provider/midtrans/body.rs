//! Midtrans' HTTP(S) notification, and its transaction's record, which has the same members.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{error::Category, value::RawValue};
use sha2::{Digest, Sha256};

use crate::payments::{
    order::row::Status,
    provider::notification::{MappedStatus, Notification, Unreadable, decimal, owned, text},
};

/// The four members that carry and make the signature.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Signed<'a> {
    #[serde(borrow)]
    order_id: Option<&'a RawValue>,
    #[serde(borrow)]
    status_code: Option<&'a RawValue>,
    #[serde(borrow)]
    gross_amount: Option<&'a RawValue>,
    #[serde(borrow)]
    signature_key: Option<&'a RawValue>,
}

impl<'a> Signed<'a> {
    /// Finds the four in a body. JSON that can't hold them has none.
    pub(super) fn find(body: &'a [u8]) -> Result<Self, Unreadable> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice(body) {
            Ok(signed) => Ok(signed),
            Err(error) if error.classify() == Category::Data => Ok(Self::default()),
            Err(_) => Err(Unreadable),
        }
    }

    /// The order's id, status code and amount, verbatim, and the signature. `None` if one is missing, or if the status
    /// code has other than three digits: the three are signed one behind the other, without anything between them, so
    /// that a code of another length would let the same signature stand for another order or amount.
    pub(super) fn texts(&self) -> Option<[Cow<'a, str>; 4]> {
        let Self { order_id, status_code, gross_amount, signature_key } = *self;
        let status_code = text(status_code)?;
        let is_code = status_code.len() == 3 && status_code.bytes().all(|byte| byte.is_ascii_digit());
        Some([text(order_id)?, Some(status_code).filter(|_| is_code)?, text(gross_amount)?, text(signature_key)?])
    }
}

/// What is read of either.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body<'a> {
    #[serde(borrow)]
    order_id: Option<&'a RawValue>,
    #[serde(borrow)]
    transaction_id: Option<&'a RawValue>,
    #[serde(borrow)]
    status_code: Option<&'a RawValue>,
    #[serde(borrow)]
    transaction_status: Option<&'a RawValue>,
    #[serde(borrow)]
    fraud_status: Option<&'a RawValue>,
    #[serde(borrow)]
    gross_amount: Option<&'a RawValue>,
    #[serde(borrow)]
    currency: Option<&'a RawValue>,
}

/// Reads a notification.
pub(super) fn read(body: &str) -> Result<Notification, Unreadable> {
    let fields: Body<'_> = serde_json::from_str(body).map_err(|_| Unreadable)?;
    let order_id = owned(fields.order_id).ok_or(Unreadable)?;
    let provider_status = owned(fields.transaction_status).ok_or(Unreadable)?;
    let [transaction_id, status_code, fraud_status] =
        [fields.transaction_id, fields.status_code, fields.fraud_status].map(|raw| text(raw).unwrap_or_default());
    let digest = hex::encode(Sha256::digest(body));
    let event_key =
        [&*order_id, &*transaction_id, &*status_code, &*provider_status, &*fraud_status, &*digest].join("|");
    Ok(Notification {
        event_key,
        status: map_status(&provider_status, &fraud_status, &status_code),
        amount: decimal(fields.gross_amount),
        paid_amount: None,
        currency: owned(fields.currency),
        order_id,
        provider_status,
    })
}

/// Success is `settlement` or `capture` with the status code 200 and a fraud status that is `accept` or absent; a fraud
/// status of `deny` fails everything.
fn map_status(provider_status: &str, fraud_status: &str, status_code: &str) -> MappedStatus {
    let status = match (provider_status, fraud_status, status_code) {
        (_, "deny", _) | ("deny" | "failure", _, _) => Status::Failed,
        ("pending" | "authorize", _, _) => Status::Pending,
        ("capture" | "settlement", "" | "accept", "200") => Status::Paid,
        ("capture" | "settlement", "challenge", _) => Status::Review,
        ("capture" | "settlement", "" | "accept", _) => {
            return MappedStatus::Contradiction("the status is a success, the status code is not 200");
        }
        ("expire", _, _) => Status::Expired,
        ("cancel", _, _) => Status::Cancelled,
        ("partial_refund", _, _) => Status::PartiallyRefunded,
        ("refund", _, _) => Status::Refunded,
        ("chargeback" | "partial_chargeback", _, _) => Status::ChargedBack,
        _ => return MappedStatus::Unknown,
    };
    MappedStatus::Known(status)
}

/// What Midtrans itself has on record about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The order's id.
    pub(super) order_id: String,
    /// The status as Midtrans names it.
    pub(super) provider_status: String,
    /// The payment's status that it maps to.
    pub(super) status: MappedStatus,
}

impl Record {
    /// Reads the answer of the status API.
    pub(super) fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let record: Body<'_> = serde_json::from_slice(body).map_err(|_| Unreadable)?;
        let order_id = owned(record.order_id).ok_or(Unreadable)?;
        let provider_status = owned(record.transaction_status).ok_or(Unreadable)?;
        let [fraud_status, status_code] =
            [record.fraud_status, record.status_code].map(|raw| text(raw).unwrap_or_default());
        Ok(Self { order_id, status: map_status(&provider_status, &fraud_status, &status_code), provider_status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_status_fraud_status_and_code_together_are_a_success() {
        for (provider_status, fraud, code, expected) in [
            ("settlement", "accept", "200", MappedStatus::Known(Status::Paid)),
            ("settlement", "", "200", MappedStatus::Known(Status::Paid)),
            ("capture", "accept", "200", MappedStatus::Known(Status::Paid)),
            ("capture", "challenge", "201", MappedStatus::Known(Status::Review)),
            ("capture", "challenge", "200", MappedStatus::Known(Status::Review)),
            ("settlement", "deny", "200", MappedStatus::Known(Status::Failed)),
            ("pending", "deny", "201", MappedStatus::Known(Status::Failed)),
            ("settlement", "suspicious", "200", MappedStatus::Unknown),
            ("authorize", "accept", "200", MappedStatus::Known(Status::Pending)),
            ("partial_chargeback", "", "200", MappedStatus::Known(Status::ChargedBack)),
            ("Settlement", "accept", "200", MappedStatus::Unknown),
        ] {
            assert_eq!(map_status(provider_status, fraud, code), expected, "{provider_status} {fraud} {code}");
        }
        assert!(matches!(map_status("settlement", "accept", "201"), MappedStatus::Contradiction(_)));
    }

    #[test]
    fn a_body_without_the_four_signed_members_is_not_signed() {
        for body in ["", "{}", "[]", "5", "null", r#"{"order_id":"A","status_code":"200","gross_amount":"1.00"}"#] {
            assert!(Signed::find(body.as_bytes()).unwrap().texts().is_none(), "{body}");
        }
        for body in ["{", "no JSON", r#"{"order_id":"A""#, "\u{fffe}"] {
            assert_eq!(Signed::find(body.as_bytes()).err(), Some(Unreadable), "{body}");
        }
    }
}
