//! How far old clicks have been removed, an index for sums of certain hours, whoever they belong to, and fewer indexes of
//! clicks: each is a page more that every click writes.
//!
//! The clicks of a link are found by time among those of its affiliate. The index that knows visitors begins with them,
//! so that nobody takes it for one of links.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{integer, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

use crate::table::{self, NewTable};

const HOURS: &str = "ix_click_summaries_hour";
const VISITORS: (&str, &[&str]) =
    ("ix_clicks_visitor_hash_sub_id_created_at", &["visitor_hash", "sub_id", "created_at"]);
const LINKS: (&str, &[&str]) = ("ix_clicks_sub_id_created_at", &["sub_id", "created_at"]);
const LINK_VISITORS: (&str, &[&str]) =
    ("ix_clicks_sub_id_visitor_hash_created_at", &["sub_id", "visitor_hash", "created_at"]);

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await?;
        manager.create_index(Index::create().name(HOURS).table("click_summaries").col("hour").take()).await?;
        add(manager, VISITORS).await?;
        drop(manager, LINKS).await?;
        drop(manager, LINK_VISITORS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, LINK_VISITORS).await?;
        add(manager, LINKS).await?;
        drop(manager, VISITORS).await?;
        manager.drop_index(Index::drop().name(HOURS).table("click_summaries").to_owned()).await?;
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn add(manager: &SchemaManager<'_>, (name, columns): (&'static str, &[&'static str])) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table("clicks");
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}

async fn drop(manager: &SchemaManager<'_>, (name, _): (&'static str, &[&'static str])) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(name).table("clicks").to_owned()).await
}

fn tables() -> Vec<NewTable> {
    vec![
        NewTable::new("click_retention")
            .column(integer("id").primary_key())
            .column(timestamp_with_time_zone("removed_before"))
            .column(timestamp_with_time_zone_null("cleared_before")),
    ]
}
