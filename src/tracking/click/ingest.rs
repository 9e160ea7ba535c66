//! The way of every click into the database: many share one transaction.
//!
//! Clicks wait in a queue. A task takes what waits, writes it by one statement, and answers each visit after the commit:
//! while a commit runs, the next batch gathers, so nothing waits for a timer and batches grow with the load. The queue is
//! bounded; when it is full, a click is refused at once rather than answered late.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::{Error, ErrorCode, Result};
use gerbang_platform::{db::Db, query::keys::in_list};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::LockType,
};
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Builder;

use super::device::Device;
use crate::{
    events::{Event, Events},
    tracking::{
        click,
        offer::{self, target::Target},
        sub_id,
        summary::{self, rules::Change},
    },
};

/// Clicks of one transaction at most: it should not hold its locks for long.
const MAX_BATCH: usize = 1_000;
/// Seconds after which a refused click may be tried again.
const RETRY_AFTER: u64 = 1;
/// How long a visitor is remembered.
pub(crate) const UNIQUE_FOR: TimeDelta = TimeDelta::hours(24);

/// A click and where it leads.
#[derive(Clone, Debug)]
pub struct RecordedClick {
    /// The click.
    pub click: click::row::Model,
    /// The offer's URL with the click's id filled in.
    pub destination: String,
}

/// A visit whose parts were checked.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) sub_id: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) visitor_hash: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) referrer: Option<String>,
    pub(crate) device: Device,
}

/// A visit in the queue, and where its answer goes.
#[derive(Debug)]
struct Pending {
    visit: Visit,
    reply: oneshot::Sender<Result<RecordedClick>>,
}

/// Writes clicks. Cheap to clone; the last clone ends the tasks behind it once the queue is empty.
#[derive(Clone, Debug)]
pub struct Recorder(mpsc::Sender<Pending>);

impl Recorder {
    /// Starts the tasks that write; at most `queue` clicks wait.
    pub fn start(db: &Db, events: &Events, queue: usize) -> Self {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        let receiver = Arc::new(Mutex::new(receiver));
        // SQLite has one writer. A server does two things at once: one batch is put together while another is committed.
        let writers = if db.backend() == DbBackend::Postgres { 2 } else { 1 };
        for _ in 0..writers {
            tokio::spawn(write_forever(db.clone(), events.clone(), Arc::clone(&receiver)));
        }
        Self(sender)
    }

    /// Records a visit; when this returns, the click would survive the end of the process.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown link or one whose offer takes no clicks, `UNAVAILABLE` when the queue is full.
    pub(crate) async fn record(&self, visit: Visit) -> Result<RecordedClick> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Pending { visit, reply }).map_err(|_| Error::unavailable(RETRY_AFTER))?;
        answer.await.map_err(|_| Error::unavailable(RETRY_AFTER))?
    }
}

async fn write_forever(db: Db, events: Events, queue: Arc<Mutex<mpsc::Receiver<Pending>>>) {
    loop {
        let batch = gather(&mut *queue.lock().await).await;
        if batch.is_empty() {
            return;
        }
        // In a task of its own, so that a panic costs one batch and not every click to come.
        if let Err(error) = tokio::spawn(write_and_answer(db.clone(), events.clone(), batch)).await {
            tracing::error!(error = %error, "a batch of clicks was lost before it was answered");
        }
    }
}

/// Waits for a click and takes all that are ready with it; none when there will be no more.
///
/// Whoever is about to add a click gets its turn, again for as long as some do: two half batches cost the database more
/// than a whole one. Without others that is over at once, and nothing waits for a timer.
async fn gather(queue: &mut mpsc::Receiver<Pending>) -> Vec<Pending> {
    let mut batch: Vec<Pending> = queue.recv().await.into_iter().collect();
    let mut before = 0;
    while before < batch.len() && batch.len() < MAX_BATCH {
        before = batch.len();
        tokio::task::yield_now().await;
        while batch.len() < MAX_BATCH
            && let Ok(pending) = queue.try_recv()
        {
            batch.push(pending);
        }
    }
    batch
}

async fn write_and_answer(db: Db, events: Events, batch: Vec<Pending>) {
    let (visits, replies): (Vec<_>, Vec<_>) = batch.into_iter().map(|Pending { visit, reply }| (visit, reply)).unzip();
    let outcomes = db.unless_down(Box::pin(write(&db, visits))).await.unwrap_or_else(|error| {
        // That the database is down is logged once, where it is found out.
        if error.code != ErrorCode::Unavailable {
            tracing::error!(error = %error, cause = ?error.cause(), clicks = replies.len(), "clicks could not be written");
        }
        vec![Err(error); replies.len()]
    });
    let recorded: Vec<Event> = outcomes
        .iter()
        .flatten()
        .map(|recorded| Event::ClickRecorded { id: recorded.click.id, affiliate_id: recorded.click.affiliate_id })
        .collect();
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // A visitor who went away is counted all the same.
        let _ = reply.send(outcome);
    }
    events.publish_all(recorded);
}

/// What became of each visit.
async fn write(db: &Db, visits: Vec<Visit>) -> Result<Vec<Result<RecordedClick>>> {
    let transaction = db.begin().await?;
    let links = links(&transaction, &visits).await?;
    let mut seen = HashSet::new();
    let mut clicks = Vec::with_capacity(visits.len());
    let mut outcomes = Vec::with_capacity(visits.len());
    for visit in visits {
        outcomes.push(match links.get(&visit.sub_id) {
            // What leads nowhere is no click.
            Some((link, Some(target))) => {
                let is_first = visit.visitor_hash.clone().is_none_or(|visitor| seen.insert((link.id.clone(), visitor)));
                clicks.push(row(link, visit, is_first));
                Ok(target)
            }
            Some((_, None)) => Err(Error::not_found("Active offer")),
            None => Err(Error::not_found("Sub id")),
        });
    }
    if !clicks.is_empty() {
        add(&transaction, &mut clicks).await?;
        transaction.commit().await?;
        metrics::counter!("gerbang_clicks_total").increment(clicks.len() as u64);
        metrics::counter!("gerbang_click_batches_total").increment(1);
    }
    let mut clicks = clicks.into_iter();
    let mut recorded = |target: &Target| {
        let click = clicks.next().ok_or_else(|| Error::internal("a click is missing in its batch"))?;
        Ok(RecordedClick { destination: target.of_click(&click.click_id), click })
    };
    Ok(outcomes.into_iter().map(|outcome| outcome.and_then(&mut recorded)).collect())
}

/// Adds clicks and counts them. Of two clicks with the same visitor and link the caller leaves `is_unique` to the first.
pub(crate) async fn add(transaction: &DatabaseTransaction, clicks: &mut [click::row::Model]) -> Result<()> {
    let count = |click: &click::row::Model| {
        summary::rules::of(&click.sub_id, click.affiliate_id, click.created_at, Change::CLICK)
    };
    summary::rules::add_all(transaction, clicks.iter().map(count).collect::<Result<_>>()?).await?;
    Ok(click::batch::insert(transaction, clicks, UNIQUE_FOR).await?)
}

/// A link and what of its offer a click needs.
#[derive(FromQueryResult)]
struct Link {
    id: String,
    affiliate_id: i64,
    offer_id: i64,
    url: String,
    active: bool,
}

/// The links of these visits with where each leads, if it leads anywhere; locked until the transaction ends: of two batches that see the same visitor for the first
/// time at once, the second waits and then finds the click of the first.
async fn links(transaction: &DatabaseTransaction, visits: &[Visit]) -> Result<HashMap<String, (Link, Option<Target>)>> {
    let words: HashSet<&String> = visits.iter().map(|visit| &visit.sub_id).collect();
    let words: Vec<String> = words.into_iter().cloned().collect();
    let mut select = sub_id::row::Entity::find()
        .filter(in_list(sub_id::row::Column::Id, &words, transaction.get_database_backend()))
        .inner_join(offer::row::Entity)
        .select_only()
        .columns([sub_id::row::Column::Id, sub_id::row::Column::AffiliateId, sub_id::row::Column::OfferId])
        .columns([offer::row::Column::Url, offer::row::Column::Active])
        .order_by_asc(sub_id::row::Column::Id);
    QueryTrait::query(&mut select).lock_with_tables(LockType::NoKeyUpdate, [sub_id::row::Entity]);
    let links = select.into_model::<Link>().all(transaction).await?;
    let with_target = links.into_iter().map(|link| {
        let target = Target::parse(&link.url).filter(|_| link.active);
        if link.active && target.is_none() {
            tracing::warn!(offer = link.offer_id, "an active offer's URL can't be followed");
        }
        (link.id.clone(), (link, target))
    });
    Ok(with_target.collect())
}

fn row(link: &Link, visit: Visit, is_unique: bool) -> click::row::Model {
    let Visit { sub_id, at, visitor_hash, user_agent, country_code, referrer, device } = visit;
    click::row::Model {
        id: 0,
        click_id: new_click_id(at),
        sub_id,
        affiliate_id: link.affiliate_id,
        offer_id: link.offer_id,
        visitor_hash,
        user_agent,
        country_code,
        device_type: device.kind,
        is_bot: device.is_bot(),
        os: device.os,
        browser: device.browser,
        referrer,
        is_unique,
        created_at: at,
    }
}

/// 74 random bits behind the time (version 7): a click's id alone decides who is paid, so nobody may guess one; and an
/// index of a table without bounds should grow at its end.
pub(crate) fn new_click_id(at: DateTime<Utc>) -> String {
    let millis = at.timestamp_millis().max(0).unsigned_abs();
    Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn click_ids_are_opaque_and_in_the_order_of_time() {
        let at = |millis| DateTime::from_timestamp_millis(millis).expect("a time");
        let (one, other, later) = (new_click_id(at(1_000)), new_click_id(at(1_000)), new_click_id(at(1_001)));
        assert_eq!((one.len(), other.len()), (32, 32));
        assert_eq!(one[..13], other[..13]);
        assert_ne!(one[13..], other[13..]);
        assert!(one < later && other < later);
    }
}
