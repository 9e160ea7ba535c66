//! Texts that a site shows to everybody.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{integer, string_len, text},
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
    vec![settings(), faqs(), testimonials()]
}

fn settings() -> NewTable {
    NewTable::new("settings").column(string_len("key", 100).primary_key()).column(text("value")).timestamps()
}

fn faqs() -> NewTable {
    NewTable::new("faqs")
        .uuid()
        .column(text("question"))
        .column(text("answer"))
        .column(integer("position"))
        .timestamps()
}

fn testimonials() -> NewTable {
    NewTable::new("testimonials")
        .uuid()
        .column(string_len("name", 255))
        .column(text("photo_path"))
        .column(text("content"))
        .column(integer("position"))
        .timestamps()
}
