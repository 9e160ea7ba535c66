//! From what a provider said to where a payment stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use gerbang_kernel::error::Result;
use gerbang_platform::{db::Db, query::keys::in_list};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    matching::{difference, find_payment},
    transition::{Effects, Reversal, Transition, transition, with_status},
};
use crate::{
    accounts::Realm,
    payments::{
        event::{
            self,
            row::{Model as Event, Status as Outcome, UNMATCHED},
        },
        order::{
            self,
            row::{Provider, Status},
        },
        provider::{MappedStatus, Notification, Providers, interface::Mismatch},
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
    providers: &Providers,
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
            None => decide(providers, transaction, payment.as_ref(), event.provider, &notification).await?,
        };
        let (payment_id, realm) = own.map_or((None, UNMATCHED), |own| (Some(own.id), own.realm));
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
        settlement.events.push(store_outcome(transaction, event, (payment_id, realm), outcome, reason).await?);
    }
    Ok(settlement)
}

/// Events that are applied when their order appears; a provider sends a handful.
const MAX_UNMATCHED: u64 = 1_000;

/// Applies what came in about an order before it was known here, in the order in which it came. Gives the order as it
/// stands then. The order is locked.
pub(crate) async fn apply_unmatched(
    providers: &Providers,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
    order: order::row::Model,
) -> Result<order::row::Model> {
    use crate::payments::event::row::{Column, Entity};
    let unmatched = Entity::find()
        .filter(Column::OrderId.eq(order.given_id()))
        .filter(Column::Status.eq(Outcome::Unmatched))
        .order_by_asc(Column::Id)
        .limit(MAX_UNMATCHED)
        .all(transaction)
        .await?;
    let read =
        |event: Event| Some(ParsedEvent { notification: providers.parse_stored(&event).ok()?, event, mismatch: None });
    let parsed = unmatched.into_iter().filter_map(read).collect();
    let Settlement { events: _, mut payments } = settle(providers, transaction, now, parsed).await?;
    Ok(payments.remove(&order.id).unwrap_or(order))
}

async fn store_outcome(
    transaction: &DatabaseTransaction,
    event: Event,
    (payment_id, realm): (Option<i64>, Realm),
    outcome: Outcome,
    reason: Option<String>,
) -> Result<Event> {
    if (event.payment_id, event.status, &event.reason) == (payment_id, outcome, &reason) {
        return Ok(event);
    }
    let change = event::row::ActiveModel {
        id: Unchanged(event.id),
        payment_id: Set(payment_id),
        realm: Set(realm),
        status: Set(outcome),
        reason: Set(reason),
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

async fn decide(
    providers: &Providers,
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
        (Status::Paid, Status::Failed | Status::Cancelled) => {
            reversal(providers, transaction, payment, notification).await?
        }
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

/// The way in which the provider takes the payment back, if this is one.
async fn reversal(
    providers: &Providers,
    transaction: &DatabaseTransaction,
    payment: &order::row::Model,
    notification: &Notification,
) -> Result<Option<Reversal>> {
    use crate::payments::event::row::{Column, Entity};
    let before: Vec<String> = Entity::find()
        .select_only()
        .column(Column::ProviderStatus)
        .distinct()
        .filter(Column::PaymentId.eq(payment.id))
        .filter(Column::Status.is_in([Outcome::Applied, Outcome::DuplicateState]))
        .into_tuple()
        .all(transaction)
        .await?;
    Ok(providers.get(payment.provider).reversal(&before, &notification.provider_status))
}

/// The status as operators read it.
fn label(status: Status) -> String {
    async_graphql::InputType::to_value(&status).to_string()
}
