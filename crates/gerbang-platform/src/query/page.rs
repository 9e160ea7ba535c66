//! One page of a list: by cursor (keyset) for GraphQL, by number for the legacy APIs.
//!
//! A cursor holds the sort value and the key of its row, so pages stay right while rows come and go and
//! the hundredth page costs what the first does.

mod deep;
pub mod held;

use std::{ops::Range, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
pub use gerbang_kernel::page::PageInput;
use gerbang_kernel::{
    error::{Error, Result, Rule, Violation},
    page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE},
    text::UNSTORABLE,
};
use sea_orm::{
    ColumnTrait, ColumnType, Condition, ConnectionTrait, EntityTrait, ExprTrait, Iterable, JoinType, ModelTrait, Order,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Expr, IntoCondition},
};

use super::{
    by_position::{self, ByPosition, ColumnSet},
    total::{kept_total, total},
};

gerbang_kernel::custom_rule! {
    /// A cursor is one that this list has given.
    CURSOR: "The cursor does not belong to this list.", "Kursor bukan milik daftar ini."
}

/// Rows before a page from which on it is found by its keys.
const DEEP: u64 = 1_000;

/// Which rows of a list are wanted. Build it with [`PageRequest::new`], which checks it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageRequest {
    first: Option<u64>,
    after: Option<String>,
    last: Option<u64>,
    before: Option<String>,
    page: Option<u64>,
    per_page: Option<u64>,
    /// Whether nobody wants to know if the list goes on.
    only_rows: bool,
}

impl PageRequest {
    /// Checks the arguments.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` for a negative number, more than [`MAX_PAGE_SIZE`] rows, or a page before the first.
    pub fn new(input: PageInput) -> Result<Self> {
        let PageInput { first, after, last, before, page, per_page } = input;
        let mut violations = Vec::new();
        let mut number = |name: &'static str, value: Option<i32>, min: i64, max: Option<u64>| {
            let value = i64::from(value?);
            if value < min {
                violations.push(Violation::new(name, Rule::Min(min)));
            } else if let Some(max) = max.filter(|max| value.unsigned_abs() > *max) {
                violations.push(Violation::new(name, Rule::Max(i64::try_from(max).unwrap_or(i64::MAX))));
            }
            Some(value.unsigned_abs())
        };
        let request = Self {
            first: number("first", first, 0, Some(MAX_PAGE_SIZE)),
            after,
            last: number("last", last, 0, Some(MAX_PAGE_SIZE)),
            before,
            page: number("page", page, 1, None),
            per_page: number("perPage", per_page, 1, Some(MAX_PAGE_SIZE)),
            only_rows: false,
        };
        if violations.is_empty() { Ok(request) } else { Err(Error::invalid(violations)) }
    }

    /// The same page, of which nobody is told whether rows follow or precede it: there may be none read to find that out.
    #[must_use]
    pub fn only_rows(self) -> Self {
        Self { only_rows: true, ..self }
    }

    /// Whether a page by number is wanted.
    const fn is_numbered(&self) -> bool {
        self.page.is_some() || self.per_page.is_some()
    }
}

/// A column to sort by (it must not be nullable) and the direction; ties are broken by the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort<C> {
    /// The column.
    pub column: C,
    /// Largest, latest or last letter first.
    pub descending: bool,
}

impl<C> Sort<C> {
    /// Smallest first.
    pub const fn ascending(column: C) -> Self {
        Self { column, descending: false }
    }

    /// Largest first.
    pub const fn descending(column: C) -> Self {
        Self { column, descending: true }
    }
}

/// What is asked of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listing<C> {
    /// What it is sorted by and which way.
    pub sort: Sort<C>,
    /// Which page of it.
    pub request: PageRequest,
    /// Whether all its rows are to be counted.
    pub count: bool,
}

impl<C> Listing<C> {
    /// The page of `select`, whose rows are told apart by `key`.
    pub async fn of<E>(&self, db: &impl ConnectionTrait, select: Select<E>, key: C) -> Result<Page<E::Model>>
    where
        E: EntityTrait<Column = C, Model: ByPosition + Sync>,
        C: ColumnTrait,
    {
        paginate(db, select, self.sort, key, &self.request, self.count).await
    }
}

/// Makes the cursor of a row.
pub(super) type CursorOf<M> = Arc<dyn Fn(&M) -> String + Send + Sync>;

/// Rows with a cursor each, and whether there are more. Cheap to clone.
pub struct Page<M> {
    /// Those of this page, and perhaps of others that were read with it.
    rows: Arc<Vec<M>>,
    range: Range<usize>,
    cursor: Option<CursorOf<M>>,
    /// Whether rows follow.
    pub has_next: bool,
    /// Whether rows precede (known for sure when paging backwards or by number).
    pub has_previous: bool,
    /// The count of all rows of the list, if it was asked for.
    pub total: Option<u64>,
}

impl<M> Page<M> {
    /// The rows in order.
    pub fn rows(&self) -> &[M] {
        &self.rows[self.range.clone()]
    }

    /// The place of a row in the list.
    pub fn cursor(&self, row: &M) -> String {
        self.cursor.as_ref().map(|cursor| cursor(row)).unwrap_or_default()
    }
}

impl<M> Default for Page<M> {
    fn default() -> Self {
        Self { rows: Arc::default(), range: 0..0, cursor: None, has_next: false, has_previous: false, total: None }
    }
}

impl<M> Clone for Page<M> {
    fn clone(&self) -> Self {
        let Self { ref rows, ref range, ref cursor, has_next, has_previous, total } = *self;
        Self { rows: Arc::clone(rows), range: range.clone(), cursor: cursor.clone(), has_next, has_previous, total }
    }
}

/// The rows of one page, before they stand among those of others.
pub(super) struct PageRows<M> {
    pub(super) rows: Vec<M>,
    has_next: bool,
    has_previous: bool,
}

/// Pages that were read together.
pub(super) fn pages_of<M, K>(
    cursor: &CursorOf<M>,
    pages: impl IntoIterator<Item = (K, PageRows<M>, Option<u64>)>,
) -> Vec<(K, Page<M>)> {
    let mut all = Vec::new();
    let mut parts = Vec::new();
    for (key, PageRows { rows, has_next, has_previous }, total) in pages {
        let start = all.len();
        all.extend(rows);
        parts.push((key, start..all.len(), has_next, has_previous, total));
    }
    let rows = Arc::new(all);
    let page = |(key, range, has_next, has_previous, total)| {
        let (rows, cursor) = (Arc::clone(&rows), Some(Arc::clone(cursor)));
        (key, Page { rows, range, cursor, has_next, has_previous, total })
    };
    parts.into_iter().map(page).collect()
}

/// Reads the page of `select` that `request` asks for; counts the whole list if `count`.
pub async fn paginate<E>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    sort: Sort<E::Column>,
    key: E::Column,
    request: &PageRequest,
    count: bool,
) -> Result<Page<E::Model>>
where
    E: EntityTrait<Model: ByPosition + Sync>,
{
    let query = PageQuery::new(request, sort, key)?;
    let rows = if query.is_deep() { query.deep_rows(db, select.clone()).await? } else { query.rows(select.clone()) };
    let kept = if count { kept_total(&select, key, db.get_database_backend()) } else { None };
    // Behind the columns of the row: one statement instead of two.
    let place = kept.is_some().then(|| E::Column::iter().count());
    let rows = rows.apply_if(kept, |rows, total| rows.expr_as(total, "total"));
    let rows = db.query_all(&rows.into_query()).await?;
    let models = by_position::read::<E::Model>(&rows, ColumnSet::ALL)?;
    let kept = match (rows.first(), place) {
        (Some(row), Some(place)) => row.try_get_by_index::<Option<i64>>(place)?.map(i64::unsigned_abs),
        _ => None,
    };
    let total = match (count, query.known_total(models.len()).or(kept)) {
        (false, _) => None,
        (true, Some(total)) => Some(total),
        (true, None) => Some(total(db, &select, key).await?),
    };
    let page = pages_of(&query.cursor_of::<E>(), [((), query.cut(models), total)]).pop();
    Ok(page.map(|((), page)| page).unwrap_or_default())
}

/// The query for the page of a list that a request asks for.
pub(super) struct PageQuery<'a, C> {
    request: &'a PageRequest,
    cursors: Cursors<C>,
    bounds: Condition,
}

impl<'a, C: ColumnTrait> PageQuery<'a, C> {
    /// Reads the cursors of the request.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` for a cursor of another list.
    pub(super) fn new(request: &'a PageRequest, sort: Sort<C>, key: C) -> Result<Self> {
        let cursors = Cursors { sort, key };
        let mut bounds = Condition::all();
        if !request.is_numbered() {
            if let Some(after) = &request.after {
                bounds = bounds.add(cursors.beyond(after, "after", sort.descending)?);
            }
            if let Some(before) = &request.before {
                bounds = bounds.add(cursors.beyond(before, "before", !sort.descending)?);
            }
        }
        Ok(Self { request, cursors, bounds })
    }

    /// Which way the list is read.
    pub(super) fn order(&self) -> Order {
        if self.cursors.sort.descending == self.is_backwards() { Order::Asc } else { Order::Desc }
    }

    /// The rows of the page and, for who wants to know, one more, which shows whether the list goes on.
    pub(super) fn rows<E: EntityTrait<Column = C>>(&self, select: Select<E>) -> Select<E> {
        let Cursors { sort, key } = self.cursors;
        let rows = select
            .filter(self.bounds.clone())
            .order_by(sort.column, self.order())
            .order_by(key, self.order())
            .limit(self.limit());
        if self.request.is_numbered() { rows.offset(self.offset()) } else { rows }
    }

    /// How many rows the whole list has, if that shows in how many [`Self::rows`] found: they end with it.
    pub(super) fn known_total(&self, found: usize) -> Option<u64> {
        let found = found as u64;
        let offset = if self.request.is_numbered() { self.offset() } else { 0 };
        let ends = found < self.limit() && (found > 0 || offset == 0);
        (ends && self.bounds.is_empty()).then_some(offset + found)
    }

    /// Whether so many rows come before the page that they had better not be read.
    fn is_deep(&self) -> bool {
        self.request.is_numbered() && self.offset() >= DEEP
    }

    /// The same as [`Self::rows`], by way of the keys: what comes before the page is passed over in the index alone, and only
    /// from a place that is known, if there is one.
    async fn deep_rows<E>(&self, db: &impl ConnectionTrait, mut select: Select<E>) -> Result<Select<E>>
    where
        E: EntityTrait<Column = C>,
    {
        let Cursors { sort, key } = self.cursors;
        let mut offset = self.offset();
        if sort.column.as_str() == key.as_str()
            && let Some(start) = deep::start(db, &select, key, sort.descending, offset).await?
        {
            (select, offset) = (select.filter(start.onwards), offset - start.rows_before);
        }
        let keys = self.rows(select.select_only().column_as(key, "key").column_as(sort.column, "sort"));
        let keys = keys.offset(offset).into_query();
        let mut rows = E::find();
        QueryTrait::query(&mut rows)
            .join_subquery(JoinType::InnerJoin, keys, "page", Expr::col(("page", "key")).equals(key.as_column_ref()))
            .order_by(("page", "sort"), self.order())
            .order_by(("page", "key"), self.order());
        Ok(rows)
    }

    /// How its rows get their cursors.
    pub(super) fn cursor_of<E: EntityTrait<Column = C>>(&self) -> CursorOf<E::Model>
    where
        C: 'static,
    {
        let cursors = self.cursors;
        Arc::new(move |row| cursors.encode::<E>(row))
    }

    /// The page of what [`Self::rows`] found.
    pub(super) fn cut<M>(&self, mut models: Vec<M>) -> PageRows<M> {
        let request = self.request;
        let more = models.len() as u64 > self.size();
        models.truncate(usize::try_from(self.size()).unwrap_or(usize::MAX));
        let (mut has_next, mut has_previous) = (more, request.after.is_some());
        if request.is_numbered() {
            has_previous = self.offset() > 0;
        } else if self.is_backwards() {
            models.reverse();
            (has_next, has_previous) = (request.before.is_some(), more);
        } else if let Some(last) = request.last {
            let excess = models.len().saturating_sub(usize::try_from(last).unwrap_or(usize::MAX));
            has_previous |= excess > 0;
            models.drain(..excess);
        }
        PageRows { rows: models, has_next, has_previous }
    }

    fn is_backwards(&self) -> bool {
        !self.request.is_numbered() && self.request.last.is_some() && self.request.first.is_none()
    }

    fn size(&self) -> u64 {
        let PageRequest { first, last, per_page, .. } = *self.request;
        let asked = if self.request.is_numbered() { per_page } else { first.or(last) };
        asked.unwrap_or(DEFAULT_PAGE_SIZE)
    }

    fn limit(&self) -> u64 {
        self.size().saturating_add(u64::from(!self.request.only_rows))
    }

    fn offset(&self) -> u64 {
        (self.request.page.unwrap_or(1) - 1).saturating_mul(self.size())
    }
}

/// Writes and reads the cursors of one list.
#[derive(Clone, Copy)]
pub(super) struct Cursors<C> {
    pub(super) sort: Sort<C>,
    pub(super) key: C,
}

impl<C: ColumnTrait> Cursors<C> {
    fn encode<E: EntityTrait<Column = C>>(&self, model: &E::Model) -> String {
        let parts = [to_json(&model.get(self.sort.column)), to_json(&model.get(self.key))];
        let parts: serde_json::Value = parts.into_iter().chain(self.order().map(Into::into)).collect();
        URL_SAFE_NO_PAD.encode(parts.to_string())
    }

    /// The name of the order, of any but the key's: a value may look like one of another column.
    fn order(&self) -> Option<&str> {
        let (column, key) = (self.sort.column.as_str(), self.key.as_str());
        (column != key).then_some(column)
    }

    /// The rows behind a cursor.
    fn beyond(&self, cursor: &str, argument: &'static str, descending: bool) -> Result<Condition> {
        let refused = || Error::violation(argument, CURSOR);
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let parts = serde_json::from_slice::<Vec<serde_json::Value>>(&bytes).map_err(|_| refused())?;
        let [sort, key, order @ ..] = &parts[..] else { return Err(refused()) };
        if !order.iter().map(serde_json::Value::as_str).eq(self.order().map(Some)) {
            return Err(refused());
        }
        let sort = from_json(self.sort.column.def().get_column_type(), sort).ok_or_else(refused)?;
        let key = from_json(self.key.def().get_column_type(), key).ok_or_else(refused)?;
        // Compared as a whole, an index leads to the place at once; with two conditions it is read from its end.
        let place = Expr::tuple([self.sort.column.into_expr(), self.key.into_expr()]);
        let cursor = Expr::tuple([sort.into(), key.into()]);
        let beyond = if descending { place.lt(cursor) } else { place.gt(cursor) };
        Ok(beyond.into_condition())
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::BigInt(Some(number)) => (*number).into(),
        Value::Int(Some(number)) => (*number).into(),
        Value::Bool(Some(truth)) => (*truth).into(),
        Value::String(Some(text)) => text.as_str().into(),
        Value::ChronoDateTimeUtc(Some(time)) => time.timestamp_micros().into(),
        _ => serde_json::Value::Null,
    }
}

fn from_json(kind: &ColumnType, value: &serde_json::Value) -> Option<Value> {
    Some(match kind {
        ColumnType::BigInteger => value.as_i64()?.into(),
        ColumnType::Integer => i32::try_from(value.as_i64()?).ok()?.into(),
        ColumnType::Boolean => value.as_bool()?.into(),
        ColumnType::TimestampWithTimeZone => DateTime::from_timestamp_micros(value.as_i64()?)?.into(),
        _ => value.as_str().filter(|text| !text.contains(UNSTORABLE))?.into(),
    })
}
