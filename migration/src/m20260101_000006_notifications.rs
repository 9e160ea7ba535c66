//! What users are told inside the product.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string_len, text, timestamp_with_time_zone_null},
};

use crate::table::{self, NewTable};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> Vec<NewTable> {
    vec![notifications()]
}

fn notifications() -> NewTable {
    NewTable::new("notifications")
        .uuid()
        .column(big_integer("user_id"))
        .column(string_len("title", 255))
        .column(text("message"))
        .column(timestamp_with_time_zone_null("read_at"))
        .timestamps()
        .belongs_to("user_id", "users", "id")
        .index(&["user_id", "created_at"])
}
