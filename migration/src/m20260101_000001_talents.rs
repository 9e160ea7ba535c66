//! Partners, clients, assessments, and the dictionary with its rows.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, date_null, integer, string_len, string_len_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

use crate::{
    dictionary,
    table::{self, NewTable},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await?;
        manager.execute(dictionary::clusters()).await?;
        manager.execute(dictionary::typologies()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> Vec<NewTable> {
    vec![partners(), clients(), clusters(), typologies(), assessment_results(), assessment_scores()]
}

fn partners() -> NewTable {
    NewTable::new("partners")
        .numbered()
        .column(string_len("name", 255))
        .column(string_len("email", 255))
        .column(string_len_null("phone", 32))
        .column(text_null("address"))
        .timestamps()
        .index(&["name"])
}

fn clients() -> NewTable {
    NewTable::new("clients")
        .numbered()
        .column(big_integer("partner_id"))
        .column(string_len("name", 255))
        .column(string_len("email", 255))
        .column(string_len_null("phone", 32))
        .word_null("gender", &["male", "female"])
        .column(date_null("birth_date"))
        .word("status", &["invited", "assessed", "archived"])
        .column(timestamp_with_time_zone_null("assessed_at"))
        .timestamps()
        .refers("partner_id", "partners", "id")
        .index(&["partner_id", "id"])
        .index(&["status", "id"])
        .index(&["name"])
        .index(&["email"])
}

fn clusters() -> NewTable {
    NewTable::new("clusters")
        .column(string_len("code", 8).primary_key())
        .column(string_len("name", 64))
        .column(integer("position"))
        .column(text("description_id"))
        .column(text("description_en"))
        .timestamps()
        .unique(&["position"])
}

fn typologies() -> NewTable {
    NewTable::new("typologies")
        .column(string_len("code", 8).primary_key())
        .column(string_len("cluster_code", 8))
        .column(string_len("name", 64))
        .column(integer("position"))
        .column(text("description_id"))
        .column(text("description_en"))
        .timestamps()
        .refers("cluster_code", "clusters", "code")
        .unique(&["position"])
}

fn assessment_results() -> NewTable {
    NewTable::new("assessment_results")
        .numbered()
        .column(big_integer("client_id"))
        .column(string_len("version", 20))
        .column(timestamp_with_time_zone("assessed_at"))
        .timestamps()
        .belongs_to("client_id", "clients", "id")
        .unique(&["client_id"])
}

fn assessment_scores() -> NewTable {
    NewTable::new("assessment_scores")
        .column(big_integer("result_id"))
        .column(string_len("typology_code", 8))
        .column(integer("score_tenths"))
        .column(integer("rank"))
        .primary_key(&["result_id", "typology_code"])
        .belongs_to("result_id", "assessment_results", "id")
        .refers("typology_code", "typologies", "code")
        .unique(&["result_id", "rank"])
        .check("score_tenths", Expr::col("score_tenths").between(0, 1000))
        .check("rank", Expr::col("rank").gte(1))
}
