//! Storing verified notifications, many in one transaction.

use std::sync::Arc;

use gerbang_kernel::{clock::Clock, error::Result};
use gerbang_platform::{
    db::Db,
    group_commit::{GroupCommit, Limits, WriteBatch},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait,
    sea_query::OnConflict,
};

use super::row::{ActiveModel, Column, Entity, Headers, Model, Status, UNMATCHED};
use crate::{
    events::{Event, Events},
    payments::{
        order::{
            row::Provider,
            settle::{NO_ORDER, ParsedEvent, Settlement, lock_orders, settle},
        },
        provider::{Notification, Providers, interface::Mismatch},
    },
};

/// Seconds after which a notification that can't be stored may come again.
pub(super) const RETRY_AFTER: u64 = 60;

/// A notification whose signature was checked.
#[derive(Clone, Debug)]
pub struct Verified {
    pub(crate) provider: Provider,
    pub(crate) notification: Notification,
    pub(crate) mismatch: Option<Mismatch>,
    pub(crate) body: String,
    pub(crate) headers: Headers,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// It was here before.
    Known,
}

/// Stores notifications and what they do to their payments.
#[derive(Debug)]
pub struct EventStore {
    clock: Clock,
    events: Events,
    providers: Arc<Providers>,
}

impl EventStore {
    /// Starts the tasks that store.
    pub fn start(db: &Db, clock: &Clock, events: &Events, providers: &Arc<Providers>) -> GroupCommit<Self> {
        let limits = Limits { waiting: 4_096, batch: 64, transactions: 2, retry_after: RETRY_AFTER, singly: true };
        let (clock, events, providers) = (clock.clone(), events.clone(), Arc::clone(providers));
        GroupCommit::start(db, Self { clock, events, providers }, limits)
    }
}

impl WriteBatch for EventStore {
    type Item = Verified;
    type Written = Stored;

    async fn write(&self, db: &Db, verified: &[Verified]) -> Result<Vec<Result<Stored>>> {
        let now = self.clock.now();
        let transaction = db.begin().await?;
        lock_orders(&transaction, verified.iter().map(|verified| verified.notification.order_id.as_str()).collect())
            .await?;
        let rows = verified.iter().map(|Verified { provider, notification, mismatch: _, body, headers }| ActiveModel {
            id: NotSet,
            provider: Set(*provider),
            event_key: Set(notification.event_key.clone()),
            order_id: Set(notification.order_id.clone()),
            payment_id: Set(None),
            realm: Set(UNMATCHED),
            provider_status: Set(notification.provider_status.clone()),
            status: Set(Status::Unmatched),
            reason: Set(Some(NO_ORDER.to_owned())),
            amount: Set(notification.whole_amount()),
            currency: Set(notification.stored_currency()),
            body: Set(body.clone()),
            headers: Set(headers.clone()),
            received_at: Set(now.into()),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
        });
        // The constraint decides what is new.
        let known = OnConflict::columns([Column::Provider, Column::EventKey]).do_nothing().to_owned();
        let mut new = Entity::insert_many(rows).on_conflict(known).exec_with_returning(&transaction).await?;
        new.sort_unstable_by_key(|event| event.id);
        let mut outcomes = vec![Ok(Stored::Known); verified.len()];
        let mut parsed = Vec::with_capacity(new.len());
        for event in new {
            let place = verified.iter().position(|verified| is_of(&event, verified));
            let Some(place) = place else { continue };
            outcomes[place] = Ok(Stored::New);
            let Verified { notification, mismatch, .. } = &verified[place];
            parsed.push(ParsedEvent { event, notification: notification.clone(), mismatch: mismatch.clone() });
        }
        let Settlement { events: _, payments } =
            self.clock.scope(settle(&self.providers, &transaction, now, parsed)).await?;
        transaction.commit().await?;
        for payment in payments.into_values() {
            self.events.publish(Event::PaymentUpdated { id: payment.id, user_id: payment.user_id });
        }
        Ok(outcomes)
    }
}

fn is_of(event: &Model, verified: &Verified) -> bool {
    event.provider == verified.provider && event.event_key == verified.notification.event_key
}
