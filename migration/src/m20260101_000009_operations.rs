//! Errors that front ends report.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{json_binary_null, string_len, string_len_null, text, text_null},
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
    vec![client_errors()]
}

fn client_errors() -> NewTable {
    NewTable::new("client_errors")
        .numbered()
        .column(text("message"))
        .column(string_len("level", 20))
        .column(text_null("stack"))
        .column(text_null("url"))
        .column(json_binary_null("context"))
        .column(string_len_null("ip", 45))
        .column(string_len_null("user_agent", 512))
        .created()
        .index(&["created_at"])
}
