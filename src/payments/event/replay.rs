//! Applying stored events once more, after an operator looked into them.

use gerbang_kernel::error::{Error, Result, Rule};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use super::row::{Column, Entity, Model, Status};
use crate::{
    domain::Domain,
    events::Event,
    payments::order::settle::{ParsedEvent, Settlement, lock_orders, settle},
    scope::Scoped,
    viewer::Viewer,
};

/// Looks at a stored event again, as if it came in now: after its order was put right, or a later version knows more.
/// One that has been applied stays as it is. For admins.
///
/// # Errors
/// `NOT_FOUND`, `VALIDATION_FAILED` (`FORMAT`) for a body that can't be read, `UNAVAILABLE` when its provider can't be asked.
pub async fn replay_webhook_event(domain: &Domain, viewer: &Viewer, id: Option<i64>) -> Result<Model> {
    viewer.require_any_admin()?;
    let missing = || Error::not_found("Webhook event");
    let find = || Entity::visible_to(viewer).filter(Column::Id.eq(id));
    let event = find().one(domain.db.read()).await?.ok_or_else(missing)?;
    let notification = domain.providers.parse_stored(&event).map_err(|_| Error::violation("input.id", Rule::Format))?;
    // Outside of the transaction: it may take seconds.
    let mismatch =
        if is_done(&event) { None } else { domain.providers.get(event.provider).confirm(None, &notification).await? };
    let transaction = domain.db.begin().await?;
    lock_orders(&transaction, vec![&event.order_id]).await?;
    let event = find().lock_exclusive().one(&transaction).await?.ok_or_else(missing)?;
    if is_done(&event) {
        return Ok(event);
    }
    let parsed = vec![ParsedEvent { event, notification, mismatch }];
    let Settlement { mut events, payments } =
        settle(&domain.providers, &transaction, domain.clock.now(), parsed).await?;
    transaction.commit().await?;
    for payment in payments.into_values() {
        domain.events.publish(Event::PaymentUpdated { id: payment.id });
    }
    events.pop().ok_or_else(missing)
}

fn is_done(event: &Model) -> bool {
    matches!(event.status, Status::Applied | Status::DuplicateState)
}
