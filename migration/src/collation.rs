//! PostgreSQL orders and lowers texts by the language that a database was made with; the gateway's texts are ordered by
//! their bytes and lowered in ASCII, as SQLite's are, so that lists and searches answer the same everywhere.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, sea_query::PostgresQueryBuilder},
};

/// Columns of text whose collation is another get it; triggers that name columns are made again.
const ALTER: &str = r"DO $$
DECLARE
    altered record;
    named record;
BEGIN
    FOR altered IN
        SELECT a.attrelid::regclass AS name, string_agg(
            format('ALTER COLUMN %I TYPE %s COLLATE pg_catalog.%I', a.attname, format_type(a.atttypid, a.atttypmod), <collation>), ', '
        ) AS changes, array_agg(a.attnum) AS columns
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname IN (<tables>)
            AND a.attnum > 0 AND NOT a.attisdropped AND o.collname <> <collation>
        GROUP BY a.attrelid
    LOOP
        CREATE TEMPORARY TABLE altered_triggers ON COMMIT DROP AS
            SELECT tgname::text AS name, pg_get_triggerdef(oid) AS definition FROM pg_trigger
            WHERE tgrelid = altered.name AND NOT tgisinternal AND tgattr::int2[] && altered.columns;
        FOR named IN SELECT * FROM altered_triggers LOOP
            EXECUTE format('DROP TRIGGER %I ON %s', named.name, altered.name);
        END LOOP;
        EXECUTE format('ALTER TABLE %s %s', altered.name, altered.changes);
        FOR named IN SELECT * FROM altered_triggers LOOP
            EXECUTE named.definition;
        END LOOP;
        DROP TABLE altered_triggers;
    END LOOP;
END $$";

/// How a database compares texts.
#[derive(Clone, Copy)]
pub(crate) enum Collation {
    /// By their bytes.
    Bytes,
    /// By the language that the database was made with.
    Language,
}

/// Has the texts in these tables compared so; nothing where the database knows one way only.
pub(crate) async fn set(manager: &SchemaManager<'_>, tables: &[&str], collation: Collation) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let collation = match collation {
        Collation::Bytes => "'C'",
        Collation::Language => "'default'",
    };
    let tables: Vec<String> = tables.iter().map(|table| format!("'{table}'")).collect();
    let sql = ALTER.replace("<collation>", collation).replace("<tables>", &tables.join(", "));
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Makes a table whose texts are compared by their bytes.
pub(crate) async fn create_table(manager: &SchemaManager<'_>, table: TableCreateStatement) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return manager.create_table(table).await;
    }
    let sql = of_bytes(&table.to_string(PostgresQueryBuilder));
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// A statement that makes a table, with the collation behind the type of each column of text. Names stand in quotation
/// marks, so what looks like a type is one.
fn of_bytes(create: &str) -> String {
    let mut words = Vec::new();
    for word in create.split(' ') {
        let (ty, rest) = word.split_at(word.trim_end_matches(',').len());
        let is_text = ty == "text" || ty.starts_with("varchar(");
        words.push(if is_text { format!("{ty} COLLATE \"C\"{rest}") } else { word.to_owned() });
    }
    words.join(" ")
}
