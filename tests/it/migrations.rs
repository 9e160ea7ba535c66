//! The tables: they come and go, hold what the entities say, and refuse what they must.

mod constraints;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use gerbang::{
    accounts::{Realm, Role},
    talents::dictionary,
};
use gerbang_platform::{
    db::Db,
    query::constraint::{Violated, violated},
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, PaginatorTrait, Statement};

use crate::support::{TestApp, database::TestDatabase, rows};

/// The tables that migrations made, by name.
async fn tables(db: &Db) -> Vec<String> {
    let sql = match db.backend() {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        // Months of clicks are parts of one table.
        _ => {
            "SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
        }
    };
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    let names = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
    // Those of an index for searches are SQLite's own.
    names.filter(|name| name != "seaql_migrations" && !name.contains("_search")).collect()
}

#[tokio::test]
async fn go_up_down_and_up_again() {
    for database in TestDatabase::each().await {
        let db = database.migrated().await;
        let made = tables(&db).await;
        assert_eq!(made.len(), 40, "count a new table here: {made:?}");

        let transaction = db.begin().await.unwrap();
        Migrator::down(&transaction, None).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(tables(&db).await, Vec::<String>::new());

        db.migrate::<Migrator>().await.unwrap();
        assert_eq!(tables(&db).await, made);
        db.migrate::<Migrator>().await.unwrap();
        assert_eq!(dictionary::cluster_row::Entity::public().count(db.read()).await.unwrap(), 8);
        assert_eq!(dictionary::typology_row::Entity::public().count(db.read()).await.unwrap(), 30);
    }
}

#[tokio::test]
async fn hold_every_column_of_every_entity() {
    for database in TestDatabase::each().await {
        let db = database.migrated().await;
        let tables_with_rows = rows::insert(&db, 1).await;
        let mut tables = tables(&db).await;
        // Triggers keep it, and it is read as a whole.
        tables.retain(|table| table != "row_counts");
        assert_eq!(tables_with_rows, tables, "each table has an entity");
        rows::insert(&db, 2).await;
    }
}

#[tokio::test]
async fn texts_are_compared_by_their_bytes_in_every_column() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let db = database.migrated().await;
    let sql = "SELECT format('%s.%s', attrelid::regclass, attname) AS name FROM pg_attribute a
        JOIN pg_class c ON c.oid = attrelid JOIN pg_collation o ON o.oid = attcollation
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'seaql_migrations' AND collname <> 'C'";
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(names, Vec::<String>::new(), "these columns are compared by a language");
}

#[tokio::test]
async fn an_embedded_database_is_one_file_when_it_is_closed() {
    let app = TestApp::new().await;
    let url = app.domain.config.database.url.expose().to_owned();
    let Some(file) = url.strip_prefix("sqlite://") else { return };
    app.user(Realm::Staff, Role::Admin).await;
    let beside = ["-wal", "-shm"].map(|end| PathBuf::from(format!("{file}{end}")));
    assert!(beside.iter().all(|file| file.exists()));
    app.app.close().await;
    assert!(PathBuf::from(file).exists() && beside.iter().all(|file| !file.exists()));
}

#[tokio::test]
async fn of_many_processes_one_migrates_and_the_others_find_nothing_to_do() {
    for database in TestDatabase::each().await {
        let migrate = || {
            Command::new(env!("CARGO_BIN_EXE_gerbang"))
                .env_clear()
                .env("DATABASE_URL", database.url())
                .arg("migrate")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let processes: Vec<_> = (0..6).map(|_| migrate()).collect();
        for process in processes {
            let output = process.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(output.stdout, b"The tables are up to date.\n");
        }
        let db = database.connect().await;
        assert!(db.is_migrated::<Migrator>().await.unwrap());
        assert_eq!(dictionary::cluster_row::Entity::public().count(db.read()).await.unwrap(), 8);
    }
}

#[tokio::test]
async fn a_running_migration_is_waited_for() {
    for database in TestDatabase::each().await {
        let (first, second) = (database.migrated().await, database.connect().await);
        let transaction = first.begin().await.unwrap();
        Migrator::down(&transaction, Some(1)).await.unwrap();
        Db::lock(&transaction, "gerbang migrations").await.unwrap();
        let waiting = tokio::spawn(async move { second.migrate::<Migrator>().await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!waiting.is_finished(), "it does not wait");
        transaction.commit().await.unwrap();
        waiting.await.unwrap().unwrap();
        assert!(first.is_migrated::<Migrator>().await.unwrap());
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_everything_as_it_was() {
    for database in TestDatabase::each().await {
        let db = database.connect().await;
        // The table that the migration of legacy usage makes is in its way.
        db.write().execute_unprepared("CREATE TABLE legacy_usage (id INTEGER)").await.unwrap();
        assert!(db.migrate::<Migrator>().await.is_err());
        assert_eq!(tables(&db).await, ["legacy_usage"]);
        db.write().execute_unprepared("DROP TABLE legacy_usage").await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
    }
}

/// Migrations before the one that keeps clicks by month.
const BEFORE_MONTHS: u32 = 23;

/// What is asked of the clicks before and after, each as one text.
async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql.to_owned())).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn clicks_of_an_old_database_move_to_their_months_and_back() {
    const CLICKS: &str =
        "SELECT id || ' ' || click_id || ' ' || coalesce(user_agent, '') || ' ' || created_at FROM clicks ORDER BY id";
    const NEXT: &str =
        "INSERT INTO clicks (click_id, sub_id, affiliate_id, offer_id, device_type, is_bot, is_unique, created_at)
        SELECT 'next' || count(*), min(sub_id), 1, 1, 'bot', true, true, '2026-02-03T04:05:06+00:00' FROM clicks
        RETURNING CAST(id AS text)";
    for database in TestDatabase::each().await {
        let db = database.connect().await;
        let migrate = async |steps: u32, up: bool| {
            let transaction = db.begin().await.unwrap();
            if up {
                Migrator::up(&transaction, Some(steps)).await.unwrap();
            } else {
                Migrator::down(&transaction, Some(steps)).await.unwrap();
            }
            transaction.commit().await.unwrap();
        };
        migrate(BEFORE_MONTHS, true).await;
        // With a lead each, at 2026-02-03; and some of other months, the last of which has left.
        for n in 1..=2 {
            rows::insert(&db, n).await;
        }
        for (id, at) in [(10, "2025-12-31T23:59:59.999999"), (11, "2026-01-01T00:00:00"), (12, "2026-04-30T12:00:00")] {
            let copy = format!(
                "INSERT INTO clicks SELECT {id}, 'copy {id}', sub_id, affiliate_id, offer_id, visitor_hash, user_agent, country_code,
                    device_type, os, browser, referrer, is_bot, is_unique, '{at}+00:00' FROM clicks WHERE id = 1"
            );
            db.write().execute_unprepared(&copy).await.unwrap();
        }
        if db.backend() == DbBackend::Postgres {
            db.write().execute_unprepared("SELECT setval('clicks_id_seq', 12)").await.unwrap();
        }
        assert_eq!(texts(&db, NEXT).await, ["13"]);
        db.write().execute_unprepared("DELETE FROM clicks WHERE id = 13").await.unwrap();
        let clicks = texts(&db, CLICKS).await;
        assert_eq!(clicks.len(), 5);

        migrate(1, true).await;
        assert_eq!(texts(&db, CLICKS).await, clicks);
        if db.backend() == DbBackend::Postgres {
            let tables = "SELECT tableoid::regclass || ' ' || count(*) FROM clicks GROUP BY tableoid ORDER BY 1";
            let expected = ["clicks_2025_12 1", "clicks_2026_01 1", "clicks_2026_02 2", "clicks_2026_04 1"];
            assert_eq!(texts(&db, tables).await, expected);
            let ahead = "SELECT to_regclass(click_month(at))::text FROM unnest(ARRAY[now(), month_after(now())]) AS at";
            assert!(texts(&db, ahead).await.iter().all(|table| table.starts_with("clicks_")));
        }
        assert_eq!(texts(&db, NEXT).await, ["14"]);

        let clicks = texts(&db, CLICKS).await;
        migrate(1, false).await;
        assert_eq!(texts(&db, CLICKS).await, clicks);
        let unknown = db.write().execute_unprepared("UPDATE leads SET click_id = 77").await;
        assert_eq!(violated(&unknown.unwrap_err()), Some(Violated::ForeignKey));
        assert_eq!(texts(&db, NEXT).await, ["15"]);
    }
}
