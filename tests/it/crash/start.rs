//! Servers that start on a database whose tables are not theirs.

use std::{fs, process::Stdio};

use futures_util::future::join_all;
use gerbang::talents::dictionary;
use gerbang_platform::db::Db;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, PaginatorTrait};
use tempfile::TempDir;

use super::{Program, Settings, client, command, free_address, write_settings};
use crate::support::database::TestDatabase;

const REPLICAS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_servers_that_start_at_once_one_migrates_and_all_serve() {
    for database in TestDatabase::each().await {
        let folders: Vec<_> = (0..REPLICAS).map(|_| TempDir::new().unwrap()).collect();
        let client = client();
        let replicas = folders.iter().map(|folder| {
            let settings = write_settings(folder.path(), &database, free_address());
            Program::run(settings, &["--migrate"], &client)
        });
        let replicas = join_all(replicas).await;
        let db = database.connect().await;
        assert!(db.is_migrated::<Migrator>().await.unwrap());
        // What a migration puts in is there once.
        assert_eq!(dictionary::cluster_row::Entity::public().count(db.read()).await.unwrap(), 8);
        drop(replicas);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_migrates_only_if_told_to() {
    let (database, folder, client) = (TestDatabase::new().await, TempDir::new().unwrap(), client());
    let settings = write_settings(folder.path(), &database, free_address());
    let refused = refusal(&settings);
    assert!(refused.contains("run `gerbang migrate` first"), "{refused}");
    let told = fs::read_to_string(&settings.file).unwrap().replace("[database]\n", "[database]\nmigrate = \"start\"\n");
    fs::write(&settings.file, told).unwrap();
    drop(Program::run(settings, &[], &client).await);
    assert!(database.connect().await.is_migrated::<Migrator>().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_goes_on_where_a_newer_one_has_migrated_and_an_older_one_does_not_start() {
    for database in TestDatabase::each().await {
        let (folder, client) = (TempDir::new().unwrap(), client());
        let settings = write_settings(folder.path(), &database, free_address());
        let older = Program::run(settings.clone(), &["--migrate"], &client).await;
        apply_a_newer_migration(&database.connect().await).await;
        assert_eq!(client.get(older.url("/readyz")).send().await.unwrap().status(), 200);
        let refused = refusal(&settings);
        assert!(
            refused.contains("made by a newer version") && refused.contains("m20990101_000001_tomorrow"),
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_health_of_a_server_can_be_asked_where_the_system_trusts_nobody() {
    let (database, folder, client) = (TestDatabase::up_to_date().await, TempDir::new().unwrap(), client());
    let settings = write_settings(folder.path(), &database, free_address());
    let health = || {
        let mut command = command(&settings, &["health"]);
        command.envs(["SSL_CERT_FILE", "SSL_CERT_DIR"].map(|name| (name, "/nowhere"))).output().unwrap()
    };
    let running = Program::run(settings.clone(), &[], &client).await;
    assert!(health().status.success());
    running.terminate().await;
    let refused = health();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("no server answers well at http://127.0.0.1:"), "{said}");
    assert!(said.contains("Connection refused"), "{said}");
}

pub(super) async fn apply_a_newer_migration(db: &Db) {
    let applied = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_tomorrow', 0)";
    db.write().execute_unprepared(applied).await.unwrap();
    assert!(Migrator::get_pending_migrations_read_only(db.read()).await.is_err(), "the library is stricter");
}

/// What the program says that does not start with these settings.
pub(super) fn refusal(settings: &Settings) -> String {
    let program = super::serve(settings, &[]).stderr(Stdio::piped()).spawn().unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}
