//! The tables: they come and go, hold what the entities say, and refuse what they must.

mod constraints;

use std::path::PathBuf;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, PaginatorTrait, Statement};

use crate::support::{TestApp, database::TestDatabase, rows};
use gerbang::{
    entity::{
        accounts::{Realm, Role},
        talents::{cluster, typology},
    },
    platform::db::Db,
};

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
    names.filter(|name| name != "seaql_migrations").collect()
}

#[tokio::test]
async fn go_up_down_and_up_again() {
    for database in TestDatabase::each().await {
        let db = database.migrated().await;
        let made = tables(&db).await;
        assert_eq!(made.len(), 37, "{made:?}");

        Migrator::down(db.write(), None).await.unwrap();
        assert_eq!(tables(&db).await, Vec::<String>::new());

        Migrator::up(db.write(), None).await.unwrap();
        assert_eq!(tables(&db).await, made);
        Migrator::up(db.write(), None).await.unwrap();
        assert_eq!(cluster::Entity::public().count(db.read()).await.unwrap(), 8);
        assert_eq!(typology::Entity::public().count(db.read()).await.unwrap(), 30);
    }
}

#[tokio::test]
async fn hold_every_column_of_every_entity() {
    for database in TestDatabase::each().await {
        let db = database.migrated().await;
        let tables_with_rows = rows::insert(&db, 1).await;
        assert_eq!(tables_with_rows, tables(&db).await, "each table has an entity");
        rows::insert(&db, 2).await;
    }
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
