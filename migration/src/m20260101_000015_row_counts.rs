//! Counts of rows that the database keeps itself, so that a list is not counted each time its total is shown: of all rows of
//! a table, and of those that one value of a column has, where that may be many.
//!
//! `row_counts` holds each count in shards, whose sum it is. On PostgreSQL a statement adds to one that no other transaction
//! has locked, or to a new one: nobody waits for another's commit because both count, and there are as many shards as there
//! ever were writers at once. SQLite has one writer and one shard.
//!
//! Clicks are not counted: they come in their thousands a second. Nor are rows that only their owner is shown: there an
//! index is short enough.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string_len},
    sea_orm::DbBackend,
};

use crate::table::{self, NewTable};

/// The tables, and the columns whose values are counted apart.
const COUNTED: &[(&str, Option<&str>)] = &[
    ("partners", None),
    ("clients", Some("partner_id")),
    ("users", Some("realm")),
    ("invitations", Some("realm")),
    ("leads", None),
    ("networks", None),
    ("offers", Some("active")),
    ("sub_ids", None),
    ("orders", None),
    ("applicants", None),
    ("documents", None),
    ("additional_uploads", None),
    ("scholarship_applications", None),
    ("payment_orders", Some("realm")),
    ("webhook_events", Some("realm")),
    ("client_errors", None),
    ("legacy_usage", Some("realm")),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for statement in FUNCTIONS {
                manager.get_connection().execute_unprepared(statement).await?;
            }
        }
        for (table, column) in COUNTED {
            keep_count(manager, table, *column).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            // Their triggers go with them.
            for function in ["count_changed_rows()", "count_moved_row()", "count_no_rows()"] {
                connection.execute_unprepared(&format!("DROP FUNCTION {function} CASCADE")).await?;
            }
            connection.execute_unprepared("DROP FUNCTION add_to_row_count(text, text, bigint)").await?;
        } else {
            for (table, column) in COUNTED {
                let events = if column.is_some() { &["insert", "delete", "update"][..] } else { &["insert", "delete"] };
                for event in events {
                    connection.execute_unprepared(&format!("DROP TRIGGER count_{table}_{event}")).await?;
                }
            }
        }
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Counts what is in a table, and lets the database keep the count from now on; of the rows with each value of `column`, too.
pub(crate) async fn keep_count(manager: &SchemaManager<'_>, table: &str, column: Option<&str>) -> Result<(), DbErr> {
    let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
    let triggers = if is_postgres { on_postgres(table, column) } else { on_sqlite(table, column) };
    for statement in triggers.into_iter().chain(count_once(table, column)) {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Forgets the count of a table that is gone, and its triggers with it.
pub(crate) async fn stop_counting(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let forget = format!("DELETE FROM row_counts WHERE list = '{table}'");
    manager.get_connection().execute_unprepared(&forget).await?;
    Ok(())
}

fn tables() -> Vec<NewTable> {
    vec![
        NewTable::new("row_counts")
            .column(string_len("list", 64))
            .column(string_len("scope", 128))
            .column(big_integer("shard"))
            .column(big_integer("row_count"))
            .primary_key(&["list", "scope", "shard"]),
    ]
}

/// What is there already.
fn count_once(table: &str, column: Option<&str>) -> Vec<String> {
    let all = format!("INSERT INTO row_counts SELECT '{table}', '', 0, count(*) FROM {table}");
    let apart = column.map(|column| {
        format!("INSERT INTO row_counts SELECT '{table}', '{column}=' || {column}, 0, count(*) FROM {table} GROUP BY {column}")
    });
    std::iter::once(all).chain(apart).collect()
}

/// What a trigger of SQLite does to add to the count of a table under this scope.
pub(crate) fn add_on_sqlite(table: &str, scope: &str, change: &str) -> String {
    format!(
        "INSERT INTO row_counts VALUES ('{table}', {scope}, 0, {change})
            ON CONFLICT (list, scope, shard) DO UPDATE SET row_count = row_count + excluded.row_count;"
    )
}

fn on_sqlite(table: &str, column: Option<&str>) -> Vec<String> {
    let add = |scope: &str, change: &str| add_on_sqlite(table, scope, change);
    let trigger = |event: &str, on: String, work: String| {
        format!("CREATE TRIGGER count_{table}_{event} AFTER {on} ON {table} FOR EACH ROW BEGIN {work} END")
    };
    let apart = |row: &str, change: &str| {
        column.map_or_else(String::new, |column| add(&format!("'{column}=' || {row}.{column}"), change))
    };
    let all = |change: &str| add("''", change);
    let mut triggers = vec![
        trigger("insert", "INSERT".to_owned(), all("1") + &apart("new", "1")),
        trigger("delete", "DELETE".to_owned(), all("-1") + &apart("old", "-1")),
    ];
    if let Some(column) = column {
        triggers.push(trigger("update", format!("UPDATE OF {column}"), apart("old", "-1") + &apart("new", "1")));
    }
    triggers
}

fn on_postgres(table: &str, column: Option<&str>) -> Vec<String> {
    let argument = column.map_or_else(String::new, |column| format!("'{column}'"));
    let changed = |event: &str, rows: &str| {
        format!(
            "CREATE TRIGGER count_{event} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION count_changed_rows({argument})"
        )
    };
    let mut triggers = vec![
        changed("insert", "NEW"),
        changed("delete", "OLD"),
        format!(
            "CREATE TRIGGER count_truncate AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION count_no_rows()"
        ),
    ];
    if let Some(column) = column {
        triggers.push(format!(
            "CREATE TRIGGER count_update AFTER UPDATE OF {column} ON {table} FOR EACH ROW
                WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION count_moved_row({argument})"
        ));
    }
    triggers
}

const FUNCTIONS: &[&str] = &[
    // Two statements: the second sees what was committed until the row was locked.
    "CREATE FUNCTION add_to_row_count(counted text, within text, change bigint) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE free bigint;
        BEGIN
            IF change = 0 THEN RETURN; END IF;
            SELECT shard INTO free FROM row_counts WHERE list = counted AND scope = within
                LIMIT 1 FOR UPDATE SKIP LOCKED;
            IF FOUND THEN
                UPDATE row_counts SET row_count = row_count + change
                    WHERE list = counted AND scope = within AND shard = free;
            ELSE
                INSERT INTO row_counts VALUES (counted, within, txid_current(), change);
            END IF;
        END $$",
    "CREATE FUNCTION count_changed_rows() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
            part record;
        BEGIN
            PERFORM add_to_row_count(TG_TABLE_NAME, '', sign * (SELECT count(*) FROM changed));
            IF TG_NARGS > 0 THEN
                FOR part IN EXECUTE format('SELECT %I::text AS value, count(*) AS size FROM changed GROUP BY 1', TG_ARGV[0])
                LOOP
                    PERFORM add_to_row_count(TG_TABLE_NAME, TG_ARGV[0] || '=' || part.value, sign * part.size);
                END LOOP;
            END IF;
            RETURN NULL;
        END $$",
    "CREATE FUNCTION count_moved_row() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM add_to_row_count(TG_TABLE_NAME, TG_ARGV[0] || '=' || (to_jsonb(OLD) ->> TG_ARGV[0]), -1);
            PERFORM add_to_row_count(TG_TABLE_NAME, TG_ARGV[0] || '=' || (to_jsonb(NEW) ->> TG_ARGV[0]), 1);
            RETURN NULL;
        END $$",
    "CREATE FUNCTION count_no_rows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM row_counts WHERE list = TG_TABLE_NAME AND scope <> '';
            UPDATE row_counts SET row_count = 0 WHERE list = TG_TABLE_NAME;
            RETURN NULL;
        END $$",
];
