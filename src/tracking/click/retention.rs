//! Removes old clicks: whole months at once where each is a table, others a few at a time. Their sums are kept, and so are
//! clicks that turned into leads: those are about money.

use std::time::Duration;

use gerbang_platform::query::keys::in_list;
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use crate::{
    config::Tracking,
    prelude::rules::*,
    tracking::{
        click::{
            months::{Removal, month_of, remove_months},
            retention_row::ONLY,
            row::{Column, Entity},
        },
        lead,
        summary::rules::hour_of,
    },
};

/// Clicks that are looked at in one transaction.
const BATCH: u64 = 1_000;
/// Between two transactions, so that others can write.
const BATCH_INTERVAL: Duration = Duration::from_millis(20);

/// Removes the clicks that are older than the settings say; says how many. For the worker.
pub async fn prune_clicks(domain: &Domain) -> Result<u64> {
    let Tracking { retention_days, retention_by_month, .. } = domain.config.tracking;
    if retention_days == 0 {
        return Ok(0);
    }
    // Whole hours, as the sums are.
    let before = hour_of(domain.clock.now() - TimeDelta::days(retention_days.into()))?;
    let before = if retention_by_month { month_of(before)? } else { before };
    let cleared_before = mark_removal_started(domain, before).await?;
    let Removal { clicks: mut removed, is_postponed } = remove_months(domain, cleared_before, before).await?;
    if is_postponed {
        return Ok(removed);
    }
    let mut last = cleared_before.map(|from| (from, 0));
    loop {
        let page = page(domain, before, last).await?;
        let ids: Vec<i64> = page.iter().map(|(_, id)| *id).collect();
        removed += remove(domain, &ids).await?;
        last = page.last().copied();
        if (page.len() as u64) < BATCH {
            break;
        }
        tokio::time::sleep(BATCH_INTERVAL).await;
    }
    mark_removed(domain, before).await?;
    Ok(removed)
}

/// Stores up to which time clicks are removed before the first one is; gives the time up to which they all are already.
async fn mark_removal_started(domain: &Domain, before: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    use super::retention_row::{ActiveModel, Column, Entity};
    let transaction = domain.db.begin().await?;
    let found = Entity::find_by_id(ONLY).lock_exclusive().one(&transaction).await?;
    let known = found.as_ref().map(|row| row.removed_before);
    // A longer retention brings nothing back.
    let removed_before = known.map_or(before, |known| Ord::max(known, before));
    let cleared_before = found.and_then(|row| row.cleared_before);
    let row = ActiveModel { id: Set(ONLY), removed_before: Set(removed_before), cleared_before: Set(cleared_before) };
    let again = OnConflict::column(Column::Id).update_column(Column::RemovedBefore).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    Ok(cleared_before)
}

async fn page(
    domain: &Domain,
    before: DateTime<Utc>,
    last: Option<(DateTime<Utc>, i64)>,
) -> Result<Vec<(DateTime<Utc>, i64)>> {
    let page = Entity::find()
        .select_only()
        .columns([Column::CreatedAt, Column::Id])
        .filter(Column::CreatedAt.lt(before))
        .apply_if(last, |select, (at, id)| {
            let later_then = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.gt(id));
            // The first part alone leads through the index.
            let behind = Condition::any().add(Column::CreatedAt.gt(at)).add(later_then);
            select.filter(Column::CreatedAt.gte(at)).filter(behind)
        })
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .into_tuple();
    Ok(page.all(domain.db.read()).await?)
}

async fn remove(domain: &Domain, ids: &[i64]) -> Result<u64> {
    let led_to = Expr::col((lead::row::Entity, lead::row::Column::ClickId)).equals((Entity, Column::Id));
    let leads = Query::select().expr(Expr::value(1)).from(lead::row::Entity).and_where(led_to).take();
    let clicks =
        Entity::delete_many().filter(in_list(Column::Id, ids, domain.db.backend())).filter(Expr::exists(leads).not());
    Ok(clicks.exec(domain.db.write()).await?.rows_affected)
}

async fn mark_removed(domain: &Domain, before: DateTime<Utc>) -> Result<()> {
    use super::retention_row::{Column, Entity};
    let further = Condition::any().add(Column::ClearedBefore.is_null()).add(Column::ClearedBefore.lt(before));
    Entity::update_many()
        .col_expr(Column::ClearedBefore, Expr::value(before))
        .filter(Column::Id.eq(ONLY))
        .filter(further)
        .exec(domain.db.write())
        .await?;
    Ok(())
}
