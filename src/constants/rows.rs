//! What was read of the tables, kept until they change.

use std::{any::Any, sync::Arc};

use gerbang_kernel::{
    error::{Error, Result},
    version::Kept,
};

use super::table::{Table, Versions};

type Anything = Arc<dyn Any + Send + Sync>;

/// What was read of each table.
#[derive(Debug)]
pub struct ConstantRows([Kept<Anything>; Table::ALL.len()]);

impl ConstantRows {
    /// Keeps what is read until one of these versions changes.
    pub fn new(versions: &Versions) -> Self {
        Self(Table::ALL.map(|table| Kept::new([versions.of(table).clone()])))
    }

    /// What `read` gives of a table, which is read again only after a change. A table is always read as the same `T`.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn get<T: Send + Sync + 'static, R: Future<Output = Result<T>> + Send>(
        &self,
        table: Table,
        read: impl FnOnce() -> R + Send,
    ) -> Result<Arc<T>> {
        let kept = &self.0[table as usize];
        // It is seldom run, and every query would carry the room for it.
        let read = async { Ok(Arc::new(Box::pin(read()).await?) as Anything) };
        let rows: Result<Anything> = kept.get_or_make(read).await;
        rows?.downcast().map_err(|_| Error::internal(format!("{table:?} is read as two types")))
    }
}
