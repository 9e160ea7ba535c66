//! Recomputes the hourly sums from clicks and leads, hour by hour, while a server goes on working.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, ModelTrait,
    sea_query::{Expr, OnConflict},
};

use super::rules::hour_of;
use crate::{
    prelude::rules::*,
    tracking::{
        click::{self, retention_row::ONLY},
        lead,
        summary::row::{Column, Entity, Model},
    },
};

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Hours that were looked at.
    pub hours: u64,
    /// Rows that were wrong, missing or too many, and are right now.
    pub rows: u64,
    /// Of the hours, those whose clicks were removed: they can't be counted any more, so their number is kept.
    pub without_clicks: u64,
}

/// Recomputes the sums of every hour. `progress` is called with how many hours are done, of how many.
///
/// Each hour is a transaction of its own that nobody else changes sums in, so that a server may go on working. Where
/// clicks have been removed by [`crate::tracking::click::retention`], their number stays as it stands.
pub async fn repair_summaries(domain: &Domain, mut progress: impl FnMut(u64, u64)) -> Result<Repaired> {
    let mut repaired = Repaired::default();
    let Some(first) = first_hour(domain).await? else { return Ok(repaired) };
    let last = hour_of(domain.clock.now())?;
    let hours = u64::try_from((last - first).num_hours() + 1).unwrap_or_default();
    let mut hour = first;
    while hour <= last {
        let (rows, has_clicks) = repair(domain, hour).await?;
        repaired.rows += rows;
        repaired.without_clicks += u64::from(!has_clicks);
        repaired.hours += 1;
        hour += TimeDelta::hours(1);
        progress(repaired.hours, hours.max(repaired.hours));
    }
    Ok(repaired)
}

/// The hour of the oldest click, lead or sum.
async fn first_hour(domain: &Domain) -> Result<Option<DateTime<Utc>>> {
    type Oldest = Option<Option<DateTime<Utc>>>;
    let db = domain.db.read();
    let click: Oldest = click::row::Entity::find()
        .select_only()
        .column_as(click::row::Column::CreatedAt.min(), "at")
        .into_tuple()
        .one(db)
        .await?;
    let lead: Oldest = lead::row::Entity::find()
        .select_only()
        .column_as(lead::row::Column::CreatedAt.min(), "at")
        .into_tuple()
        .one(db)
        .await?;
    let sum: Oldest = Entity::find().select_only().column_as(Column::Hour.min(), "at").into_tuple().one(db).await?;
    [click, lead, sum].into_iter().flatten().flatten().min().map(hour_of).transpose()
}

/// Repairs one hour; says how many rows were wrong, and whether its clicks are still there.
async fn repair(domain: &Domain, hour: DateTime<Utc>) -> Result<(u64, bool)> {
    let transaction = domain.db.begin().await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // Waits for transactions that have changed sums and blocks others; readers are not blocked.
        transaction.execute_unprepared("lock table click_summaries in share row exclusive mode").await?;
    }
    let kept: BTreeMap<String, Model> = Entity::find()
        .filter(Column::Hour.eq(hour))
        .all(&transaction)
        .await?
        .into_iter()
        .map(|row| (row.sub_id.clone(), row))
        .collect();
    let (right, has_clicks) = sums(&transaction, hour, &kept).await?;
    let mut changed = 0;
    for row in right.values().filter(|row| kept.get(&row.sub_id) != Some(*row)) {
        let columns = [Column::AffiliateId, Column::Clicks, Column::Leads, Column::ApprovedLeads, Column::PayoutMicros];
        let again = OnConflict::columns([Column::SubId, Column::Hour]).update_columns(columns).to_owned();
        let row = row.clone().into_active_model().reset_all();
        Entity::insert(row).on_conflict(again).exec_without_returning(&transaction).await?;
        changed += 1;
    }
    for (_, row) in kept.into_iter().filter(|(sub_id, row)| !right.contains_key(sub_id) && *row != empty(row, hour)) {
        row.delete(&transaction).await?;
        changed += 1;
    }
    transaction.commit().await?;
    Ok((changed, has_clicks))
}

#[derive(FromQueryResult)]
struct ClickSum {
    sub_id: String,
    affiliate_id: i64,
    clicks: i64,
}

#[derive(FromQueryResult)]
struct LeadSum {
    sub_id: String,
    affiliate_id: i64,
    leads: i64,
    approved_leads: i64,
    payout_micros: i64,
}

/// The sums of the hour as they should stand, and whether its clicks are still there.
async fn sums(
    transaction: &DatabaseTransaction,
    hour: DateTime<Utc>,
    kept: &BTreeMap<String, Model>,
) -> Result<(BTreeMap<String, Model>, bool)> {
    let next = hour + TimeDelta::hours(1);
    let clicks = click::row::Entity::find()
        .select_only()
        .columns([click::row::Column::SubId, click::row::Column::AffiliateId])
        .column_as(click::row::Column::Id.count(), "clicks")
        .filter(click::row::Column::CreatedAt.gte(hour))
        .filter(click::row::Column::CreatedAt.lt(next))
        .group_by(click::row::Column::SubId)
        .group_by(click::row::Column::AffiliateId)
        .into_model::<ClickSum>()
        .all(transaction)
        .await?;
    let leads = lead::row::Entity::find()
        .select_only()
        .columns([lead::row::Column::SubId, lead::row::Column::AffiliateId])
        .column_as(lead::row::Column::Id.count(), "leads")
        .column_as(approved("1"), "approved_leads")
        .column_as(approved("payout_micros"), "payout_micros")
        .filter(lead::row::Column::CreatedAt.gte(hour))
        .filter(lead::row::Column::CreatedAt.lt(next))
        .group_by(lead::row::Column::SubId)
        .group_by(lead::row::Column::AffiliateId)
        .into_model::<LeadSum>()
        .all(transaction)
        .await?;
    // Asked after the clicks were counted: if none had been removed until now, none was missing then.
    let retention = click::retention_row::Entity::find_by_id(ONLY).one(transaction).await?;
    let mut sums = BTreeMap::new();
    let has_clicks = retention.is_none_or(|retention| hour >= retention.removed_before);
    if has_clicks {
        for ClickSum { sub_id, affiliate_id, clicks } in clicks {
            sums.insert(sub_id.clone(), Model { clicks, ..new(sub_id, affiliate_id, hour) });
        }
    } else {
        for row in kept.values().filter(|row| row.clicks > 0) {
            sums.insert(row.sub_id.clone(), Model { clicks: row.clicks, ..empty(row, hour) });
        }
    }
    for LeadSum { sub_id, affiliate_id, leads, approved_leads, payout_micros } in leads {
        let row = sums.entry(sub_id.clone()).or_insert_with(|| new(sub_id, affiliate_id, hour));
        (row.leads, row.approved_leads, row.payout_micros) = (leads, approved_leads, payout_micros);
    }
    Ok((sums, has_clicks))
}

/// The sum of something over approved leads. PostgreSQL sums whole numbers to a decimal.
fn approved(what: &'static str) -> Expr {
    Expr::cust(format!("cast(sum(case when status = 'approved' then {what} else 0 end) as bigint)"))
}

fn new(sub_id: String, affiliate_id: i64, hour: DateTime<Utc>) -> Model {
    Model { sub_id, hour, affiliate_id, clicks: 0, leads: 0, approved_leads: 0, payout_micros: 0 }
}

fn empty(row: &Model, hour: DateTime<Utc>) -> Model {
    new(row.sub_id.clone(), row.affiliate_id, hour)
}
