//! Applying stored events once more, after an operator looked into them.

use gerbang_graphql::id::Node;

use super::row::{Entity, Model, Status};
use crate::{
    events::Event,
    payments::order::settle::{ParsedEvent, Settlement, lock_orders, settle},
    prelude::rules::*,
};

/// Which event is looked at again.
#[derive(Debug, InputObject)]
pub struct ReplayWebhookEventInput {
    /// The event's global id, or its number.
    pub id: IdOf<Entity>,
}

/// Looks at a stored event again, as if it came in now: after its order was put right, or a later version knows more.
/// One that has been applied stays as it is. For admins.
///
/// # Errors
/// `NOT_FOUND`, `VALIDATION_FAILED` (`FORMAT`) for a body that can't be read, `UNAVAILABLE` when its provider can't be asked.
pub async fn replay_webhook_event(
    domain: &Domain,
    viewer: &Viewer,
    ReplayWebhookEventInput { id }: ReplayWebhookEventInput,
) -> Result<Model> {
    viewer.require_any_admin()?;
    let missing = || Error::not_found(Model::NAME);
    let event = id.find(domain.db.read(), viewer).await?.ok_or_else(missing)?;
    let notification = domain.providers.parse_stored(&event).map_err(|_| Error::violation("input.id", Rule::Format))?;
    // Outside of the transaction: it may take seconds.
    let mismatch =
        if is_done(&event) { None } else { domain.providers.get(event.provider).confirm(None, &notification).await? };
    let transaction = domain.db.begin().await?;
    lock_orders(&transaction, vec![&event.order_id]).await?;
    let event = id.find_for_update(&transaction, viewer).await?;
    if is_done(&event) {
        return Ok(event);
    }
    let parsed = vec![ParsedEvent { event, notification, mismatch }];
    let Settlement { mut events, payments } =
        settle(&domain.providers, &transaction, domain.clock.now(), parsed).await?;
    transaction.commit().await?;
    for payment in payments.into_values() {
        domain.events.publish(Event::PaymentUpdated { id: payment.id, user_id: payment.user_id });
    }
    events.pop().ok_or_else(missing)
}

fn is_done(event: &Model) -> bool {
    matches!(event.status, Status::Applied | Status::DuplicateState)
}
