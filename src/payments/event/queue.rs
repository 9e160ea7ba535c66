//! Storing notifications, many in one transaction.
//!
//! A commit that survives a power cut takes milliseconds however little is in it. So what comes while one is under
//! way is pending, and the next takes all of it. Nothing waits for a batch to fill, and each caller is answered after
//! the commit that holds its own.

use std::sync::{Arc, Mutex, PoisonError};

use gerbang_kernel::error::{Error, ErrorCode, Result};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DbBackend, EntityTrait,
    sea_query::OnConflict,
};
use tokio::sync::{Semaphore, oneshot};

use super::confirm::Mismatch;
use crate::payments::{
    order::settle::{NO_ORDER, ParsedEvent, Settlement, lock_orders, settle},
    provider::Notification,
};
use crate::{
    domain::Domain,
    events::Event,
    payments::{
        event::{
            self,
            row::{ActiveModel, Column, Entity, Headers, Status},
        },
        order::row::Provider,
    },
};

/// Notifications in one transaction at most.
const BATCH: usize = 64;
/// Notifications that may be pending; more are refused, and sent again by the provider.
const MAX_PENDING: usize = 4_096;
/// Transactions at once where the database can do several.
const MAX_TRANSACTIONS: usize = 2;

/// A notification whose signature was checked.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    pub(crate) provider: Provider,
    pub(crate) notification: Notification,
    pub(crate) mismatch: Option<Mismatch>,
    pub(crate) body: String,
    pub(crate) headers: Headers,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It is new.
    New,
    /// It was here before.
    Known,
}

/// Notifications to be stored. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pending: Mutex<Vec<Pending>>,
    permits: Semaphore,
}

#[derive(Debug)]
struct Pending {
    verified: Verified,
    done: oneshot::Sender<Result<Stored>>,
}

impl Queue {
    /// For a database of this kind: SQLite has one writer at a time.
    pub fn new(backend: DbBackend) -> Self {
        let permits = if backend == DbBackend::Sqlite { 1 } else { MAX_TRANSACTIONS };
        Self(Arc::new(Inner { pending: Mutex::default(), permits: Semaphore::new(permits) }))
    }

    fn take_batch(&self) -> Vec<Pending> {
        let mut pending = self.0.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let count = pending.len().min(BATCH);
        pending.drain(..count).collect()
    }

    fn push(&self, verified: Verified) -> Result<oneshot::Receiver<Result<Stored>>> {
        let (done, outcome) = oneshot::channel();
        let mut pending = self.0.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= MAX_PENDING {
            return Err(Error::unavailable(60));
        }
        pending.push(Pending { verified, done });
        Ok(outcome)
    }
}

/// Stores a notification and what it does to its payment; both are committed when this returns.
pub(crate) async fn store(domain: &Domain, verified: Verified) -> Result<Stored> {
    let outcome = domain.payment_queue.push(verified)?;
    // A caller that goes away must not end a transaction that stores others' notifications.
    tokio::spawn(flush(domain.clone()));
    outcome.await.map_err(Error::internal)?
}

/// Stores all that are pending. It runs once for each notification, so none is left.
async fn flush(domain: Domain) {
    let Ok(_permit) = domain.payment_queue.0.permits.acquire().await else { return };
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
    let Settlement { events: _, payments } = settle(&transaction, now, parsed).await?;
    transaction.commit().await?;
    for payment in payments.into_values() {
        domain.events.publish(Event::PaymentUpdated { id: payment.id });
    }
    Ok(outcomes)
}

fn is_of(event: &event::row::Model, verified: &Verified) -> bool {
    event.provider == verified.provider && event.event_key == verified.notification.event_key
}
