//! Storing notifications, many in one transaction.
//!
//! A commit that survives a power cut takes milliseconds however little is in it. So what comes while one is under
//! way is pending, and the next takes all of it. Nothing waits for a batch to fill, and each caller is answered after
//! the commit that holds its own.

use gerbang_kernel::error::{Error, ErrorCode, Result};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait,
    sea_query::OnConflict,
};

use super::{
    queue::{Pending, Stored, Verified},
    row::{ActiveModel, Column, Entity, Model, Status},
};
use crate::{
    domain::Domain,
    events::Event,
    payments::order::settle::{NO_ORDER, ParsedEvent, Settlement, lock_orders, settle},
};

/// Stores a notification and what it does to its payment; both are committed when this returns.
pub(crate) async fn store(domain: &Domain, verified: Verified) -> Result<Stored> {
    let outcome = domain.payment_queue.push(verified)?;
    // A caller that goes away must not end a transaction that stores others' notifications.
    tokio::spawn(flush(domain.clone()));
    outcome.await.map_err(Error::internal)?
}

/// Stores all that are pending. It runs once for each notification, so none is left.
async fn flush(domain: Domain) {
    let Some(_permit) = domain.payment_queue.permit().await else { return };
    let (verified, done): (Vec<_>, Vec<_>) =
        domain.payment_queue.take_batch().into_iter().map(|Pending { verified, done }| (verified, done)).unzip();
    if verified.is_empty() {
        return;
    }
    let outcomes = match domain.db.unless_down(Box::pin(store_all(&domain, &verified))).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        // One that the database can't hold must not take the others with it.
        Err(error) if error.code == ErrorCode::BadRequest => one_by_one(&domain, verified).await,
        Err(error) => done.iter().map(|_| Err(error.clone())).collect(),
    };
    for (done, outcome) in done.into_iter().zip(outcomes) {
        // The caller may have gone away.
        let _ = done.send(outcome);
    }
}

async fn one_by_one(domain: &Domain, verified: Vec<Verified>) -> Vec<Result<Stored>> {
    let mut outcomes = Vec::with_capacity(verified.len());
    for one in verified {
        let stored = store_all(domain, std::slice::from_ref(&one)).await;
        outcomes.push(stored.map(|outcomes| outcomes.first().copied().unwrap_or(Stored::Known)));
    }
    outcomes
}

/// One transaction for all of these.
async fn store_all(domain: &Domain, verified: &[Verified]) -> Result<Vec<Stored>> {
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    lock_orders(&transaction, verified.iter().map(|verified| verified.notification.order_id.as_str()).collect())
        .await?;
    let rows = verified.iter().map(|Verified { provider, notification, mismatch: _, body, headers }| ActiveModel {
        id: NotSet,
        provider: Set(*provider),
        event_key: Set(notification.event_key.clone()),
        order_id: Set(notification.order_id.clone()),
        payment_id: Set(None),
        provider_status: Set(notification.provider_status.clone()),
        status: Set(Status::Unmatched),
        reason: Set(Some(NO_ORDER.to_owned())),
        amount: Set(notification.whole_amount()),
        currency: Set(notification.stored_currency()),
        body: Set(body.clone()),
        headers: Set(headers.clone()),
        received_at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    });
    // The constraint decides what is new.
    let known = OnConflict::columns([Column::Provider, Column::EventKey]).do_nothing().to_owned();
    let mut new = Entity::insert_many(rows).on_conflict(known).exec_with_returning(&transaction).await?;
    new.sort_unstable_by_key(|event| event.id);
    let mut outcomes = vec![Stored::Known; verified.len()];
    let mut parsed = Vec::with_capacity(new.len());
    for event in new {
        let place = verified.iter().position(|verified| is_of(&event, verified));
        let Some(place) = place else { continue };
        outcomes[place] = Stored::New;
        let Verified { notification, mismatch, .. } = &verified[place];
        parsed.push(ParsedEvent { event, notification: notification.clone(), mismatch: mismatch.clone() });
    }
    let Settlement { events: _, payments } = settle(&domain.providers, &transaction, now, parsed).await?;
    transaction.commit().await?;
    for payment in payments.into_values() {
        domain.events.publish(Event::PaymentUpdated { id: payment.id });
    }
    Ok(outcomes)
}

fn is_of(event: &Model, verified: &Verified) -> bool {
    event.provider == verified.provider && event.event_key == verified.notification.event_key
}
