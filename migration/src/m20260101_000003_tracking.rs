//! Networks, offers, links, clicks and leads.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, string_len, string_len_null, text, text_null, timestamp_with_time_zone},
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
    vec![networks(), offers(), sub_ids(), clicks(), leads(), click_summaries()]
}

fn networks() -> NewTable {
    NewTable::new("networks")
        .numbered()
        .column(string_len("name", 100))
        .column(string_len_null("secret", 255))
        .column(boolean("allow_unsigned").default(false))
        .timestamps()
        .unique(&["name"])
}

fn offers() -> NewTable {
    NewTable::new("offers")
        .numbered()
        .column(string_len("name", 255))
        .column(text("url"))
        .column(big_integer("payout_micros"))
        .column(string_len("currency", 3))
        .column(big_integer("network_id"))
        .column(boolean("active"))
        .timestamps()
        .refers("network_id", "networks", "id")
        .check("payout_micros", Expr::col("payout_micros").gte(0))
}

fn sub_ids() -> NewTable {
    NewTable::new("sub_ids")
        .column(string_len("id", 64).primary_key())
        .column(big_integer("affiliate_id"))
        .column(big_integer("offer_id"))
        .timestamps()
        .refers("affiliate_id", "users", "id")
        .refers("offer_id", "offers", "id")
        .index(&["affiliate_id"])
}

fn clicks() -> NewTable {
    NewTable::new("clicks")
        .numbered()
        .column(string_len("click_id", 64))
        .column(string_len("sub_id", 64))
        .column(big_integer("affiliate_id"))
        .column(big_integer("offer_id"))
        .column(string_len_null("visitor_hash", 64))
        .column(string_len_null("user_agent", 512))
        .column(string_len_null("country_code", 2))
        .word("device_type", &["mobile", "tablet", "desktop", "bot", "other"])
        .column(string_len_null("os", 64))
        .column(string_len_null("browser", 64))
        .column(text_null("referrer"))
        .column(boolean("is_bot"))
        .column(boolean("is_unique"))
        .created()
        .refers("sub_id", "sub_ids", "id")
        .refers("affiliate_id", "users", "id")
        .refers("offer_id", "offers", "id")
        .unique(&["click_id"])
        .index(&["created_at"])
        .index(&["affiliate_id", "created_at"])
        .index(&["sub_id", "created_at"])
        .index(&["sub_id", "visitor_hash", "created_at"])
}

fn leads() -> NewTable {
    NewTable::new("leads")
        .numbered()
        .column(big_integer("click_id"))
        .column(big_integer("affiliate_id"))
        .column(string_len("sub_id", 64))
        .column(big_integer("network_id"))
        .column(string_len("txid", 255).default(""))
        .word("status", &["pending", "approved", "rejected"])
        .column(big_integer("payout_micros"))
        .column(string_len("currency", 3))
        .column(string_len_null("country_code", 2))
        .timestamps()
        .refers("click_id", "clicks", "id")
        .refers("affiliate_id", "users", "id")
        .refers("sub_id", "sub_ids", "id")
        .refers("network_id", "networks", "id")
        .unique(&["click_id", "txid"])
        .check("payout_micros", Expr::col("payout_micros").gte(0))
        .index(&["created_at"])
        .index(&["affiliate_id", "created_at"])
        .index(&["sub_id", "status"])
}

fn click_summaries() -> NewTable {
    NewTable::new("click_summaries")
        .column(string_len("sub_id", 64))
        .column(timestamp_with_time_zone("hour"))
        .column(big_integer("affiliate_id"))
        .column(big_integer("clicks"))
        .column(big_integer("leads"))
        .column(big_integer("approved_leads"))
        .column(big_integer("payout_micros"))
        .primary_key(&["sub_id", "hour"])
        .refers("sub_id", "sub_ids", "id")
        .refers("affiliate_id", "users", "id")
        .index(&["affiliate_id", "hour"])
}
