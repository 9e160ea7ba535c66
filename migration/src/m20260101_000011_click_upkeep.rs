//! How far old clicks have been removed, and an index for sums of certain hours, whoever they belong to.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{integer, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

use crate::table::{self, NewTable};

const HOURS: &str = "ix_click_summaries_hour";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await?;
        manager.create_index(Index::create().name(HOURS).table("click_summaries").col("hour").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(HOURS).table("click_summaries").to_owned()).await?;
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> Vec<NewTable> {
    vec![
        NewTable::new("click_retention")
            .column(integer("id").primary_key())
            .column(timestamp_with_time_zone("removed_before"))
            .column(timestamp_with_time_zone_null("cleared_before")),
    ]
}
