//! Who still calls which legacy route, so that a route can be closed on evidence.
//!
//! A call costs one look into a map. What was counted is added to the table in batches, by every replica. The number of
//! clients is bounded: beyond it, calls are still counted, but under one name for all the others.

use std::collections::{BTreeMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};

use super::calls::{Key, OTHERS, Tally};
use crate::{
    prelude::rules::*,
    usage::row::{ActiveModel, Column, Entity, Model},
};

/// Clients of one API that are counted by name.
pub const MAX_CLIENTS: usize = 100;
/// Rows of one statement.
const BATCH: usize = 200;
/// Days after its last call that a client is forgotten.
const KEPT_DAYS: i64 = 400;

/// Adds what was counted to the table; says how many rows that touched. What can't be stored now is kept for later.
pub async fn store(domain: &Domain) -> Result<u64> {
    let taken = domain.legacy_calls.take();
    if taken.is_empty() {
        return Ok(0);
    }
    let stored = add_to_table(domain, &taken).await;
    if stored.is_err() {
        for (key, tally) in taken {
            domain.legacy_calls.add(key, tally);
        }
    }
    stored
}

async fn add_to_table(domain: &Domain, taken: &BTreeMap<Key, Tally>) -> Result<u64> {
    let transaction = domain.db.begin().await?;
    let apis: HashSet<&str> = taken.keys().map(|key| key.api).collect();
    let known: Vec<(String, String)> = Entity::find()
        .select_only()
        .columns([Column::Api, Column::Client])
        .distinct()
        .filter(Column::Api.is_in(apis))
        .into_tuple()
        .all(&transaction)
        .await?;
    let mut known: HashSet<(String, String)> = known.into_iter().collect();
    let mut rows: BTreeMap<Key, Tally> = BTreeMap::new();
    for (key, tally) in taken {
        let mut key = key.clone();
        let client = (key.api.to_owned(), key.client.clone());
        let of_api = known.iter().filter(|(api, _)| *api == key.api).count();
        if known.contains(&client) || of_api < MAX_CLIENTS {
            known.insert(client);
        } else {
            OTHERS.clone_into(&mut key.client);
        }
        rows.entry(key).and_modify(|row| row.join(*tally)).or_insert(*tally);
    }
    let rows: Vec<(Key, Tally)> = rows.into_iter().collect();
    for batch in rows.chunks(BATCH) {
        let mut sums = OnConflict::columns([Column::Api, Column::Operation, Column::Client]);
        sums.value(
            Column::Requests,
            Expr::col((Entity, Column::Requests)).add(Expr::col(("excluded", Column::Requests))),
        );
        sums.value(Column::UpdatedAt, Expr::col(("excluded", Column::UpdatedAt)));
        let models = batch.iter().cloned().map(|(Key { api, operation, client }, tally)| {
            let Tally { realm, requests, first, last } = tally;
            ActiveModel {
                realm: Set(realm),
                api: Set(api.to_owned()),
                operation: Set(operation),
                client: Set(client),
                requests: Set(requests),
                created_at: Set(first.into()),
                updated_at: Set(last.into()),
                ..Default::default()
            }
        });
        Entity::insert_many(models).on_conflict(sums).exec_without_returning(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(rows.len() as u64)
}

/// Which uses are wanted.
#[derive(Debug, Default, InputObject)]
pub struct LegacyUsageFilter {
    /// Those of this API, by its short name.
    pub api: Option<String>,
    /// Those of this operation.
    pub operation: Option<String>,
    /// Those by this client.
    pub client: Option<String>,
    /// Those that last happened at this time or later.
    pub used_since: Option<DateTime<Utc>>,
}

/// A page of who calls what: in the API of their realm for admins, in all of them for gateway admins. Up to some seconds
/// old.
pub async fn legacy_usage(
    domain: &Domain,
    viewer: &Viewer,
    filter: LegacyUsageFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    let LegacyUsageFilter { api, operation, client, used_since } = filter;
    let select = Entity::visible_to(viewer)
        .apply_if(api, |select, api| select.filter(Column::Api.eq(api)))
        .apply_if(operation, |select, operation| select.filter(Column::Operation.eq(operation)))
        .apply_if(client, |select, client| select.filter(Column::Client.eq(client)))
        .apply_if(used_since, |select, since| select.filter(Column::UpdatedAt.gte(since)));
    listing.of(domain.db.read(), select, Column::Id).await
}

/// Forgets clients that have not called for 400 days; says how many rows that were. For the worker.
pub async fn prune_legacy_usage(domain: &Domain) -> Result<u64> {
    let oldest = domain.clock.now() - TimeDelta::days(KEPT_DAYS);
    Ok(Entity::delete_many().filter(Column::UpdatedAt.lt(oldest)).exec(domain.db.write()).await?.rows_affected)
}
