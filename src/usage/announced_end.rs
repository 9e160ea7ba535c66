//! Since when the end of a legacy API or operation is announced. Answers tell the day in `Deprecation`, and it stays the
//! same when a server starts again, or another beside it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use gerbang_kernel::error::Result;
use sea_orm::{ActiveValue::Set, sea_query::OnConflict};

use crate::{domain::Domain, prelude::row::*};

/// The row of `announced_ends`.
#[row(table = "announced_ends")]
pub struct Model {
    /// The slug of the API, or the operation's name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The day, UTC, on which a server first started with it in its settings.
    pub first_seen_at: DateTimeUtc,
}

/// The days on which these ends were first seen; today for what was not seen before.
pub async fn first_seen(domain: &Domain, names: Vec<String>) -> Result<BTreeMap<String, DateTime<Utc>>> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let today = domain.clock.now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let rows = names.iter().map(|name| ActiveModel { name: Set(name.clone()), first_seen_at: Set(today) });
    let seen_before = OnConflict::column(Column::Name).do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(seen_before).exec_without_returning(domain.db.write()).await?;
    let rows = Entity::find().filter(Column::Name.is_in(names)).all(domain.db.write()).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.first_seen_at)).collect())
}
