//! Payments, and what the providers said about them.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, json_binary, string_len, string_len_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
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
    vec![payment_orders(), webhook_events()]
}

const PROVIDERS: &[&str] = &["midtrans", "doku", "xendit"];

fn payment_orders() -> NewTable {
    NewTable::new("payment_orders")
        .numbered()
        .column(string_len("order_id", 100))
        .word("realm", &["talents_mapping", "apextrack", "notary", "scholarship", "staff"])
        .column(big_integer_null("user_id"))
        .word("provider", PROVIDERS)
        .column(big_integer("amount"))
        .column(string_len("currency", 3))
        .word(
            "status",
            &[
                "pending",
                "review",
                "paid",
                "failed",
                "expired",
                "cancelled",
                "partially_refunded",
                "refunded",
                "charged_back",
            ],
        )
        .column(boolean("late_payment"))
        .column(boolean("reversed"))
        .column(text_null("flagged"))
        .column(string_len_null("description", 255))
        .column(timestamp_with_time_zone_null("paid_at"))
        .timestamps()
        .refers("user_id", "users", "id")
        .unique(&["order_id"])
        .check("amount", Expr::col("amount").gte(0))
        .index(&["status", "created_at"])
        .index(&["provider", "status"])
}

fn webhook_events() -> NewTable {
    NewTable::new("webhook_events")
        .numbered()
        .word("provider", PROVIDERS)
        .column(string_len("event_key", 255))
        .column(string_len("order_id", 100))
        .column(big_integer_null("payment_id"))
        .column(string_len("provider_status", 64))
        .word("status", &["applied", "duplicate_state", "ignored", "unmatched", "flagged", "unknown_status"])
        .column(text_null("reason"))
        .column(big_integer_null("amount"))
        .column(string_len_null("currency", 3))
        .column(text("body"))
        .column(json_binary("headers"))
        .column(timestamp_with_time_zone("received_at"))
        .timestamps()
        .refers("payment_id", "payment_orders", "id")
        .unique(&["provider", "event_key"])
        .index(&["payment_id"])
        .index(&["order_id"])
}
