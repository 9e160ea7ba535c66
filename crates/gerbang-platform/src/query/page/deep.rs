//! Where a page by number begins that lies deep in a list.
//!
//! Of some tables the database counts rows by ranges of their keys, as it counts all of them (see [`total`](super::super::total)).
//! Where such a table is listed as a whole and by its key, these few numbers are added up to the range in which the page begins,
//! and only rows of that range are passed over. Which tables these are is for the migrations to say. They are read by a statement
//! of their own: who adds or removes rows before the page in that moment shifts it, as between two pages.

use gerbang_kernel::error::Result;
use sea_orm::{ColumnTrait, ColumnType, ConnectionTrait, EntityTrait, Select, Statement, sea_query::SimpleExpr};

use crate::query::total::{keys_of, scope_of};

/// Keys of one range.
const RANGE: i64 = 4_096;
/// What their counts are called before the number of the range, and what comes behind all of these names.
const PREFIX: &str = "id/4096=";
const BEHIND: &str = "id/4096>";

/// A place before a page.
pub(super) struct Start {
    /// The rows from there on.
    pub(super) onwards: SimpleExpr,
    /// How many precede it.
    pub(super) rows_before: u64,
}

/// A place shortly before the row that `offset` others precede in `select` by its key, if the database knows one.
pub(super) async fn start<E: EntityTrait>(
    db: &impl ConnectionTrait,
    select: &Select<E>,
    key: E::Column,
    descending: bool,
    offset: u64,
) -> Result<Option<Start>> {
    let backend = db.get_database_backend();
    let is_number = matches!(key.def().get_column_type(), ColumnType::BigInteger);
    if !is_number || scope_of(&keys_of(select, key), key, backend).as_deref() != Some("") {
        return Ok(None);
    }
    let number = PREFIX.len() + 1;
    let direction = if descending { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT key_range, rows_before FROM (
            SELECT key_range, CAST(sum(size) OVER (ORDER BY key_range {direction}) - size AS bigint) AS rows_before FROM (
                SELECT CAST(substr(scope, {number}) AS bigint) AS key_range, sum(row_count) AS size FROM row_counts
                WHERE list = $1 AND scope > $2 AND scope < $3 GROUP BY 1
            ) sizes
        ) places WHERE rows_before <= $4 ORDER BY rows_before DESC LIMIT 1"
    );
    let offset = i64::try_from(offset).unwrap_or(i64::MAX);
    let values = [E::default().table_name().into(), PREFIX.into(), BEHIND.into(), offset.into()];
    let Some(row) = db.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await? else {
        return Ok(None);
    };
    let (key_range, rows_before): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let first = key_range * RANGE;
    let onwards = if descending { key.lte(first + (RANGE - 1)) } else { key.gte(first) };
    Ok(Some(Start { onwards, rows_before: rows_before.unsigned_abs() }))
}
