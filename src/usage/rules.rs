//! Who still calls which legacy route, so that a route can be closed on evidence.
//!
//! A call costs one look into a map. What was counted is added to the table in batches, by every replica. The number of
//! clients is bounded: beyond it, calls are still counted, but under one name for all the others.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::{self, Debug, Formatter},
    mem,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{Page, PageRequest, Sort, paginate};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    accounts::Realm,
    domain::Domain,
    scope::Scoped,
    usage::row::{ActiveModel, Column, Entity, Model},
    viewer::Viewer,
};

/// Clients of one API that are counted by name.
pub const MAX_CLIENTS: usize = 100;
/// What stands for all clients beyond [`MAX_CLIENTS`].
pub const OTHERS: &str = "(others)";
/// What stands for clients that don't say who they are.
pub const UNNAMED: &str = "(unnamed)";
/// Routes and clients that are held between two flushes.
const MAX_HELD: usize = 2_000;
/// Characters of a client's name.
const MAX_NAME_LENGTH: usize = 60;
/// Rows of one statement.
const BATCH: usize = 200;
/// Days after its last call that a client is forgotten.
const KEPT_DAYS: i64 = 400;

/// A call of a legacy route.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The realm whose users the API serves.
    pub realm: Realm,
    /// The API's slug.
    pub api: &'static str,
    /// The name of the route's operation.
    pub operation: &'a str,
    /// The name of the token, else the `User-Agent`, as they were sent.
    pub client: Option<&'a str>,
}

/// In the order in which rows are locked, so that two replicas don't wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    api: &'static str,
    operation: String,
    client: String,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    realm: Realm,
    requests: i64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

impl Tally {
    fn join(&mut self, other: Self) {
        self.requests += other.requests;
        self.first = Ord::min(self.first, other.first);
        self.last = Ord::max(self.last, other.last);
    }
}

/// Calls that were counted and not stored yet.
#[derive(Default)]
pub struct LegacyCalls(Mutex<BTreeMap<Key, Tally>>);

impl LegacyCalls {
    /// Counts a call.
    pub fn count(&self, call: Call<'_>, now: DateTime<Utc>) {
        let Call { realm, api, operation, client } = call;
        let client = client.map_or_else(|| UNNAMED.to_owned(), name_of);
        self.add(
            Key { api, operation: operation.to_owned(), client },
            Tally { realm, requests: 1, first: now, last: now },
        );
    }

    fn add(&self, mut key: Key, tally: Tally) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MAX_HELD && !held.contains_key(&key) {
            // As many routes as there are, at most.
            OTHERS.clone_into(&mut key.client);
        }
        held.entry(key).and_modify(|known| known.join(tally)).or_insert(tally);
    }

    fn take(&self) -> BTreeMap<Key, Tally> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Debug for LegacyCalls {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyCalls").finish_non_exhaustive()
    }
}

/// The product that a `User-Agent` names, with its major version; a browser by its name; any other name as it is.
fn name_of(sent: &str) -> String {
    let sent = sent.trim();
    let name = match sent.split_once('/') {
        Some(("Mozilla", _)) => woothee::parser::Parser::new()
            .parse(sent)
            .filter(|parsed| parsed.name != woothee::woothee::VALUE_UNKNOWN)
            .map_or_else(|| "browser".to_owned(), |parsed| parsed.name.to_owned()),
        Some((product, version)) if !product.contains(' ') => {
            let major: String = version.chars().take_while(char::is_ascii_digit).collect();
            if major.is_empty() { product.to_owned() } else { format!("{product}/{major}") }
        }
        _ => sent.to_owned(),
    };
    let shown: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_LENGTH).collect();
    if shown.trim().is_empty() { UNNAMED.to_owned() } else { shown }
}

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
                created_at: Set(first),
                updated_at: Set(last),
                ..Default::default()
            }
        });
        Entity::insert_many(models).on_conflict(sums).exec_without_returning(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(rows.len() as u64)
}

/// Which calls are wanted.
#[derive(Clone, Debug, Default)]
pub struct UsageFilter {
    /// Of this API, by its slug.
    pub api: Option<String>,
    /// Of this operation.
    pub operation: Option<String>,
    /// By this client.
    pub client: Option<String>,
    /// Used at this time or later.
    pub used_since: Option<DateTime<Utc>>,
}

/// A page of who calls what: in the API of their realm for admins, in all of them for gateway admins. Up to some seconds
/// old.
pub async fn legacy_usage(
    domain: &Domain,
    viewer: &Viewer,
    filter: UsageFilter,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    let UsageFilter { api, operation, client, used_since } = filter;
    let select = Entity::visible_to(viewer)
        .apply_if(api, |select, api| select.filter(Column::Api.eq(api)))
        .apply_if(operation, |select, operation| select.filter(Column::Operation.eq(operation)))
        .apply_if(client, |select, client| select.filter(Column::Client.eq(client)))
        .apply_if(used_since, |select, since| select.filter(Column::UpdatedAt.gte(since)));
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// Forgets clients that have not called for 400 days; says how many rows that were. For the worker.
pub async fn prune_legacy_usage(domain: &Domain) -> Result<u64> {
    let oldest = domain.clock.now() - TimeDelta::days(KEPT_DAYS);
    Ok(Entity::delete_many().filter(Column::UpdatedAt.lt(oldest)).exec(domain.db.write()).await?.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_named_by_the_product_of_their_user_agent() {
        for (sent, expected) in [
            ("okhttp/4.9.1", "okhttp/4"),
            ("mobile_app", "mobile_app"),
            (" John's phone ", "John's phone"),
            ("MyApp/beta", "MyApp"),
            ("Dalvik/2.1.0 (Linux; U; Android 9)", "Dalvik/2"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox"),
            ("Mozilla/5.0", "browser"),
            ("\n\t ", UNNAMED),
        ] {
            assert_eq!(name_of(sent), expected, "{sent}");
        }
        assert_eq!(name_of(&"x".repeat(500)).len(), MAX_NAME_LENGTH);
    }

    #[test]
    fn the_calls_held_in_memory_are_bounded() {
        let calls = LegacyCalls::default();
        let now = DateTime::from_timestamp_nanos(0);
        for number in 0..2 * MAX_HELD {
            let client = format!("client {number}");
            let call = Call { realm: Realm::Staff, api: "staff", operation: "ListStaff", client: Some(&client) };
            calls.count(call, now);
        }
        let held = calls.take();
        assert_eq!(held.len(), MAX_HELD + 1);
        let total: i64 = held.values().map(|tally| tally.requests).sum();
        assert_eq!(usize::try_from(total).unwrap(), 2 * MAX_HELD);
        assert!(calls.take().is_empty());
    }
}
