//! A database of its own for each test: an SQLite file, or a new database on the PostgreSQL server that
//! `GERBANG_TEST_POSTGRES_URL` names (`postgres://user:password@host`, without a database).

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    thread,
};

use gerbang_platform::db::{Db, DbOptions};
use migration::Migrator;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// An empty database, or one with this version's tables; removed when this is dropped.
pub(crate) struct TestDatabase {
    url: String,
    place: Place,
}

enum Place {
    Sqlite { _folder: TempDir },
    Postgres { server: String, name: String },
}

impl TestDatabase {
    /// PostgreSQL if there is a server to test with, else SQLite.
    pub(crate) async fn new() -> Self {
        match postgres_server() {
            Some(server) => Self::postgres(server).await,
            None => Self::embedded(),
        }
    }

    /// The same with the tables of this version and no rows. It is a copy: to make them takes longer than most tests.
    pub(crate) async fn up_to_date() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
        if let Some(server) = postgres_server() {
            let template = TEMPLATE.get_or_init(|| template(&server)).await;
            return Self::made(server, &format!("TEMPLATE {template}")).await;
        }
        let file = FILE.get_or_init(async || {
            let original = Self::embedded();
            original.migrated().await.close().await.expect("nobody uses it");
            fs::read(original.file()).expect("a file")
        });
        let (file, copy) = (file.await, Self::embedded());
        fs::write(copy.file(), file).expect("room for a copy");
        copy
    }

    /// One of each kind that can be tested here, for what must be the same on all of them.
    pub(crate) async fn each() -> Vec<Self> {
        let mut databases = vec![Self::embedded()];
        if let Some(server) = postgres_server() {
            databases.push(Self::postgres(server).await);
        }
        databases
    }

    /// One of each kind whose texts are ordered and folded by their bytes alone, on PostgreSQL too.
    pub(crate) async fn each_of_bytes() -> Vec<Self> {
        let mut databases = vec![Self::embedded()];
        if let Some(server) = postgres_server() {
            databases.push(Self::made(server, "TEMPLATE template0 LOCALE 'C.UTF-8'").await);
        }
        databases
    }

    /// One on the PostgreSQL server, if there is one to test with.
    pub(crate) async fn on_server() -> Option<Self> {
        Some(Self::postgres(postgres_server()?).await)
    }

    /// An SQLite file.
    pub(crate) fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let url = format!("sqlite://{}", folder.path().join("gerbang.db").display());
        Self { url, place: Place::Sqlite { _folder: folder } }
    }

    /// As most servers make them: texts are ordered by a language, which nothing may depend on.
    async fn postgres(server: String) -> Self {
        Self::made(server, "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'").await
    }

    async fn made(server: String, options: &str) -> Self {
        let name = format!("gerbang_test_{}", Uuid::new_v4().simple());
        administer(&server, format!("CREATE DATABASE {name} {options}")).await;
        Self { url: format!("{server}/{name}"), place: Place::Postgres { server, name } }
    }

    /// Where SQLite keeps it.
    fn file(&self) -> &Path {
        Path::new(self.url.trim_start_matches("sqlite://"))
    }

    /// What `DATABASE_URL` would be.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Connects to the database as it is.
    pub(crate) async fn connect(&self) -> Db {
        let options = DbOptions {
            url: self.url().to_owned(),
            read_url: String::new(),
            connections: 2,
            durable: false,
            slow: None,
        };
        Db::connect(&options).await.expect("the test's database")
    }

    /// Connects after bringing it up to date.
    pub(crate) async fn migrated(&self) -> Db {
        let db = self.connect().await;
        db.migrate::<Migrator>().await.expect("migrations run");
        db
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Postgres { server, name } = &self.place else { return };
        let (server, statement) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        // The test's own runtime can't be waited for here.
        let removal = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime to clean up").block_on(administer(&server, statement));
        });
        // While a failed test unwinds, a second panic would hide the first.
        let removed = removal.join();
        assert!(removed.is_ok() || thread::panicking(), "the test's database could not be removed");
    }
}

fn postgres_server() -> Option<String> {
    let server = std::env::var("GERBANG_TEST_POSTGRES_URL").ok()?;
    Some(server.trim_end_matches('/').to_owned()).filter(|server| !server.is_empty())
}

/// The database of this server that is copied. It stays for the next tests of the same migrations.
async fn template(server: &str) -> String {
    let name = format!("gerbang_template_{:016x}", migrations());
    let connection = Database::connect(format!("{server}/postgres")).await.expect("the PostgreSQL server");
    let sql = format!("SELECT datname FROM pg_database WHERE datname = '{name}'");
    let found = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    if found.expect("an answer").is_none() {
        let draft = TestDatabase::postgres(server.to_owned()).await;
        draft.migrated().await.close().await.expect("nobody uses it");
        let Place::Postgres { name: draft_name, .. } = &draft.place else { unreachable!("it is on the server") };
        // Of two that make it at once, the second is not needed.
        let _ = connection.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {draft_name}")).await;
    }
    connection.close().await.expect("the connection closes");
    name
}

/// Another number once a migration changes.
fn migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migration/src");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("migrations").map(|file| file.expect("a migration").path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file).expect("a migration").hash(&mut hasher);
    }
    hasher.finish()
}

async fn administer(server: &str, statement: String) {
    let connection = Database::connect(format!("{server}/postgres")).await.expect("the PostgreSQL server");
    connection.execute_unprepared(&statement).await.expect("the right to make databases");
    connection.close().await.expect("the connection closes");
}

/// Ends every connection to this PostgreSQL database but the one that is asked.
pub(crate) async fn end_others(connection: &impl ConnectionTrait) {
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    connection.execute_unprepared(others).await.expect("the right to end connections");
}
