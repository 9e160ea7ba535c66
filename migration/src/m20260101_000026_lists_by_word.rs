//! Lists of rows with one word in a column, such as those of one status: indexes for their pages, and counts for their totals.
//!
//! The counts stand in `row_counts` beside the others, under scopes such as `status=assessed` and `realm=notary&role=customer`:
//! columns in the order of the alphabet. They are what administrators see; of rows that belong to somebody none are kept, since
//! there are few. Nor are clicks counted or indexed by word.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::indexes::{Columns, replace};

/// Columns whose values are counted together, by table.
const COUNTED: &[(&str, &[&[&str]])] = &[
    ("audit_entries", &[&["kind", "realm"]]),
    ("clients", &[&["status"]]),
    ("documents", &[&["review_status"]]),
    ("leads", &[&["status"]]),
    ("orders", &[&["status"]]),
    ("payment_orders", &[&["provider", "realm"], &["realm", "status"]]),
    ("scholarship_applications", &[&["status"]]),
    ("users", &[&["realm", "role"], &["realm", "status"]]),
    ("webhook_events", &[&["provider", "realm"], &["realm", "status"]]),
];

/// In the order in which each list is shown where none is asked for, and offers, of which most viewers see the active ones, in
/// every order.
const INDEXES: &[Columns] = &[
    ("audit_entries", &["realm", "kind", "created_at", "id"]),
    ("documents", &["review_status", "created_at", "id"]),
    ("leads", &["status", "created_at", "id"]),
    ("offers", &["active", "id"]),
    ("offers", &["active", "name", "id"]),
    ("offers", &["active", "payout_micros", "id"]),
    ("orders", &["status", "id"]),
    ("payment_orders", &["provider", "created_at", "id"]),
    ("payment_orders", &["realm", "provider", "created_at", "id"]),
    ("payment_orders", &["realm", "status", "created_at", "id"]),
    ("users", &["realm", "role", "created_at", "id"]),
    ("users", &["realm", "status", "created_at", "id"]),
    ("users", &["role", "created_at", "id"]),
    ("users", &["status", "created_at", "id"]),
    ("webhook_events", &["provider", "received_at", "id"]),
    ("webhook_events", &["realm", "provider", "received_at", "id"]),
    ("webhook_events", &["realm", "status", "received_at", "id"]),
    ("webhook_events", &["status", "received_at", "id"]),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for function in FUNCTIONS.iter().filter(|_| is_postgres) {
            connection.execute_unprepared(function).await?;
        }
        replace(manager, &[], INDEXES).await?;
        for (table, counted) in COUNTED {
            let count_once = counted.iter().map(|columns| {
                let scope = scope(columns, "");
                format!("INSERT INTO row_counts SELECT '{table}', {scope}, 0, count(*) FROM {table} GROUP BY 2")
            });
            let triggers = if is_postgres { on_postgres(table, counted) } else { on_sqlite(table, counted) };
            for statement in triggers.into_iter().chain(count_once) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            // Their triggers go with them.
            for function in ["count_rows_by_word()", "count_row_of_other_word()"] {
                connection.execute_unprepared(&format!("DROP FUNCTION {function} CASCADE")).await?;
            }
        }
        for (table, counted) in COUNTED {
            if manager.get_database_backend() == DbBackend::Sqlite {
                for event in ["insert", "delete", "update"] {
                    connection.execute_unprepared(&format!("DROP TRIGGER count_{table}_{event}_by_word")).await?;
                }
            }
            for columns in *counted {
                let scopes = columns.iter().map(|column| format!("{column}=%")).collect::<Vec<_>>().join("&");
                let forget = format!("DELETE FROM row_counts WHERE list = '{table}' AND scope LIKE '{scopes}'");
                connection.execute_unprepared(&forget).await?;
            }
        }
        replace(manager, INDEXES, &[]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// What a row is counted under by these columns.
fn scope(columns: &[&str], row: &str) -> String {
    columns.iter().map(|column| format!("'{column}=' || {row}{column}")).collect::<Vec<_>>().join(" || '&' || ")
}

fn all_columns(counted: &[&[&str]]) -> Vec<String> {
    let mut columns: Vec<String> = counted.concat().into_iter().map(str::to_owned).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn on_sqlite(table: &str, counted: &[&[&str]]) -> Vec<String> {
    let add = |row: &str, change: i8| -> String {
        let add = |columns: &&[&str]| {
            let scope = scope(columns, row);
            format!(
                "INSERT INTO row_counts VALUES ('{table}', {scope}, 0, {change})
                    ON CONFLICT (list, scope, shard) DO UPDATE SET row_count = row_count + excluded.row_count;"
            )
        };
        counted.iter().map(add).collect()
    };
    let update = format!("UPDATE OF {}", all_columns(counted).join(", "));
    [
        ("insert", "INSERT", add("new.", 1)),
        ("delete", "DELETE", add("old.", -1)),
        ("update", &*update, add("old.", -1) + &add("new.", 1)),
    ]
    .map(|(event, on, work)| {
        format!("CREATE TRIGGER count_{table}_{event}_by_word AFTER {on} ON {table} FOR EACH ROW BEGIN {work} END")
    })
    .to_vec()
}

fn on_postgres(table: &str, counted: &[&[&str]]) -> Vec<String> {
    let scopes: Vec<_> =
        counted.iter().map(|columns| format!("'{}'", scope(columns, "").replace('\'', "''"))).collect();
    let (scopes, columns) = (scopes.join(", "), all_columns(counted));
    let differs: Vec<_> = columns.iter().map(|column| format!("OLD.{column} IS DISTINCT FROM NEW.{column}")).collect();
    let changed = [("insert", "NEW"), ("delete", "OLD")].map(|(event, rows)| {
        format!(
            "CREATE TRIGGER count_{event}_by_word AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION count_rows_by_word({scopes})"
        )
    });
    let moved = format!(
        "CREATE TRIGGER count_update_by_word AFTER UPDATE OF {} ON {table} FOR EACH ROW
            WHEN ({}) EXECUTE FUNCTION count_row_of_other_word({scopes})",
        columns.join(", "),
        differs.join(" OR ")
    );
    changed.into_iter().chain([moved]).collect()
}

/// What goes when a table is emptied at once is seen to by the trigger of its other counts.
const FUNCTIONS: [&str; 2] = [
    "CREATE FUNCTION count_rows_by_word() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
            scope_of text;
            part record;
        BEGIN
            FOREACH scope_of IN ARRAY TG_ARGV LOOP
                FOR part IN EXECUTE format('SELECT %s AS scope, count(*) AS size FROM changed GROUP BY 1', scope_of) LOOP
                    PERFORM add_to_row_count(TG_TABLE_NAME, part.scope, sign * part.size);
                END LOOP;
            END LOOP;
            RETURN NULL;
        END $$",
    "CREATE FUNCTION count_row_of_other_word() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            scope_of text;
            before text;
            now text;
        BEGIN
            FOREACH scope_of IN ARRAY TG_ARGV LOOP
                EXECUTE format('SELECT %s FROM (SELECT ($1).*) AS changed', scope_of) INTO before USING OLD;
                EXECUTE format('SELECT %s FROM (SELECT ($1).*) AS changed', scope_of) INTO now USING NEW;
                IF before <> now THEN
                    PERFORM add_to_row_count(TG_TABLE_NAME, before, -1);
                    PERFORM add_to_row_count(TG_TABLE_NAME, now, 1);
                END IF;
            END LOOP;
            RETURN NULL;
        END $$",
];
