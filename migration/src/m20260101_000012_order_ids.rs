//! Room in front of an order's id for the realm, where two realms have one with the same id.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, schema::string_len, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        resize(manager, 120).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        resize(manager, 100).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// SQLite knows no lengths.
async fn resize(manager: &SchemaManager<'_>, length: u32) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let mut table = Table::alter();
    manager.alter_table(table.table("payment_orders").modify_column(string_len("order_id", length)).take()).await
}
