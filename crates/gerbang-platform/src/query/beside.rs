//! Rows that are read in one statement with those that lead to them, one each at most.

use std::{collections::HashMap, fmt};

use gerbang_kernel::error::Result;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, IdenStatic, JoinType, QueryFilter, QueryResult, QuerySelect,
    QueryTrait, Select, Value,
    sea_query::{Expr, SelectStatement},
};

use super::{
    by_position::{ByPosition, ColumnSet},
    keys::BatchKey,
};

/// What is read of each row of a list.
#[derive(Debug)]
pub struct Selection {
    /// These of its columns, at least.
    pub columns: ColumnSet,
    /// What it leads to.
    pub beside: Option<Box<dyn Beside>>,
}

impl Selection {
    /// Every column, and nothing else.
    pub const ALL: Self = Self { columns: ColumnSet::ALL, beside: None };
}

/// A table whose rows are read [beside](Joined) others.
pub trait Beside: fmt::Debug + Send + Sync {
    /// Adds its columns to the statement that reads a list whose rows have this key.
    fn join(&self, statement: &mut SelectStatement, key: Expr, backend: DbBackend);
    /// Takes what is there of it from this place of the rows on, where the rows have these keys.
    ///
    /// # Errors
    /// When a column's type is another.
    fn take(self: Box<Self>, rows: &[QueryResult], from: usize, keys: Vec<Value>) -> Result<()>;
}

/// The one row of `select` whose `column` is the key of a list's row, of it these `columns` at least.
pub struct Joined<E: EntityTrait, K> {
    /// Those that the viewer may see.
    pub select: Select<E>,
    /// An index says that each key stands there once.
    pub column: E::Column,
    /// What is read of the row.
    pub columns: ColumnSet,
    /// Is given the keys of all rows of the list, and what was found by them.
    pub found: Found<K, E::Model>,
}

/// Takes what was found by these keys.
pub type Found<K, M> = Box<dyn FnOnce(Vec<K>, HashMap<K, M>) + Send + Sync>;

impl<E: EntityTrait<Model: ByPosition>, K> Joined<E, K> {
    fn selected(&self) -> (ColumnSet, Vec<E::Column>) {
        self.columns.and(E::Model::without_default()).select(&[self.column])
    }
}

impl<E: EntityTrait<Model: ByPosition>, K: BatchKey> Beside for Joined<E, K> {
    fn join(&self, statement: &mut SelectStatement, key: Expr, backend: DbBackend) {
        let (_, selected) = self.selected();
        let rows = self.select.clone().select_only().columns(selected.iter().copied());
        if backend == DbBackend::Postgres {
            // With a limit each is looked up by its key, or a table of a few thousand rows is read from its beginning.
            let one = rows.filter(self.column.into_expr().eq(key)).limit(1).into_query();
            statement.join_lateral(JoinType::LeftJoin, one, BESIDE, Expr::cust("true"));
        } else {
            statement.join_subquery(
                JoinType::LeftJoin,
                rows.into_query(),
                BESIDE,
                key.eq(Expr::col((BESIDE, self.column))),
            );
        }
        statement.columns(selected.into_iter().map(|column| (BESIDE, column)));
    }

    fn take(self: Box<Self>, rows: &[QueryResult], from: usize, keys: Vec<Value>) -> Result<()> {
        let (columns, selected) = self.selected();
        let place = selected.iter().position(|column| column.as_str() == self.column.as_str()).unwrap_or_default();
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            if let Some(key) = row.try_get_by_index::<Option<K>>(from + place)? {
                found.insert(key, E::Model::by_position(row, from, columns)?);
            }
        }
        (self.found)(keys.into_iter().filter_map(K::from_value).collect(), found);
        Ok(())
    }
}

impl<E: EntityTrait, K> fmt::Debug for Joined<E, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Joined").field(&self.column).finish()
    }
}

/// What the table is called in the statement.
const BESIDE: &str = "beside";
