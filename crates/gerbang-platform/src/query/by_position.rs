//! Rows whose columns are found by where they stand, instead of each being looked up by its name.

use gerbang_kernel::error::Result;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ModelTrait, QueryResult, QueryTrait, Select};

pub use gerbang_derive::ByPosition;

/// A row with a field for each column, of a table that has pages, is read by key or hangs on others:
/// `#[derive(ByPosition, DeriveEntityModel)]`.
pub trait ByPosition: ModelTrait {
    /// Reads a row that begins with the columns of the table in the order of the fields, as `Entity::find()` selects them.
    ///
    /// # Errors
    /// When a column is missing or its type is another.
    fn by_position(row: &QueryResult) -> Result<Self, DbErr>;
}

/// The rows of `select`.
pub async fn rows<E>(db: &impl ConnectionTrait, select: Select<E>) -> Result<Vec<E::Model>>
where
    E: EntityTrait<Model: ByPosition>,
{
    read::<E::Model>(&db.query_all(&select.into_query()).await?)
}

/// What was found, read.
pub(super) fn read<M: ByPosition>(rows: &[QueryResult]) -> Result<Vec<M>> {
    Ok(rows.iter().map(M::by_position).collect::<Result<_, _>>()?)
}
