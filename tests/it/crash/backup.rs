//! A backup that is made while the program serves, and the way back to it.

use std::{
    collections::HashSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use gerbang::tracking::{click, summary};
use gerbang_platform::db::{Db, DbOptions};
use migration::Migrator;
use sea_orm::EntityTrait;
use tempfile::TempDir;
use tokio::time::sleep;

use super::{Program, Settings, TIMEOUT, clicks, client, command, free_address, write_settings};
use crate::support::{TestApp, database::TestDatabase};

const VISITORS: usize = 8;
/// Clicks that are answered before each step.
const SOME: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_writes_holds_what_was_answered_before_it() {
    let (database, folder, client) = (TestDatabase::embedded(), TempDir::new().unwrap(), client());
    let url = database.url().to_owned();
    database.migrated().await.close().await.unwrap();
    let settings = write_settings(folder.path(), &database, free_address());
    let app = TestApp::on(database, |_| ()).await;
    clicks::add_link(&app).await;
    app.app.close().await;
    let program = Program::run(settings.clone(), &[], &client).await;

    let answered = Arc::new(Mutex::new(Vec::new()));
    let follow = || tokio::spawn(clicks::follow(client.clone(), program.url("/c/link"), Arc::clone(&answered)));
    let visitors: Vec<_> = (0..VISITORS).map(|_| follow()).collect();
    let some_more = async || {
        let (began, before) = (Instant::now(), answered.lock().unwrap().len());
        while answered.lock().unwrap().len() < before + SOME {
            assert!(began.elapsed() < TIMEOUT, "clicks are not answered");
            sleep(Duration::from_millis(5)).await;
        }
    };
    some_more().await;
    let before = answered.lock().unwrap().clone();
    let backup = folder.path().join("backup.db");
    let said = run(&settings, &["backup"], &backup).await.unwrap();
    assert!(said.contains("Uploaded files are not in it"), "{said}");
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    some_more().await;
    let refused = run(&settings, &["backup"], &backup).await.unwrap_err();
    assert!(refused.contains("is there already"), "{refused}");
    run(&settings, &["backup", "--force"], &folder.path().join("other.db")).await.unwrap();
    run(&settings, &["backup", "--force"], &folder.path().join("other.db")).await.unwrap();
    let refused = run(&settings, &["restore"], &backup).await.unwrap_err();
    assert!(refused.contains("stop the server first"), "{refused}");
    some_more().await;
    program.kill();
    for visitor in join_all(visitors).await {
        visitor.unwrap();
    }

    let said = run(&settings, &["restore"], &backup).await.unwrap();
    assert!(said.contains("is kept as") && !said.contains("older version"), "{said}");
    let restored = recorded(&url).await;
    assert!(before.iter().all(|click| restored.contains(click)), "some that were answered before are lost");
    // What was there before stays, with everything that the killed server left beside its file.
    let former = recorded(&format!("{url}.before-restore-1")).await;
    assert!(answered.lock().unwrap().iter().all(|click| former.contains(click)) && former.len() > restored.len());
    let unfinished = |folder: &Path| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".unfinished")).collect::<Vec<_>>()
    };
    assert_eq!(unfinished(folder.path()), Vec::<String>::new());
    Program::run(settings, &[], &client).await.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_whole_backup_of_this_version_or_an_older_one_changes_nothing() {
    let (database, folder) = (TestDatabase::embedded(), TempDir::new().unwrap());
    let settings = write_settings(folder.path(), &database, free_address());
    let db = database.migrated().await;
    super::start::apply_a_newer_migration(&db).await;
    let backup = folder.path().join("newer.db");
    run(&settings, &["backup"], &backup).await.unwrap();
    db.close().await.unwrap();
    let file = PathBuf::from(database.url().strip_prefix("sqlite://").unwrap());
    let content = fs::read(&file).unwrap();

    let newer = run(&settings, &["restore"], &backup).await.unwrap_err();
    assert!(newer.contains("of a newer version") && newer.contains("m20990101_000001_tomorrow"), "{newer}");
    let half = folder.path().join("half.db");
    fs::write(&half, &fs::read(&backup).unwrap()[..100_000]).unwrap();
    let text = folder.path().join("text.db");
    fs::write(&text, "CREATE TABLE users (id INTEGER);".repeat(100)).unwrap();
    for damaged in [&half, &text] {
        let refused = run(&settings, &["restore"], damaged).await.unwrap_err();
        assert!(refused.contains("is damaged or no backup"), "{refused}");
    }
    let refused = run(&settings, &["restore"], &file).await.unwrap_err();
    assert!(refused.contains("is the database itself"), "{refused}");
    let refused = run(&settings, &["backup", "--force"], &file).await.unwrap_err();
    assert!(refused.contains("is the database itself"), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), content);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_restored_too() {
    let (database, folder) = (TestDatabase::embedded(), TempDir::new().unwrap());
    let settings = write_settings(folder.path(), &database, free_address());
    database.migrated().await.close().await.unwrap();
    let backup = folder.path().join("backup.db");
    run(&settings, &["backup"], &backup).await.unwrap();
    let file = PathBuf::from(database.url().strip_prefix("sqlite://").unwrap());
    for damaged in [vec![b'x'; 100_000], Vec::new()] {
        fs::write(&file, damaged).unwrap();
        run(&settings, &["restore"], &backup).await.unwrap();
        let db = database.connect().await;
        assert!(db.is_migrated::<Migrator>().await.unwrap());
        db.close().await.unwrap();
    }
    assert!(file.with_file_name("gerbang.db.before-restore-2").exists());
    // Nor does it take a database.
    fs::remove_file(&file).unwrap();
    let said = run(&settings, &["restore"], &backup).await.unwrap();
    assert!(!said.contains("is kept as"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_server_they_say_what_to_use_instead() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let folder = TempDir::new().unwrap();
    let settings = write_settings(folder.path(), &database, free_address());
    for name in ["backup", "restore"] {
        let refused = run(&settings, &[name], &folder.path().join("backup.db")).await.unwrap_err();
        assert!(refused.contains("pg_dump") && refused.contains("pg_restore"), "{refused}");
    }
}

/// What a command prints that is given this file; what it says where it fails.
async fn run(settings: &Settings, arguments: &[&str], file: &Path) -> Result<String, String> {
    let mut command = command(settings, arguments);
    command.arg(file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The clicks that a database holds, each of which is in its sums.
async fn recorded(url: &str) -> HashSet<String> {
    let db = Db::connect(&DbOptions {
        url: url.to_owned(),
        read_url: String::new(),
        connections: 1,
        durable: false,
        slow: None,
    })
    .await
    .unwrap();
    let clicks = click::row::Entity::find().all(db.read()).await.unwrap();
    let sums = summary::row::Entity::find().all(db.read()).await.unwrap();
    db.close().await.unwrap();
    assert_eq!(sums.iter().map(|sum| sum.clicks).sum::<i64>(), i64::try_from(clicks.len()).unwrap());
    clicks.into_iter().map(|click| click.click_id).collect()
}
