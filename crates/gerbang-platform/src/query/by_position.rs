//! Rows whose columns are found by where they stand, instead of each being looked up by its name.

use gerbang_kernel::error::Result;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryResult, QueryTrait, Select};

pub use gerbang_derive::ByPosition;

/// A row with a field for each column, of a table that has pages, is read by key or hangs on others:
/// `#[derive(ByPosition, DeriveEntityModel)]`.
pub trait ByPosition: ModelTrait {
    /// Reads these columns of the table, in the order of the fields, from this place of a row on. The others have the default
    /// of their types.
    ///
    /// # Errors
    /// When a column is missing or its type is another.
    fn by_position(row: &QueryResult, from: usize, columns: ColumnSet) -> Result<Self, DbErr>;
    /// The column of the field of this name.
    fn column(field: &str) -> Option<ColumnSet>;
    /// The columns whose types have no default.
    fn without_default() -> ColumnSet;
}

/// Columns of a table, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSet(u64);

impl ColumnSet {
    /// No column.
    pub const NONE: Self = Self(0);
    /// Every column.
    pub const ALL: Self = Self(u64::MAX);

    /// The column at this place, of 64 at most.
    pub const fn at(place: u32) -> Self {
        Self(1 << place)
    }

    /// The columns of these fields of a row, and those that it can't be without; every one if a field is none of its.
    pub fn of<M: ByPosition>(fields: impl IntoIterator<Item = &'static str>) -> Self {
        let columns = fields.into_iter().map(|field| M::column(field).unwrap_or(Self::ALL));
        columns.fold(M::without_default(), Self::and)
    }

    /// These and others.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether all of `others` are among them.
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// These of the table's columns, in their order, with `needed` among them.
    pub(super) fn select<C: Iterable + IdenStatic>(self, needed: &[C]) -> (Self, Vec<C>) {
        let is_needed = |column: &C| needed.iter().any(|needed| needed.as_str() == column.as_str());
        let (mut set, mut columns) = (Self::NONE, Vec::new());
        for (place, column) in (0..).zip(C::iter()) {
            if self.has(Self::at(place)) || is_needed(&column) {
                set = set.and(Self::at(place));
                columns.push(column);
            }
        }
        (set, columns)
    }
}

/// How a column is read, found by its type. What the attribute writes calls a method on two references: the compiler takes
/// the first trait on its way down that the type has.
#[doc(hidden)]
pub mod by_type {
    use std::marker::PhantomData;

    use sea_orm::{DbErr, QueryResult, TryGetable};

    use super::ColumnSet;

    #[derive(Clone, Copy, Debug)]
    pub struct OfType<T>(PhantomData<fn() -> T>);

    pub const fn of_type<T>() -> OfType<T> {
        OfType(PhantomData)
    }

    pub trait WithDefault<T> {
        fn has_default(&self) -> bool {
            true
        }
        fn read(&self, row: &QueryResult, place: &mut usize, is_there: bool) -> Result<T, DbErr>;
    }

    impl<T: Default + TryGetable> WithDefault<T> for &OfType<T> {
        fn read(&self, row: &QueryResult, place: &mut usize, is_there: bool) -> Result<T, DbErr> {
            if is_there { next(row, place) } else { Ok(T::default()) }
        }
    }

    pub trait WithoutDefault<T> {
        fn has_default(&self) -> bool {
            false
        }
        fn read(&self, row: &QueryResult, place: &mut usize, is_there: bool) -> Result<T, DbErr>;
    }

    impl<T: TryGetable> WithoutDefault<T> for OfType<T> {
        fn read(&self, row: &QueryResult, place: &mut usize, _: bool) -> Result<T, DbErr> {
            next(row, place)
        }
    }

    /// The columns without a default.
    pub const fn without_default(has_default: bool, place: u32) -> ColumnSet {
        if has_default { ColumnSet::NONE } else { ColumnSet::at(place) }
    }

    fn next<T: TryGetable>(row: &QueryResult, place: &mut usize) -> Result<T, DbErr> {
        let value = row.try_get_by_index(*place);
        *place += 1;
        value
    }
}

/// The rows of `select`.
pub async fn rows<E>(db: &impl ConnectionTrait, select: Select<E>) -> Result<Vec<E::Model>>
where
    E: EntityTrait<Model: ByPosition>,
{
    read::<E::Model>(&db.query_all(&select.into_query()).await?, ColumnSet::ALL)
}

/// What was found of these columns, read.
pub(super) fn read<M: ByPosition>(rows: &[QueryResult], columns: ColumnSet) -> Result<Vec<M>> {
    Ok(rows.iter().map(|row| M::by_position(row, 0, columns)).collect::<Result<_, _>>()?)
}
