//! Storing notifications, many in one transaction.
//!
//! A commit that survives a power cut takes milliseconds however little is in it. So whoever comes while one is under
//! way waits, and the next takes all who wait. Nobody waits for a batch to fill, and everybody is answered after the
//! commit that holds their own.

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

/// Notifications in one transaction.
const BATCH: usize = 64;
/// Notifications that wait; more are sent away, to come again.
const WAITING: usize = 4_096;
/// Transactions at once where the database can do several.
const TURNS: usize = 2;

/// A notification whose signature was checked.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
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

/// Where notifications wait for their turn. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake(Arc<Queue>);

#[derive(Debug)]
struct Queue {
    waiting: Mutex<Vec<Waiting>>,
    turns: Semaphore,
}

#[derive(Debug)]
struct Waiting {
    arrived: Arrived,
    done: oneshot::Sender<Result<Stored>>,
}

impl Intake {
    /// For a database of this kind: SQLite has one writer at a time.
    pub fn new(backend: DbBackend) -> Self {
        let turns = if backend == DbBackend::Sqlite { 1 } else { TURNS };
        Self(Arc::new(Queue { waiting: Mutex::default(), turns: Semaphore::new(turns) }))
    }

    fn next(&self) -> Vec<Waiting> {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    fn enter(&self, arrived: Arrived) -> Result<oneshot::Receiver<Result<Stored>>> {
        let (done, outcome) = oneshot::channel();
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            return Err(Error::unavailable(60));
        }
        waiting.push(Waiting { arrived, done });
        Ok(outcome)
    }
}

/// Stores a notification and what it does to its payment; both are committed when this returns.
pub(crate) async fn store(domain: &Domain, arrived: Arrived) -> Result<Stored> {
    let outcome = domain.intake.enter(arrived)?;
    // A sender that goes away takes nobody's turn with it.
    tokio::spawn(take_turn(domain.clone()));
    outcome.await.map_err(Error::internal)?
}

/// Stores all who wait. As many turns are taken as notifications come in, so none is left.
async fn take_turn(domain: Domain) {
    let Ok(_turn) = domain.intake.0.turns.acquire().await else { return };
    let (arrived, done): (Vec<_>, Vec<_>) =
        domain.intake.next().into_iter().map(|Waiting { arrived, done }| (arrived, done)).unzip();
    if arrived.is_empty() {
        return;
    }
    let outcomes = match domain.db.unless_away(Box::pin(store_all(&domain, &arrived))).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        // One that the database can't hold must not take the others with it.
        Err(error) if error.code == ErrorCode::BadRequest => one_by_one(&domain, arrived).await,
        Err(error) => done.iter().map(|_| Err(error.clone())).collect(),
    };
    for (done, outcome) in done.into_iter().zip(outcomes) {
        // Who has gone away hears nothing.
        let _ = done.send(outcome);
    }
}

async fn one_by_one(domain: &Domain, arrived: Vec<Arrived>) -> Vec<Result<Stored>> {
    let mut outcomes = Vec::with_capacity(arrived.len());
    for one in arrived {
        let stored = store_all(domain, std::slice::from_ref(&one)).await;
        outcomes.push(stored.map(|outcomes| outcomes.first().copied().unwrap_or(Stored::Known)));
    }
    outcomes
}

/// One transaction for all of these.
async fn store_all(domain: &Domain, arrived: &[Arrived]) -> Result<Vec<Stored>> {
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    lock_orders(&transaction, arrived.iter().map(|arrived| arrived.notification.order_id.as_str()).collect()).await?;
    let rows = arrived.iter().map(|Arrived { provider, notification, mismatch: _, body, headers }| ActiveModel {
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
    let mut outcomes = vec![Stored::Known; arrived.len()];
    let mut parsed = Vec::with_capacity(new.len());
    for event in new {
        let place = arrived.iter().position(|arrived| is_of(&event, arrived));
        let Some(place) = place else { continue };
        outcomes[place] = Stored::New;
        let Arrived { notification, mismatch, .. } = &arrived[place];
        parsed.push(ParsedEvent { event, notification: notification.clone(), mismatch: mismatch.clone() });
    }
    let Settlement { events: _, payments } = settle(&transaction, now, parsed).await?;
    transaction.commit().await?;
    for payment in payments.into_values() {
        domain.events.publish(Event::PaymentUpdated { id: payment.id });
    }
    Ok(outcomes)
}

fn is_of(event: &event::row::Model, arrived: &Arrived) -> bool {
    event.provider == arrived.provider && event.event_key == arrived.notification.event_key
}
