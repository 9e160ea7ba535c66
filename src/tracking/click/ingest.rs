//! The way of every click into the database: many share one transaction.

use std::collections::{HashMap, HashSet};

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::{Error, ErrorCode, Result};
use gerbang_platform::{
    db::Db,
    group_commit::{GroupCommit, Limits, WriteBatch},
    query::keys::in_list,
};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::LockType,
};
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

/// How long a visitor is remembered.
pub(crate) const UNIQUE_FOR: TimeDelta = TimeDelta::hours(24);

/// The click that was recorded.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "RecordClickPayload")]
pub struct RecordedClick {
    /// The click.
    pub click: click::row::Model,
    /// Where to send the visitor: the offer's URL with the click's id filled in.
    pub destination: String,
}

/// A visit whose parts were checked.
#[derive(Clone, Debug)]
pub struct Visit {
    pub(crate) sub_id: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) visitor_hash: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) referrer: Option<String>,
    pub(crate) device: Device,
}

/// Writes clicks, and tells those who watch.
#[derive(Debug)]
pub struct Recorder(Events);

impl Recorder {
    /// Starts the tasks that write; at most `queue` clicks wait.
    pub fn start(db: &Db, events: &Events, queue: usize) -> GroupCommit<Self> {
        let limits = Limits { waiting: queue, batch: 1_000, transactions: 2, retry_after: 1, singly: false };
        GroupCommit::start(db, Self(events.clone()), limits)
    }
}

impl WriteBatch for Recorder {
    type Item = Visit;
    type Written = RecordedClick;

    async fn write(&self, db: &Db, visits: &[Visit]) -> Result<Vec<Result<RecordedClick>>> {
        write(db, &self.0, visits).await.inspect_err(|error| {
            // That the database is down is logged once, where it is found out.
            if error.code != ErrorCode::Unavailable {
                tracing::error!(%error, cause = ?error.cause(), clicks = visits.len(), "clicks could not be written");
            }
        })
    }
}

/// What became of each visit.
async fn write(db: &Db, events: &Events, visits: &[Visit]) -> Result<Vec<Result<RecordedClick>>> {
    let transaction = db.begin().await?;
    let links = links(&transaction, visits).await?;
    let mut seen = HashSet::new();
    let mut clicks = Vec::with_capacity(visits.len());
    let mut outcomes = Vec::with_capacity(visits.len());
    for visit in visits {
        outcomes.push(match links.get(&visit.sub_id) {
            // What leads nowhere is no click.
            Some((link, Some(target))) => {
                let is_first = visit.visitor_hash.as_ref().is_none_or(|visitor| seen.insert((&link.id, visitor)));
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
        let event = |click: &click::row::Model| Event::ClickRecorded { id: click.id, affiliate_id: click.affiliate_id };
        events.publish_all(clicks.iter().map(event).collect());
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
        summary::rules::of(&click.sub_id, click.affiliate_id, *click.created_at, Change::CLICK)
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

fn row(link: &Link, visit: &Visit, is_unique: bool) -> click::row::Model {
    let Visit { sub_id, at, visitor_hash, user_agent, country_code, referrer, device } = visit.clone();
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
        created_at: at.into(),
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
