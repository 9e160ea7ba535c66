//! Reads for many parents in one statement, so that the number of statements never depends on the
//! number of rows. The text of each statement depends on what is selected and on nothing else (the keys are one
//! JSON parameter), so each is prepared once.

use std::collections::HashMap;

use gerbang_kernel::error::{Error, Result};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, JoinType, ModelTrait, QueryFilter, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, Func, FunctionCall, Query, SimpleExpr},
};

use super::{
    beside::Selection,
    by_position::{self, ByPosition, ColumnSet},
    keys::{BatchKey, in_list},
    page::{Page, PageQuery, PageRequest, Sort, pages_of},
};

fn element<K: BatchKey>(backend: DbBackend) -> SimpleExpr {
    Expr::cust(if backend == DbBackend::Postgres { K::ELEMENT } else { "p.value" })
}

fn elements<K: BatchKey>(keys: &[K], backend: DbBackend) -> Result<FunctionCall> {
    let list = serde_json::to_string(keys).map_err(Error::internal)?;
    Ok(if backend == DbBackend::Postgres {
        Func::cust("jsonb_array_elements_text").arg(Expr::cust_with_values("$1::jsonb", [list]))
    } else {
        Func::cust("json_each").arg(list)
    })
}

/// The rows of `select` whose `column` is one of `keys`, by key. One statement.
pub async fn by_key<E, K>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    column: E::Column,
    keys: &[K],
) -> Result<HashMap<K, E::Model>>
where
    E: EntityTrait<Model: ByPosition>,
    K: BatchKey,
{
    columns_by_key(db, select, column, keys, ColumnSet::ALL).await
}

/// As [`by_key`], with these columns at least of each row.
pub async fn columns_by_key<E, K>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    column: E::Column,
    keys: &[K],
    columns: ColumnSet,
) -> Result<HashMap<K, E::Model>>
where
    E: EntityTrait<Model: ByPosition>,
    K: BatchKey,
{
    let (columns, selected) = columns.and(E::Model::without_default()).select(&[column]);
    let select = select.filter(in_list(column, keys, db.get_database_backend())).select_only().columns(selected);
    let rows = by_position::read::<E::Model>(&db.query_all(&select.into_query()).await?, columns)?;
    Ok(rows.into_iter().filter_map(|row| Some((K::from_value(row.get(column))?, row))).collect())
}

/// All rows of `select` whose `column` is one of `keys`, grouped by key, in the order of `select`. One
/// statement. Only for children that are few by nature.
pub async fn all_by_key<E, K>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    column: E::Column,
    keys: &[K],
) -> Result<HashMap<K, Vec<E::Model>>>
where
    E: EntityTrait<Model: ByPosition>,
    K: BatchKey,
{
    let mut groups: HashMap<K, Vec<E::Model>> = HashMap::new();
    for row in by_position::rows(db, select.filter(in_list(column, keys, db.get_database_backend()))).await? {
        if let Some(key) = K::from_value(row.get(column)) {
            groups.entry(key).or_default().push(row);
        }
    }
    Ok(groups)
}

/// The page of `select` that `request` asks for under each parent, of each row what is `selected`. One statement, and a second
/// if `count` and a list goes on behind its page.
pub async fn page_by_parent<E, K>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    Children { parent, sort, key }: Children<E::Column>,
    parents: &[K],
    request: &PageRequest,
    count: bool,
    Selection { columns, beside }: Selection,
) -> Result<HashMap<K, Page<E::Model>>>
where
    E: EntityTrait<Model: ByPosition>,
    K: BatchKey,
{
    let (columns, selected) = columns.and(E::Model::without_default()).select(&[parent, sort.column, key]);
    let query = PageQuery::new(request, sort, key)?;
    let backend = db.get_database_backend();
    let rows_of_parent = query.rows(select.clone().filter(parent.into_expr().eq(element::<K>(backend))));
    let width = selected.len();
    let mut statement = Query::select()
        .columns(selected.into_iter().map(|column| ("c", column)))
        .from_function(elements(parents, backend)?, "p")
        .to_owned();
    if backend == DbBackend::Postgres {
        statement.join_lateral(JoinType::InnerJoin, rows_of_parent.into_query(), "c", Expr::cust("true"));
    } else {
        let keys = rows_of_parent.select_only().column(key).into_query();
        statement.join_as(JoinType::InnerJoin, E::default().table_ref(), "c", Expr::col(("c", key)).in_subquery(keys));
    }
    if let Some(beside) = &beside {
        beside.join(&mut statement, Expr::col(("c", key)), backend);
    }
    statement.order_by(("c", sort.column), query.order()).order_by(("c", key), query.order());
    let found = db.query_all(&statement).await?;
    let rows = by_position::read::<E::Model>(&found, columns)?;
    if let Some(beside) = beside {
        beside.take(&found, width, rows.iter().map(|row| row.get(key)).collect())?;
    }

    let mut groups: HashMap<K, Vec<E::Model>> = HashMap::new();
    for row in rows {
        if let Some(parent) = K::from_value(row.get(parent)) {
            groups.entry(parent).or_default().push(row);
        }
    }
    let known = |parent| query.known_total(groups.get(parent).map_or(0, Vec::len));
    let known: Option<HashMap<K, u64>> = parents.iter().map(|key| Some((key.clone(), known(key)?))).collect();
    let mut totals = match (count, known) {
        (false, _) => HashMap::new(),
        (true, Some(totals)) => totals,
        (true, None) => count_by_parent(db, select, parent, parents).await?,
    };
    let pages = parents.iter().map(|parent| {
        let total = count.then(|| totals.remove(parent).unwrap_or_default());
        (parent.clone(), query.cut(groups.remove(parent).unwrap_or_default()), total)
    });
    Ok(pages_of(&query.cursor_of::<E>(), pages).into_iter().collect())
}

/// The columns of `E`.
pub type ColumnOf<E> = <E as EntityTrait>::Column;
/// A row of `E`.
pub type ModelOf<E> = <E as EntityTrait>::Model;

/// How rows hang on their parents.
#[derive(Clone, Copy, Debug)]
pub struct Children<C> {
    /// The column that names the parent.
    pub parent: C,
    /// How the rows under one parent are sorted.
    pub sort: Sort<C>,
    /// The primary key.
    pub key: C,
}

/// How many rows of `select` each parent has; parents without any are missing. One statement.
pub async fn count_by_parent<E, K>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    parent: E::Column,
    parents: &[K],
) -> Result<HashMap<K, u64>>
where
    E: EntityTrait,
    K: BatchKey,
{
    let backend = db.get_database_backend();
    let statement = select
        .filter(in_list(parent, parents, backend))
        .select_only()
        .column_as(parent, "parent")
        .column_as(Expr::cust("count(*)"), "rows")
        .group_by(parent)
        .into_query();
    let mut counts = HashMap::new();
    for row in db.query_all(&statement).await? {
        let rows: i64 = row.try_get("", "rows")?;
        counts.insert(row.try_get("", "parent")?, rows.unsigned_abs());
    }
    Ok(counts)
}
