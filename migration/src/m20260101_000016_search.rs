//! Indexes of the groups of three letters in what is searched, so that a search reads what may match and not every row.
//!
//! PostgreSQL has them by its extension `pg_trgm`, where that may be created; where it may not, searches read the table as
//! before. SQLite has them by FTS5, in a table beside each that triggers keep; the search itself joins it.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

/// The tables, and the columns that are searched together.
const SEARCHED: &[(&str, &[&str])] = &[
    ("partners", &["name", "email"]),
    ("clients", &["name", "email"]),
    ("users", &["name", "username", "email", "code"]),
    ("offers", &["name"]),
    ("payment_orders", &["order_id", "description"]),
];

const EXTENSION: &str = "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'searches read whole tables until an administrator creates the extension pg_trgm and its indexes: %', SQLERRM;
    END $$";
const IS_THERE: &str = "SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(oid)";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        if !is_sqlite {
            connection.execute_unprepared(EXTENSION).await?;
            let is_there = Statement::from_string(DbBackend::Postgres, IS_THERE);
            if connection.query_one_raw(is_there).await?.is_none() {
                return Ok(());
            }
        }
        for (table, columns) in SEARCHED {
            for statement in if is_sqlite { on_sqlite(table, columns) } else { on_postgres(table, columns) } {
                connection.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, _) in SEARCHED {
            if manager.get_database_backend() == DbBackend::Sqlite {
                for event in ["insert", "delete", "update"] {
                    connection.execute_unprepared(&format!("DROP TRIGGER search_{table}_{event}")).await?;
                }
                connection.execute_unprepared(&format!("DROP TABLE {table}_search")).await?;
            } else {
                connection.execute_unprepared(&format!("DROP INDEX IF EXISTS ix_{table}_search")).await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// As searches compare them: in lower case.
fn on_postgres(table: &str, columns: &[&str]) -> Vec<String> {
    let columns: Vec<String> = columns.iter().map(|column| format!("lower({column}) gin_trgm_ops")).collect();
    vec![format!("CREATE INDEX ix_{table}_search ON {table} USING gin ({})", columns.join(", "))]
}

/// The groups alone, without their places: a search compares what it finds.
fn on_sqlite(table: &str, columns: &[&str]) -> Vec<String> {
    let names = columns.join(", ");
    let of = |row: &str| columns.iter().map(|column| format!("{row}.{column}")).collect::<Vec<_>>().join(", ");
    let add = format!("INSERT INTO {table}_search (rowid, {names}) VALUES (new.id, {});", of("new"));
    let remove = format!(
        "INSERT INTO {table}_search ({table}_search, rowid, {names}) VALUES ('delete', old.id, {});",
        of("old")
    );
    let trigger = |event: &str, on: &str, work: &str| {
        format!("CREATE TRIGGER search_{table}_{event} AFTER {on} ON {table} FOR EACH ROW BEGIN {work} END")
    };
    vec![
        format!(
            "CREATE VIRTUAL TABLE {table}_search USING fts5 ({names}, content = '{table}', content_rowid = 'id',
                tokenize = 'trigram', detail = 'none')"
        ),
        trigger("insert", "INSERT", &add),
        trigger("delete", "DELETE", &remove),
        trigger("update", &format!("UPDATE OF id, {names}"), &(remove.clone() + &add)),
        format!("INSERT INTO {table}_search ({table}_search) VALUES ('rebuild')"),
    ]
}
