//! Which order a notification is about, and whether what it says fits it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::row::{Model, Provider, Status};
use crate::payments::{
    event::row::Model as Event,
    provider::{MappedStatus, Notification},
};

/// The payment that an event is about, and whether it might be another one.
///
/// A notification names no realm, and any realm's admin may add an order with any id. So an order of the realm that the
/// hooks belong to, or of the gateway's, is meant before any other realm's, and another realm's only if it was there
/// when the notification came in. Among equals it is the one that is as the provider says; one that was called off is
/// meant only if no other is.
pub(super) fn find_payment(
    payments: &BTreeMap<i64, Model>,
    event: &Event,
    notification: &Notification,
) -> (Option<Model>, bool) {
    let with_id = payments.values().filter(|payment| payment.given_id() == notification.order_id);
    let (first, others): (Vec<_>, Vec<_>) = with_id.partition(|payment| payment.has_precedence());
    let equals = if first.is_empty() {
        others.into_iter().filter(|payment| payment.created_at <= event.received_at).collect()
    } else {
        first
    };
    if equals.len() < 2 {
        return (equals.first().copied().cloned(), false);
    }
    let to = if let MappedStatus::Known(to) = notification.status { to } else { Status::Pending };
    let fits = |payment: &&&Model| difference(payment, event.provider, notification, to).is_none();
    let fitting: Vec<_> = equals.iter().filter(fits).copied().collect();
    let open: Vec<_> = fitting.iter().filter(|payment| payment.status != Status::Cancelled).copied().collect();
    match (open.as_slice(), fitting.as_slice()) {
        ([only], _) | ([], [only]) => (Some((*only).clone()), false),
        _ => (None, true),
    }
}

/// What of the order is not as the provider says.
pub(super) fn difference(
    payment: &Model,
    provider: Provider,
    notification: &Notification,
    to: Status,
) -> Option<String> {
    if payment.provider != provider {
        return Some(format!("{provider:?} speaks of an order that {:?} collects", payment.provider));
    }
    if notification.currency() != payment.currency {
        return Some(format!("the currency is not {}", payment.currency));
    }
    let amount = Decimal::from(payment.amount);
    let same = match notification.amount {
        Some(stated) => stated == amount,
        None => to != Status::Paid,
    };
    if !same {
        return Some(format!("the amount is not {amount}"));
    }
    // More than the amount is accepted.
    let short = to == Status::Paid && notification.paid_amount.is_some_and(|paid| paid < amount);
    short.then(|| format!("less than {amount} was paid"))
}
