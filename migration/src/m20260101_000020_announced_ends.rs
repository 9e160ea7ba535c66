//! When the end of a legacy API or of one of its operations was first seen in the settings.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{string_len, timestamp_with_time_zone},
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
    vec![
        NewTable::new("announced_ends")
            .column(string_len("name", 100).primary_key())
            .column(timestamp_with_time_zone("first_seen_at")),
    ]
}
