//! An index by which people find the payments that they pay.

use async_trait::async_trait;
use sea_orm_migration::prelude::*;

use crate::indexes::{Columns, replace};

const ADDED: &[Columns] = &[("payment_orders", &["user_id", "created_at", "id"])];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &[], ADDED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, ADDED, &[]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
