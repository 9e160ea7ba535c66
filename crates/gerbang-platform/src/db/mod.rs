//! The database: a pool to read from and a way to begin a write.
//!
//! SQLite has one writer at a time, so writes queue for a pool of exactly one connection and begin
//! `IMMEDIATE` (a deferred transaction that reads before it writes fails with "locked" under load). On
//! PostgreSQL both are the same pool, whose server may go away and come back: see [`Connection`].

mod availability;
pub mod backup;
mod connection;
pub mod database_url;
pub mod migrate;
mod statements;

use std::{collections::HashMap, sync::Arc, time::Duration};

use gerbang_kernel::error::Result;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions,
    sqlx::{
        ConnectOptions as _, Connection as _,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use tokio::time::sleep;

use self::statements::{Statements, count_statements};
pub use self::{
    connection::{Connection, PoolUsage},
    statements::in_background,
};
use crate::{
    query::{batch::BatchKey, shared::SharedReads},
    settings,
};

/// How long a request waits for a connection of a busy pool.
const ACQUIRE: Duration = Duration::from_secs(10);
/// How long a statement may take on a server.
const STATEMENT: Duration = Duration::from_secs(30);
/// How long another process may keep SQLite's file locked.
const BUSY: Duration = Duration::from_secs(10);
/// How often, and after how long, a file is opened again that another process is just making.
const LOCKED_TRIES: u32 = 100;
const LOCKED: Duration = Duration::from_millis(100);
/// A connection that was idle for longer is asked whether it is alive before it is used. One of a busy pool is not: that
/// would cost every statement another round trip.
const IDLE: Duration = Duration::from_secs(1);

/// How to reach the database.
#[derive(Clone)]
pub struct DbOptions {
    /// `sqlite:///path/to/file.db`, `sqlite::memory:` is not supported; or `postgres://user@host/name`.
    pub url: String,
    /// Connections to read with (SQLite) or in all (PostgreSQL).
    pub connections: u32,
    /// Whether a commit waits until it would survive a power cut (SQLite's `synchronous=FULL`).
    pub durable: bool,
    /// Statements that take longer are in the log, without their values; `None` for no statement.
    pub slow: Option<Duration>,
}

impl From<&settings::Database> for DbOptions {
    fn from(settings: &settings::Database) -> Self {
        let settings::Database { url, connections, durable, .. } = settings;
        Self { url: url.expose().to_owned(), connections: *connections, durable: *durable, slow: None }
    }
}

/// A handle on the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Connection,
    writer: Connection,
    statements: Arc<Statements>,
    shared: Arc<SharedReads>,
}

impl Db {
    /// Connects; creates the file of an embedded database that is not there yet.
    pub async fn connect(options: &DbOptions) -> Result<Self, DbErr> {
        let statements = Arc::new(Statements::new(options.slow));
        if database_url::is_embedded(&options.url) {
            let writer = connect_sqlite(options, 1, &statements).await?;
            let reader = connect_sqlite(options, options.connections, &statements).await?;
            return Ok(Self { reader, writer, statements, shared: Arc::default() });
        }
        let writer = connect_postgres(options, &statements).await?;
        Ok(Self { reader: writer.clone(), writer, statements, shared: Arc::default() })
    }

    /// Where to read outside a transaction.
    pub const fn read(&self) -> &Connection {
        &self.reader
    }

    /// The rows with these keys in `column`, read in one statement with those that other requests want at the moment.
    /// Others may be among what is found; nobody's right to see a row is checked.
    pub async fn by_key<E, K>(&self, column: E::Column, keys: Vec<K>) -> Result<Arc<HashMap<K, E::Model>>>
    where
        E: EntityTrait<Model: Send + Sync>,
        K: BatchKey + 'static,
    {
        self.shared.by_key::<E, K>(&self.reader, column, keys).await
    }

    /// The connection that may write, for single statements.
    pub const fn write(&self) -> &Connection {
        &self.writer
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Begins a transaction that may write. It is rolled back unless committed.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = (self.backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        self.writer.begin(TransactionOptions { sqlite_transaction_mode: immediate, ..Default::default() }).await
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
        self.statements.count()
    }

    /// Shows every statement that is run for requests from now on, for tests of what it costs. The first who asks is
    /// shown them.
    pub fn watch_statements(&self, watcher: impl Fn(&Statement) + Send + Sync + 'static) {
        self.statements.watch(watcher);
    }

    /// The pools, by what they are for, and how many connections of each are at work.
    pub fn pools(&self) -> Vec<(&'static str, PoolUsage)> {
        match self.backend() {
            DbBackend::Sqlite => vec![("read", self.reader.usage()), ("write", self.writer.usage())],
            _ => vec![("all", self.writer.usage())],
        }
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Runs `work`, which holds transactions, until it is done or the database is known to be down: a connection whose
    /// other end vanished without a word would keep it for a quarter of an hour.
    pub async fn unless_down<T, E: From<DbErr>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.writer.unless_down(work).await
    }

    /// Reports that a connection to the server was lost: others may be as well.
    pub fn report_lost_connection(&self) {
        self.writer.report_lost_connection();
    }

    /// Closes the pools after their connections are idle.
    pub async fn close(self) -> Result<(), DbErr> {
        let Self { reader, writer, statements: _, shared: _ } = self;
        if writer.get_database_backend() == DbBackend::Sqlite {
            reader.close().await?;
        }
        writer.close().await
    }
}

async fn connect_sqlite(
    options: &DbOptions,
    connections: u32,
    statements: &Arc<Statements>,
) -> Result<Connection, DbErr> {
    database_url::keep_private(&options.url).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
    let synchronous = if options.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let mut connect = ConnectOptions::new(&options.url);
    connect.min_connections(connections).max_connections(connections).acquire_timeout(ACQUIRE).sqlx_logging(false);
    connect.test_before_acquire(false).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(BUSY)
            .pragma("temp_store", "memory")
            // Pages that are written again and again are carried over to the database less often.
            .pragma("wal_autocheckpoint", "4000")
            .optimize_on_close(true, None)
    });
    let mut pool = connect_in_turn(connect).await?;
    count_statements(&mut pool, statements);
    Ok(Connection::embedded(pool))
}

/// Whoever opens a file first writes to it how it is kept, for which SQLite makes nobody else wait: they are told that it
/// is locked.
async fn connect_in_turn(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    for _ in 0..LOCKED_TRIES {
        match Database::connect(options.clone()).await {
            Err(error) if error.to_string().contains("database is locked") => sleep(LOCKED).await,
            result => return result,
        }
    }
    Database::connect(options).await
}

/// Not by way of `Database::connect`, which tells the log about the URL, and with it the password, at the level `trace`.
async fn connect_postgres(options: &DbOptions, statements: &Arc<Statements>) -> Result<Connection, DbErr> {
    let unreadable = |problem: &str| DbErr::Conn(RuntimeErr::Internal(format!("[database] url: {problem}")));
    let url = database_url::of_server(&options.url).map_err(|problem| unreadable(&problem))?;
    let server = url.parse::<PgConnectOptions>().map_err(|_| unreadable(database_url::UNREADABLE))?;
    let server = server.options([("statement_timeout", STATEMENT.as_millis().to_string())]).disable_statement_logging();
    let pool = PgPoolOptions::new()
        .min_connections(options.connections)
        .max_connections(options.connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for >= IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
    Connection::remote(pool, server, Arc::clone(statements)).await
}
