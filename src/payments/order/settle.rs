//! From what a provider said to where a payment stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use gerbang_kernel::error::Result;
use gerbang_platform::{db::Db, query::keys::in_list};
use rust_decimal::Decimal;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    rules::with_status,
    transition::{Effects, Reversal, Transition, transition},
};
use crate::payments::{
    event::confirm::Mismatch,
    provider::{MappedStatus, Notification},
};
use crate::payments::{
    event::{
        self,
        row::{Model as Event, Status as Outcome},
    },
    order::{
        self,
        row::{Provider, Status},
    },
};

/// A stored event and what was read from it.
#[derive(Clone, Debug)]
pub(crate) struct ParsedEvent {
    pub(crate) event: Event,
    pub(crate) notification: Notification,
    pub(crate) mismatch: Option<Mismatch>,
}

/// What became of events.
#[derive(Debug, Default)]
pub(crate) struct Settlement {
    /// The events as they are stored now, in the order in which they were given.
    pub(crate) events: Vec<Event>,
    /// The payments that changed, by number.
    pub(crate) payments: BTreeMap<i64, order::row::Model>,
}

/// What is done with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Decision {
    Moves(Status, Effects),
    Unchanged,
    Kept(Outcome, String),
}

/// Makes everything that is about these orders run one after the other: a notification, and the order appearing.
pub(crate) async fn lock_orders(transaction: &DatabaseTransaction, mut orders: Vec<&str>) -> Result<()> {
    // Always in the same order, so that there is no deadlock.
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        Db::lock(transaction, &format!("payment order {order}")).await?;
    }
    Ok(())
}

/// Applies stored events, one after the other, to the payments that they are about. The orders are locked.
pub(crate) async fn settle(
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
    parsed: Vec<ParsedEvent>,
) -> Result<Settlement> {
    let mut payments = payments(transaction, &parsed).await?;
    let mut settlement = Settlement::default();
    for ParsedEvent { event, notification, mismatch } in parsed {
        let (payment, is_ambiguous) = find_payment(&payments, &event, &notification);
        let own = payment.as_ref().filter(|payment| payment.provider == event.provider);
        let decision = match mismatch {
            Some(Mismatch { outcome, reason }) => Decision::Kept(outcome, reason),
            None if is_ambiguous => Decision::Kept(Outcome::Flagged, AMBIGUOUS.to_owned()),
            None => decide(transaction, payment.as_ref(), event.provider, &notification).await?,
        };
        let payment_id = own.map(|own| own.id);
        let (outcome, reason) = match &decision {
            Decision::Moves(..) => (Outcome::Applied, None),
            Decision::Unchanged => (Outcome::DuplicateState, None),
            Decision::Kept(outcome, reason) => (*outcome, Some(reason.clone())),
        };
        if matches!(outcome, Outcome::Flagged | Outcome::UnknownStatus) {
            tracing::warn!(event = event.id, reason, "a payment notification needs somebody to look at it");
        }
        if let Some(payment) = payment {
            let change = match decision {
                Decision::Moves(to, effects) => Some(with_status(payment.clone(), to, effects, now)),
                Decision::Kept(Outcome::Flagged, reason) if payment.flagged.as_ref() != Some(&reason) => {
                    Some(order::row::ActiveModel {
                        id: Unchanged(payment.id),
                        flagged: Set(Some(reason)),
                        updated_at: Set(now),
                        ..Default::default()
                    })
                }
                Decision::Kept(..) | Decision::Unchanged => None,
            };
            let payment = match change {
                Some(change) => {
                    let changed = change.update(transaction).await?;
                    settlement.payments.insert(changed.id, changed.clone());
                    changed
                }
                None => payment,
            };
            payments.insert(payment.id, payment);
        }
        settlement.events.push(store_outcome(transaction, event, payment_id, outcome, reason, now).await?);
    }
    Ok(settlement)
}

async fn store_outcome(
    transaction: &DatabaseTransaction,
    event: Event,
    payment_id: Option<i64>,
    outcome: Outcome,
    reason: Option<String>,
    now: DateTime<Utc>,
) -> Result<Event> {
    if (event.payment_id, event.status, &event.reason) == (payment_id, outcome, &reason) {
        return Ok(event);
    }
    let change = event::row::ActiveModel {
        id: Unchanged(event.id),
        payment_id: Set(payment_id),
        status: Set(outcome),
        reason: Set(reason),
        updated_at: Set(now),
        ..Default::default()
    };
    Ok(change.update(transaction).await?)
}

/// The payments of these events, by number, for this transaction alone.
async fn payments(
    transaction: &DatabaseTransaction,
    parsed: &[ParsedEvent],
) -> Result<BTreeMap<i64, order::row::Model>> {
    use super::row::{Column, Entity, keys};
    let orders: Vec<String> = parsed.iter().flat_map(|parsed| keys(&parsed.notification.order_id)).collect();
    let found = Entity::find()
        .filter(in_list(Column::OrderId, &orders, transaction.get_database_backend()))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(transaction)
        .await?;
    Ok(found.into_iter().map(|payment| (payment.id, payment)).collect())
}

/// The payment that an event is about, and whether it might be another one.
///
/// A notification names no realm, and any realm's admin may add an order with any id. So an order of the realm that the
/// hooks belong to, or of the gateway's, is meant before any other realm's, and another realm's only if it was there
/// when the notification came in. Among equals it is the one that is as the provider says; one that was called off is
/// meant only if no other is.
fn find_payment(
    payments: &BTreeMap<i64, order::row::Model>,
    event: &Event,
    notification: &Notification,
) -> (Option<order::row::Model>, bool) {
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
    let fits = |payment: &&&order::row::Model| difference(payment, event.provider, notification, to).is_none();
    let fitting: Vec<_> = equals.iter().filter(fits).copied().collect();
    let open: Vec<_> = fitting.iter().filter(|payment| payment.status != Status::Cancelled).copied().collect();
    match (open.as_slice(), fitting.as_slice()) {
        ([only], _) | ([], [only]) => (Some((*only).clone()), false),
        _ => (None, true),
    }
}

async fn decide(
    transaction: &DatabaseTransaction,
    payment: Option<&order::row::Model>,
    provider: Provider,
    notification: &Notification,
) -> Result<Decision> {
    let Some(payment) = payment else {
        return Ok(Decision::Kept(Outcome::Unmatched, NO_ORDER.to_owned()));
    };
    let to = match notification.status {
        MappedStatus::Known(to) => to,
        MappedStatus::Contradiction(reason) => return Ok(Decision::Kept(Outcome::Flagged, reason.to_owned())),
        MappedStatus::Unknown => {
            return Ok(Decision::Kept(Outcome::UnknownStatus, "the provider's status is not known here".to_owned()));
        }
    };
    if let Some(difference) = difference(payment, provider, notification, to) {
        return Ok(Decision::Kept(Outcome::Flagged, difference));
    }
    let reversal = match (payment.status, to) {
        (Status::Paid, Status::Failed | Status::Cancelled) => reversal(transaction, payment, notification).await?,
        _ => None,
    };
    Ok(match transition(payment.status, to, reversal) {
        Transition::Moves(effects) => Decision::Moves(to, effects),
        Transition::Unchanged => Decision::Unchanged,
        Transition::Ignored => Decision::Kept(
            Outcome::Ignored,
            format!("the payment is {} and does not go to {}", label(payment.status), label(to)),
        ),
        Transition::Contradicts => Decision::Kept(
            Outcome::Flagged,
            format!("the provider says {}, but the payment is {}", label(to), label(payment.status)),
        ),
    })
}

/// Why an event is flagged though there are orders.
const AMBIGUOUS: &str = "it can't be told which order is meant";

/// Why an event is unmatched.
pub(crate) const NO_ORDER: &str = "there is no such order";

/// What of the order is not as the provider says.
fn difference(
    payment: &order::row::Model,
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

/// Whether Midtrans takes the payment back: what it said last counts, and a settlement is later than a capture.
async fn reversal(
    transaction: &DatabaseTransaction,
    payment: &order::row::Model,
    notification: &Notification,
) -> Result<Option<Reversal>> {
    use crate::payments::event::row::{Column, Entity};
    if payment.provider != Provider::Midtrans {
        return Ok(None);
    }
    let statuses: Vec<String> = Entity::find()
        .select_only()
        .column(Column::ProviderStatus)
        .distinct()
        .filter(Column::PaymentId.eq(payment.id))
        .filter(Column::Status.is_in([Outcome::Applied, Outcome::DuplicateState]))
        .filter(Column::ProviderStatus.is_in(["capture", "settlement"]))
        .into_tuple()
        .all(transaction)
        .await?;
    let before =
        if statuses.iter().any(|provider_status| provider_status == "settlement") { "settlement" } else { "capture" };
    Ok(Reversal::from_statuses(payment.provider, before, &notification.provider_status)
        .filter(|_| !statuses.is_empty()))
}

/// The status as operators read it.
fn label(status: Status) -> String {
    async_graphql::InputType::to_value(&status).to_string()
}
