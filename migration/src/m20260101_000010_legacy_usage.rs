//! Who still calls which legacy route.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string_len},
};

use crate::table::{self, NewTable};

const REALMS: &[&str] = &["talents_mapping", "apextrack", "notary", "scholarship", "staff"];

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
    vec![legacy_usage()]
}

fn legacy_usage() -> NewTable {
    NewTable::new("legacy_usage")
        .numbered()
        .word("realm", REALMS)
        .column(string_len("api", 40))
        .column(string_len("operation", 100))
        .column(string_len("client", 100))
        .column(big_integer("requests"))
        .timestamps()
        .unique(&["api", "operation", "client"])
        .index(&["updated_at"])
}
