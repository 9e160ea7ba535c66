//! Removing many rows, some at a time: one statement for all of them would hold its locks, and on SQLite everybody who
//! writes, for as long as it takes.

use std::time::Duration;

use gerbang_kernel::error::Result;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::IntoCondition};

use crate::db::Db;

/// Rows that are removed at once.
const BATCH: u64 = 1_000;
/// Between two removals, so that others can write.
const INTERVAL: Duration = Duration::from_millis(20);

/// Removes the rows that meet `condition`, told apart by `key`; says how many. What another does so at the same time is
/// left to it.
///
/// # Errors
/// When the database fails; what was removed until then is.
pub async fn remove<E: EntityTrait>(db: &Db, key: E::Column, condition: impl IntoCondition) -> Result<u64> {
    let batch = E::find().select_only().column(key).filter(condition).limit(BATCH).into_query();
    let mut removed = 0;
    loop {
        let rows = E::delete_many().filter(key.in_subquery(batch.clone())).exec(db.write()).await?.rows_affected;
        removed += rows;
        if rows < BATCH {
            return Ok(removed);
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
