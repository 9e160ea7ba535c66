//! The database: a pool to read from and a way to begin a write.
//!
//! SQLite has one writer at a time, so writes queue for a pool of exactly one connection and begin
//! `IMMEDIATE` (a deferred transaction that reads before it writes fails with "locked" under load). On
//! PostgreSQL both are the same pool.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::error::Result;

tokio::task_local! {
    /// Set around background work, so that its statements are counted apart from those of requests.
    static BACKGROUND: ();
}

/// Runs background work (the outbox, retention) so that its statements count as `source="worker"`.
pub async fn in_background<F: Future>(work: F) -> F::Output {
    BACKGROUND.scope((), work).await
}

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite:///path/to/file.db`, `sqlite::memory:` is not supported; or `postgres://user@host/name`.
    pub url: String,
    /// Connections to read with (SQLite) or in all (PostgreSQL).
    pub connections: u32,
    /// Whether a commit waits until it would survive a power cut (SQLite's `synchronous=FULL`).
    pub durable: bool,
}

/// A handle on the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    statements: Arc<AtomicU64>,
}

impl Db {
    /// Connects; creates the file of an embedded database that is not there yet.
    pub async fn connect(options: &DbOptions) -> Result<Self, DbErr> {
        let statements = Arc::new(AtomicU64::new(0));
        let mut writer = if options.url.starts_with("sqlite:") {
            connect_sqlite(options, 1).await?
        } else {
            connect_postgres(options).await?
        };
        count_statements(&mut writer, &statements);
        let reader = if writer.get_database_backend() == DbBackend::Sqlite {
            let mut reader = connect_sqlite(options, options.connections).await?;
            count_statements(&mut reader, &statements);
            reader
        } else {
            writer.clone()
        };
        Ok(Self { reader, writer, statements })
    }

    /// Where to read outside a transaction.
    pub const fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// The connection that may write, for single statements and migrations.
    pub const fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Begins a transaction that may write. It is rolled back unless committed.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = (self.backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        self.writer
            .begin_with_options(TransactionOptions { sqlite_transaction_mode: immediate, ..Default::default() })
            .await
    }

    /// Makes transactions that name the same key run one after the other. SQLite has one writer anyway.
    pub async fn lock(transaction: &DatabaseTransaction, key: &str) -> Result<(), DbErr> {
        if transaction.get_database_backend() == DbBackend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, lock, [key.into()]);
            transaction.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// How many statements this handle and its clones have run for requests so far.
    pub fn request_statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Closes the pools after their connections are idle.
    pub async fn close(self) -> Result<(), DbErr> {
        let Self { reader, writer, statements: _ } = self;
        if writer.get_database_backend() == DbBackend::Sqlite {
            reader.close().await?;
        }
        writer.close().await
    }
}

fn count_statements(connection: &mut DatabaseConnection, statements: &Arc<AtomicU64>) {
    let statements = Arc::clone(statements);
    connection.set_metric_callback(move |_| {
        if BACKGROUND.try_with(|()| ()).is_ok() {
            metrics::counter!("gerbang_db_queries_total", "source" => "worker").increment(1);
        } else {
            statements.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("gerbang_db_queries_total", "source" => "request").increment(1);
        }
    });
}

async fn connect_sqlite(options: &DbOptions, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let synchronous = if options.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let mut connect = common(options, connections);
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory")
            // Pages that are written again and again are carried over to the database less often.
            .pragma("wal_autocheckpoint", "4000")
            .optimize_on_close(true, None)
    });
    Database::connect(connect).await
}

async fn connect_postgres(options: &DbOptions) -> Result<DatabaseConnection, DbErr> {
    let mut connect = common(options, options.connections);
    connect.statement_timeout(Duration::from_secs(30));
    Database::connect(connect).await
}

fn common(options: &DbOptions, connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .min_connections(connections)
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false);
    connect
}
