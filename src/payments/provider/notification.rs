//! A provider's notification, parsed leniently: members may be new, missing or in another order, and an
//! amount may be a number or a text. What a payment needs must be there.

use std::borrow::Cow;

use gerbang_kernel::{number, text::UNSTORABLE};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::payments::order::row::Status;

/// Characters of `webhook_events.event_key`, `order_id` and `provider_status`.
const EVENT_KEY: usize = 255;
const ORDER_ID: usize = 100;
const PROVIDER_STATUS: usize = 64;
/// Stands behind what was cut off. No order's id contains it, so that what was cut matches none.
const CUT: char = '…';

/// A provider's notification about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    /// What tells it apart from the provider's other notifications.
    pub(crate) event_key: String,
    /// The order's id.
    pub(crate) order_id: String,
    /// The status as the provider names it.
    pub(crate) provider_status: String,
    /// The payment's status that it maps to.
    pub(crate) status: MappedStatus,
    /// What was to be paid.
    pub(crate) amount: Option<Decimal>,
    /// What was paid, where the provider says that too.
    pub(crate) paid_amount: Option<Decimal>,
    /// ISO 4217 code; rupiah where the provider does not say.
    pub(crate) currency: Option<String>,
}

/// The payment's status that a provider's status maps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MappedStatus {
    /// This one.
    Known(Status),
    /// None: what the provider sent contradicts itself.
    Contradiction(&'static str),
    /// None that is known here.
    Unknown,
}

/// The notification is not what the provider's document shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Notification {
    /// The same as it can be stored: nothing of it is empty, and what is too long is cut so that it matches nothing.
    pub(crate) fn storable(self) -> Result<Self, Unreadable> {
        let Self { event_key, order_id, provider_status, status, amount, paid_amount, currency } = self;
        if [&event_key, &order_id, &provider_status].iter().any(|text| text.is_empty() || text.contains(UNSTORABLE)) {
            return Err(Unreadable);
        }
        Ok(Self {
            event_key: if event_key.chars().count() > EVENT_KEY { digest(&event_key) } else { event_key },
            order_id: cut(order_id, ORDER_ID),
            provider_status: cut(provider_status, PROVIDER_STATUS),
            status,
            amount,
            paid_amount,
            currency,
        })
    }

    /// The currency, rupiah if the provider did not say.
    pub(crate) fn currency(&self) -> &str {
        self.currency.as_deref().unwrap_or("IDR")
    }

    /// The amount in whole units, as it is stored.
    pub(crate) fn whole_amount(&self) -> Option<i64> {
        self.amount.filter(Decimal::is_integer)?.to_i64()
    }

    /// The currency as it is stored: three letters, or nothing.
    pub(crate) fn stored_currency(&self) -> Option<String> {
        self.currency
            .clone()
            .filter(|code| code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_alphanumeric()))
    }
}

fn cut(text: String, max_length: usize) -> String {
    if text.chars().count() <= max_length {
        return text;
    }
    text.chars().take(max_length - 1).chain([CUT]).collect()
}

pub(super) fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// The text of a JSON text or number, as it was written. `None` for everything else.
pub(super) fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let raw = raw?.get();
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok().map(Cow::Owned),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(raw)),
        _ => None,
    }
}

/// The number that a JSON number or text is, exactly.
pub(super) fn decimal(raw: Option<&RawValue>) -> Option<Decimal> {
    number::decimal(&text(raw)?)
}

pub(super) fn owned(raw: Option<&RawValue>) -> Option<String> {
    text(raw).map(Cow::into_owned).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(json: &str) -> Option<String> {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        decimal(Some(&raw)).map(|amount| amount.normalize().to_string())
    }

    #[test]
    fn amounts_are_exact_as_numbers_and_as_texts() {
        for (json, expected) in [
            ("150000", Some("150000")),
            ("150000.00", Some("150000")),
            ("\"250000.00\"", Some("250000")),
            ("9007199254740993", Some("9007199254740993")),
            ("0.1", Some("0.1")),
            ("1.5e5", Some("150000")),
            ("null", None),
            ("\"Rp 5\"", None),
            ("true", None),
            ("[1]", None),
            ("\"\"", None),
            ("\"1_000\"", None),
            ("\"1\\u0000\"", None),
            ("\"\u{ff11}\"", None),
        ] {
            assert_eq!(amount(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn too_long_values_are_cut_so_that_they_match_nothing() {
        assert_eq!(cut("abc".to_owned(), 3), "abc");
        assert_eq!(cut("abcd".to_owned(), 3), "ab…");
        let notification = Notification {
            event_key: "y".repeat(300),
            order_id: "x".repeat(500),
            provider_status: "SUCCESS".to_owned(),
            status: MappedStatus::Unknown,
            amount: None,
            paid_amount: None,
            currency: None,
        };
        let notification = notification.storable().unwrap();
        assert_eq!((notification.order_id.chars().count(), notification.event_key.len()), (ORDER_ID, 71));
    }
}
