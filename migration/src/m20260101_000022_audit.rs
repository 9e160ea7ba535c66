//! Who did what, when and from where; and indexes by which old rows of other tables are found.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, string_len, string_len_null},
};

use crate::{
    indexes::{Columns, replace},
    m20260101_000015_row_counts::{keep_count, stop_counting},
    table::{self, NewTable},
};

const KINDS: &[&str] = &["admin", "login", "logout", "password", "token_reuse", "webhook"];
const REALMS: &[&str] = &["talents_mapping", "apextrack", "notary", "scholarship", "staff"];

const ADDED: &[Columns] = &[("access_tokens", &["expires_at"]), ("notifications", &["read_at"])];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await?;
        keep_count(manager, "audit_entries", Some("realm")).await?;
        replace(manager, &[], ADDED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, ADDED, &[]).await?;
        table::drop(manager, tables()).await?;
        stop_counting(manager, "audit_entries").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> Vec<NewTable> {
    vec![audit_entries()]
}

/// Refers to nothing: what somebody did stays, whatever becomes of them and of what it was done to.
fn audit_entries() -> NewTable {
    NewTable::new("audit_entries")
        .numbered()
        .word("kind", KINDS)
        .column(string_len("action", 64))
        .column(string_len("outcome", 32))
        .word("realm", REALMS)
        .column(big_integer_null("actor_id"))
        .column(string_len_null("subject", 64))
        .column(string_len_null("ip", 45))
        .column(string_len_null("client", 100))
        .column(string_len_null("request_id", 64))
        .created()
        .index(&["created_at", "id"])
        .index(&["realm", "created_at", "id"])
        .index(&["kind", "created_at", "id"])
        .index(&["actor_id", "created_at", "id"])
        .index(&["subject", "created_at", "id"])
}
