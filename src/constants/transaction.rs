//! The one place that changes constant tables, and so the one that says so.

use gerbang_kernel::error::Result;
use sea_orm::DatabaseTransaction;

use super::table::Table;
use crate::{
    domain::Domain,
    events::{Event, Events},
};

/// A transaction that changes one of the tables. It is rolled back unless committed.
#[derive(Debug)]
pub(crate) struct ConstantTransaction {
    transaction: DatabaseTransaction,
    events: Events,
    table: Table,
}

impl ConstantTransaction {
    pub(crate) async fn begin(domain: &Domain, table: Table) -> Result<Self> {
        Ok(Self { transaction: domain.db.begin().await?, events: domain.events.clone(), table })
    }

    /// For what is done in it.
    pub(crate) const fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Commits, and drops what was kept of the table before this returns: who is answered sees the change.
    pub(crate) async fn commit(self) -> Result<()> {
        let Self { transaction, events, table } = self;
        // On a task of its own: who asked for the change may go away while the database works.
        let committed = tokio::spawn(async move {
            let committed = transaction.commit().await;
            // After a failure, too: the connection may have been lost between the commit and the word of it.
            events.publish(Event::TableChanged { table });
            committed
        });
        Ok(committed.await??)
    }
}
