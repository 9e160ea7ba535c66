//! The way of entries into the table: many share a statement.

use gerbang_kernel::error::Result;
use gerbang_platform::{
    db::{Db, in_background},
    group_commit::{GroupCommit, Limits, WriteBatch},
};
use sea_orm::{ActiveValue::NotSet, EntityTrait};

use super::row::{ActiveModel, Entity, Model};

/// Entries that were not stored, since there were too many of them.
pub(super) const DROPPED: &str = "gerbang_audit_dropped_total";

/// Lets what is counted of entries that were not stored begin at zero.
pub(crate) fn start_series() {
    metrics::counter!(DROPPED).absolute(0);
}

/// Writes entries.
#[derive(Debug)]
pub struct AuditLog(());

impl AuditLog {
    /// Starts the tasks that write.
    pub fn start(db: &Db) -> GroupCommit<Self> {
        let limits = Limits { waiting: 4_096, batch: 500, transactions: 2, retry_after: 1, singly: true };
        GroupCommit::start(db, Self(()), limits)
    }
}

impl WriteBatch for AuditLog {
    type Item = Model;
    type Written = ();

    async fn write(&self, db: &Db, entries: &[Model]) -> Result<Vec<Result<()>>> {
        let rows = entries.iter().map(|entry| ActiveModel { id: NotSet, ..entry.clone().into() });
        // One statement, whoever's they are: it is none of a certain request, and many are not waited for.
        in_background(Entity::insert_many(rows).exec_without_returning(db.write())).await?;
        Ok(entries.iter().map(|_| Ok(())).collect())
    }
}
