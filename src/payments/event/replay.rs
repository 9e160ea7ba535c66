//! Applying stored events once more: those that waited for their order, and those that an operator looked into.

use gerbang_kernel::error::{Error, Result, Rule};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::confirm::confirm;
use crate::payments::{
    order::settle::{ParsedEvent, Settlement, lock_orders, settle},
    provider::Notification,
};
use crate::{
    domain::Domain,
    events::Event,
    payments::{
        event::row::{Column, Entity, Model, Status},
        order::{self, row::Provider},
    },
    scope::Scoped,
    viewer::Viewer,
};

/// Events that are applied when their order appears; a provider sends a handful.
const MAX_UNMATCHED: u64 = 1_000;

/// Looks at a stored event again, as if it came in now: after its order was put right, or a later version knows more.
/// One that has been applied stays as it is. For admins.
///
/// # Errors
/// `NOT_FOUND`, `VALIDATION_FAILED` (`FORMAT`) for a body that can't be read, `UNAVAILABLE` when Midtrans can't be asked.
pub async fn replay_webhook_event(domain: &Domain, viewer: &Viewer, id: Option<i64>) -> Result<Model> {
    viewer.require_any_admin()?;
    let missing = || Error::not_found("Webhook event");
    let find = || Entity::visible_to(viewer).filter(Column::Id.eq(id));
    let event = find().one(domain.db.read()).await?.ok_or_else(missing)?;
    let notification = Notification::of(&event).map_err(|_| Error::violation("input.id", Rule::Format))?;
    // Outside of the transaction: it may take seconds.
    let mismatch = match (event.provider, domain.config.payments.midtrans.server_keys.first()) {
        (Provider::Midtrans, Some(key)) if !is_done(&event) => confirm(domain, key, &notification).await?,
        _ => None,
    };
    let transaction = domain.db.begin().await?;
    lock_orders(&transaction, vec![&event.order_id]).await?;
    let event = find().lock_exclusive().one(&transaction).await?.ok_or_else(missing)?;
    if is_done(&event) {
        return Ok(event);
    }
    let parsed = vec![ParsedEvent { event, notification, mismatch }];
    let Settlement { mut events, payments } = settle(&transaction, domain.clock.now(), parsed).await?;
    transaction.commit().await?;
    for payment in payments.into_values() {
        domain.events.publish(Event::PaymentUpdated { id: payment.id });
    }
    events.pop().ok_or_else(missing)
}

fn is_done(event: &Model) -> bool {
    matches!(event.status, Status::Applied | Status::DuplicateState)
}

/// Applies what came in about an order before it was known here, in the order in which it came. Gives the order as it
/// stands then. The order is locked.
pub(crate) async fn apply_unmatched(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    order: order::row::Model,
) -> Result<order::row::Model> {
    let unmatched = Entity::find()
        .filter(Column::OrderId.eq(order.given_id()))
        .filter(Column::Status.eq(Status::Unmatched))
        .order_by_asc(Column::Id)
        .limit(MAX_UNMATCHED)
        .all(transaction)
        .await?;
    let read = |event: Model| Some(ParsedEvent { notification: Notification::of(&event).ok()?, event, mismatch: None });
    let parsed = unmatched.into_iter().filter_map(read).collect();
    let Settlement { events: _, mut payments } = settle(transaction, domain.clock.now(), parsed).await?;
    Ok(payments.remove(&order.id).unwrap_or(order))
}
