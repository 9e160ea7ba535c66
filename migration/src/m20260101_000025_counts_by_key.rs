//! Counts of rows by ranges of their keys, for lists that are read page by page however long they are: where the page with a
//! certain number begins is found by adding these up, and not by passing over all rows before it.
//!
//! They stand in `row_counts` beside the others, under scopes such as `id/4096=17`: rows with keys from 17 × 4,096 to
//! 18 × 4,096 − 1.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::m20260101_000015_row_counts::add_on_sqlite;

/// Lists that grow with what the gateway is used for, and that administrators are shown in the order of their keys.
const TABLES: &[&str] = &["clients", "orders"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        if is_postgres {
            connection.execute_unprepared(FUNCTION).await?;
        }
        for table in TABLES {
            let count_once = format!(
                "INSERT INTO row_counts SELECT '{table}', 'id/4096=' || (id >> 12), 0, count(*) FROM {table} GROUP BY id >> 12"
            );
            let triggers = if is_postgres { on_postgres(table) } else { on_sqlite(table) };
            for statement in triggers.iter().chain([&count_once]) {
                connection.execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            // Its triggers go with it.
            connection.execute_unprepared("DROP FUNCTION count_rows_by_key() CASCADE").await?;
        } else {
            for table in TABLES {
                for event in ["insert", "delete"] {
                    connection.execute_unprepared(&format!("DROP TRIGGER count_{table}_{event}_by_key")).await?;
                }
            }
        }
        connection.execute_unprepared("DELETE FROM row_counts WHERE scope LIKE 'id/4096=%'").await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn on_sqlite(table: &str) -> [String; 2] {
    [("insert", "new", "1"), ("delete", "old", "-1")].map(|(event, row, change)| {
        let add = add_on_sqlite(table, &format!("'id/4096=' || ({row}.id >> 12)"), change);
        format!("CREATE TRIGGER count_{table}_{event}_by_key AFTER {event} ON {table} FOR EACH ROW BEGIN {add} END")
    })
}

fn on_postgres(table: &str) -> [String; 2] {
    [("insert", "NEW"), ("delete", "OLD")].map(|(event, rows)| {
        format!(
            "CREATE TRIGGER count_{event}_by_key AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION count_rows_by_key()"
        )
    })
}

/// What goes when a table is emptied at once is seen to by the trigger of its other counts.
const FUNCTION: &str = "CREATE FUNCTION count_rows_by_key() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
        part record;
    BEGIN
        FOR part IN SELECT id >> 12 AS key_range, count(*) AS size FROM changed GROUP BY 1 LOOP
            PERFORM add_to_row_count(TG_TABLE_NAME, 'id/4096=' || part.key_range, sign * part.size);
        END LOOP;
        RETURN NULL;
    END $$";
