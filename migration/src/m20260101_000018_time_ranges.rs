//! Indexes by which orders, payments and what providers said of a time are found, in the place of those that are no
//! longer read.

use async_trait::async_trait;
use sea_orm_migration::prelude::*;

use crate::indexes::{Columns, replace};

const ADDED: &[Columns] = &[
    ("orders", &["created_at", "id"]),
    ("orders", &["customer_id", "created_at", "id"]),
    ("payment_orders", &["created_at", "id"]),
    ("payment_orders", &["realm", "created_at", "id"]),
    ("webhook_events", &["received_at", "id"]),
    ("webhook_events", &["realm", "received_at", "id"]),
];

const REPLACED: &[Columns] = &[("payment_orders", &["realm", "id"]), ("webhook_events", &["realm", "id"])];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, REPLACED, ADDED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, ADDED, REPLACED).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
