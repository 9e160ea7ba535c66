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
use gerbang_platform::db::Db;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, PaginatorTrait, Statement};

use crate::support::{TestApp, database::TestDatabase, rows};

/// The tables that migrations made, by name.
async fn tables(db: &Db) -> Vec<String> {
    let sql = match db.backend() {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        _ => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
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
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'seaql_migrations' AND collname <> 'C'";
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
