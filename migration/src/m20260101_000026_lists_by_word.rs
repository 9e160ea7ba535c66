//! Lists of rows with one word in a column, such as those of one status: counts for their totals, and indexes for their pages.
//!
//! The counts stand in `row_counts` beside the others, under scopes such as `status=assessed` and `realm=notary&role=customer`:
//! columns in the order of the alphabet. They are what administrators see; of rows that belong to somebody none are kept, since
//! there are few. Nor are clicks counted or indexed by word.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{
    indexes::{Columns, replace},
    m20260101_000015_row_counts::add_on_sqlite,
};

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

/// In the order in which each list is shown where none is asked for. PostgreSQL knows how many rows have a word, and takes them
/// for rare ones; SQLite would take them for common ones, too, and sort what it finds where another order is asked for.
const ON_POSTGRES: &[Columns] = &[
    ("audit_entries", &["realm", "kind", "created_at", "id"]),
    ("documents", &["review_status", "created_at", "id"]),
    ("leads", &["status", "created_at", "id"]),
    ("orders", &["status", "id"]),
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

/// The one of that kind that SQLite had.
const NOT_ON_SQLITE: &[Columns] = &[("clients", &["status", "id"])];

/// In every order that there is. Whoever is no administrator sees the active offers.
const ON_BOTH: &[Columns] = &[
    ("offers", &["active", "id"]),
    ("offers", &["active", "name", "id"]),
    ("offers", &["active", "payout_micros", "id"]),
    ("payment_orders", &["provider", "created_at", "id"]),
];

/// What made room.
const NOT_ON_BOTH: &[Columns] = &[("payment_orders", &["provider", "status"])];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (added, removed) = indexes(is_postgres);
        replace(manager, removed, added).await?;
        replace(manager, NOT_ON_BOTH, ON_BOTH).await?;
        for (table, counted) in COUNTED {
            keep_counts_by_word(manager, table, counted).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for (table, counted) in COUNTED {
            let triggers = if is_postgres {
                // They go with their function.
                vec![format!("DROP FUNCTION count_{table}_by_word() CASCADE")]
            } else {
                ["insert", "delete", "update"]
                    .map(|event| format!("DROP TRIGGER count_{table}_{event}_by_word"))
                    .to_vec()
            };
            let counts = counted.iter().map(|columns| {
                let scopes = columns.iter().map(|column| format!("{column}=%")).collect::<Vec<_>>().join("&");
                format!("DELETE FROM row_counts WHERE list = '{table}' AND scope LIKE '{scopes}'")
            });
            for statement in triggers.into_iter().chain(counts) {
                manager.get_connection().execute_unprepared(&statement).await?;
            }
        }
        replace(manager, ON_BOTH, NOT_ON_BOTH).await?;
        let (added, removed) = indexes(is_postgres);
        replace(manager, added, removed).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Those that are added, and those that go.
const fn indexes(is_postgres: bool) -> (&'static [Columns], &'static [Columns]) {
    if is_postgres { (ON_POSTGRES, &[]) } else { (&[], NOT_ON_SQLITE) }
}

/// Counts the rows of a table by the values of each of these sets of columns, none of which is ever null, and lets the database
/// keep the counts from now on. The table has [its other count](super::m20260101_000015_row_counts::keep_count), whose trigger
/// sees to what goes when it is emptied at once.
pub(crate) async fn keep_counts_by_word(
    manager: &SchemaManager<'_>,
    table: &str,
    counted: &[&[&str]],
) -> Result<(), DbErr> {
    let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
    let triggers = if is_postgres { on_postgres(table, counted) } else { on_sqlite(table, counted) };
    let count_once = counted.iter().map(|columns| {
        let scope = scope(columns, "");
        format!("INSERT INTO row_counts SELECT '{table}', {scope}, 0, count(*) FROM {table} GROUP BY 2")
    });
    for statement in triggers.into_iter().chain(count_once) {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// What a row is counted under by these columns.
fn scope(columns: &[&str], row: &str) -> String {
    columns.iter().map(|column| format!("'{column}=' || {row}{column}")).collect::<Vec<_>>().join(" || '&' || ")
}

fn all_columns<'a>(counted: &[&[&'a str]]) -> Vec<&'a str> {
    let mut columns = counted.concat();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn on_sqlite(table: &str, counted: &[&[&str]]) -> Vec<String> {
    let add = |row: &str, change: &str| -> String {
        counted.iter().map(|columns| add_on_sqlite(table, &scope(columns, row), change)).collect()
    };
    let update = format!("UPDATE OF {}", all_columns(counted).join(", "));
    [
        ("insert", "INSERT", add("new.", "1")),
        ("delete", "DELETE", add("old.", "-1")),
        ("update", &*update, add("old.", "-1") + &add("new.", "1")),
    ]
    .map(|(event, on, work)| {
        format!("CREATE TRIGGER count_{table}_{event}_by_word AFTER {on} ON {table} FOR EACH ROW BEGIN {work} END")
    })
    .to_vec()
}

/// A function for each table, whose statements are planned once.
fn on_postgres(table: &str, counted: &[&[&str]]) -> Vec<String> {
    let scopes = |row: &str| counted.iter().map(|columns| scope(columns, row)).collect::<Vec<_>>().join(", ");
    let columns = all_columns(counted);
    let differs: Vec<_> = columns.iter().map(|column| format!("OLD.{column} IS DISTINCT FROM NEW.{column}")).collect();
    let function = format!(
        "CREATE FUNCTION count_{table}_by_word() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE part record;
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    FOR part IN SELECT scope, sum(change) AS size FROM (
                        SELECT unnest(ARRAY[{before}]) AS scope, -1 AS change UNION ALL SELECT unnest(ARRAY[{now}]), 1
                    ) changes GROUP BY 1 HAVING sum(change) <> 0 LOOP
                        PERFORM add_to_row_count('{table}', part.scope, part.size);
                    END LOOP;
                ELSE
                    FOR part IN SELECT unnest(ARRAY[{scopes}]) AS scope, count(*) AS size FROM changed GROUP BY 1 LOOP
                        PERFORM add_to_row_count('{table}', part.scope, CASE TG_OP WHEN 'INSERT' THEN part.size ELSE -part.size END);
                    END LOOP;
                END IF;
                RETURN NULL;
            END $$",
        before = scopes("OLD."),
        now = scopes("NEW."),
        scopes = scopes(""),
    );
    let changed = [("insert", "NEW"), ("delete", "OLD")].map(|(event, rows)| {
        format!(
            "CREATE TRIGGER count_{event}_by_word AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION count_{table}_by_word()"
        )
    });
    let moved = format!(
        "CREATE TRIGGER count_update_by_word AFTER UPDATE OF {} ON {table} FOR EACH ROW
            WHEN ({}) EXECUTE FUNCTION count_{table}_by_word()",
        columns.join(", "),
        differs.join(" OR ")
    );
    [function].into_iter().chain(changed).chain([moved]).collect()
}
