//! The services of the office and the orders for them.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, json_binary, string_len, text, text_null},
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
    vec![services(), orders()]
}

fn services() -> NewTable {
    NewTable::new("services")
        .column(string_len("id", 100).primary_key())
        .column(string_len("name", 255))
        .column(text("description"))
        .column(json_binary("fees"))
        .column(json_binary("tasks"))
        .word("fee_form", &["list", "number"])
        .word("status", &["open", "closed", "deleted"])
        .column(big_integer("position"))
        .timestamps()
        .index(&["status", "position"])
}

fn orders() -> NewTable {
    NewTable::new("orders")
        .numbered()
        .column(string_len("service_id", 100))
        .column(big_integer("customer_id"))
        .word("status", &["placed", "in_progress", "completed", "cancelled"])
        .column(text_null("notes"))
        .column(big_integer("total"))
        .timestamps()
        .refers("service_id", "services", "id")
        .refers("customer_id", "users", "id")
        .index(&["customer_id", "created_at"])
        .index(&["service_id"])
}
