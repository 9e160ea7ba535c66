//! How many rows a list has.
//!
//! The database keeps some counts itself, by triggers, in the table `row_counts`: of a whole table, and of the rows that have
//! certain values in certain columns. Where a list is one of those, its total is a sum of a few numbers; any other is
//! counted. Which are kept is for the migrations to say: a count that is not there is made.

use std::collections::BTreeMap;

use gerbang_kernel::error::Result;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr},
};

/// The number of rows of `select`, which is a list of rows told apart by `key`: neither joined nor grouped.
pub async fn total<E: EntityTrait>(db: &impl ConnectionTrait, select: &Select<E>, key: E::Column) -> Result<u64> {
    let counted = keys_of(select, key).select_only().expr(Expr::cust("count(*)")).into_query();
    let statement = match kept_total(select, key, db.get_database_backend()) {
        Some(kept) => Query::select().expr(Func::coalesce([kept, counted.into()])).take(),
        None => counted,
    };
    let row = db.query_one(&statement).await?;
    let total: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(total.unsigned_abs())
}

/// The same as a column, if these are rows that may be counted by the database itself; null if it does not count them.
pub(super) fn kept_total<E: EntityTrait>(select: &Select<E>, key: E::Column, backend: DbBackend) -> Option<SimpleExpr> {
    let scope = scope_of(&keys_of(select, key), key, backend)?;
    Some(kept(E::default().table_name(), scope).into())
}

/// Puts the parts of each kept count together, which become as many as write at once; those that somebody is writing to stay.
/// Says how many counts there were. One part is kept and the others are added to it, so that who waits for it finds it.
pub async fn merge_kept_counts(db: &impl ConnectionTrait) -> Result<u64> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(0);
    }
    let sql = "WITH several AS (SELECT list, scope FROM row_counts GROUP BY list, scope HAVING count(*) > 1),
        free AS (SELECT list, scope, shard FROM row_counts JOIN several USING (list, scope) FOR UPDATE OF row_counts SKIP LOCKED),
        kept AS (SELECT list, scope, min(shard) AS shard FROM free GROUP BY list, scope HAVING count(*) > 1),
        gone AS (DELETE FROM row_counts USING free JOIN kept USING (list, scope) WHERE row_counts.list = free.list
            AND row_counts.scope = free.scope AND row_counts.shard = free.shard AND free.shard <> kept.shard
            RETURNING row_counts.list, row_counts.scope, row_counts.row_count),
        sums AS (SELECT list, scope, sum(row_count) AS row_count FROM gone GROUP BY list, scope)
        UPDATE row_counts SET row_count = row_counts.row_count + sums.row_count FROM sums JOIN kept USING (list, scope)
            WHERE row_counts.list = kept.list AND row_counts.scope = kept.scope AND row_counts.shard = kept.shard";
    Ok(db.execute_unprepared(sql).await?.rows_affected())
}

/// The keys of the rows of a list.
pub(super) fn keys_of<E: EntityTrait>(select: &Select<E>, key: E::Column) -> Select<E> {
    select.clone().select_only().column(key)
}

/// What the database keeps about these rows of a list; null if it keeps none.
fn kept(list: &str, scope: String) -> SelectStatement {
    Query::select()
        .expr(Func::sum(Expr::col("row_count")).cast_as(Alias::new("bigint")))
        .from("row_counts")
        .and_where(Expr::col("list").eq(list))
        .and_where(Expr::col("scope").eq(scope))
        .take()
}

/// How `row_counts` calls these rows: all, or those with certain values in certain columns, `active=true` or
/// `realm=notary&role=customer`; `None` if they are others.
pub(super) fn scope_of<E: EntityTrait>(keys: &Select<E>, key: E::Column, backend: DbBackend) -> Option<String> {
    let all = E::find().select_only().column(key).build(backend).sql;
    let statement = keys.build(backend);
    let condition = statement.sql.strip_prefix(&all)?;
    let condition = condition.strip_prefix(" WHERE ").unwrap_or(condition);
    let condition = condition.strip_prefix("TRUE AND ").unwrap_or(condition);
    if matches!(condition, "" | "TRUE") {
        return Some(String::new());
    }
    let values = statement.values?.0;
    let (column_begins, equations) = (format!("\"{}\".\"", E::default().table_name()), condition.split(" AND "));
    let mut columns = BTreeMap::new();
    if equations.clone().count() != values.len() {
        return None;
    }
    for ((number, equation), value) in (1..).zip(equations).zip(&values) {
        let place = if backend == DbBackend::Postgres { format!("\" = ${number}") } else { "\" = ?".to_owned() };
        let column = equation.strip_prefix(&column_begins)?.strip_suffix(&place)?;
        let is_name = column.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_');
        let value = value_in_scope(value, backend).filter(|_| is_name)?;
        if columns.insert(column, value.clone()).is_some_and(|other| other != value) {
            return None;
        }
    }
    Some(columns.into_iter().map(|(column, value)| format!("{column}={value}")).collect::<Vec<_>>().join("&"))
}

fn value_in_scope(value: &Value, backend: DbBackend) -> Option<String> {
    Some(match value {
        Value::BigInt(Some(number)) => number.to_string(),
        Value::Bool(Some(truth)) if backend == DbBackend::Postgres => truth.to_string(),
        Value::Bool(Some(truth)) => u8::from(*truth).to_string(),
        Value::String(Some(text)) => text.clone(),
        _ => return None,
    })
}
