//! The database: a pool to read from and a way to begin a write.
//!
//! SQLite has one writer at a time, so writes queue for a pool of exactly one connection and begin
//! `IMMEDIATE` (a deferred transaction that reads before it writes fails with "locked" under load).
//! PostgreSQL's server may go away and come back: see `server`. It may have a replica, which answers what may be a little
//! old: see [`Db::from_replica`].

mod availability;
pub mod backup;
mod connection;
pub mod database_url;
pub mod migrate;
mod reads;
mod replica;
mod server;
mod statements;
mod timeouts;
mod unspanned;
mod waiting;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use gerbang_kernel::error::Result;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, RuntimeErr,
    SqliteTransactionMode, SqlxSqliteConnector, Statement, TransactionOptions,
    sqlx::{
        ConnectOptions, Connection, SqlitePool,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};
use tokio::{runtime::Handle, time::sleep};

use self::{
    availability::not_connected,
    reads::ReadPool,
    replica::{Replica, is_from_replica},
    server::Server,
    statements::Statements,
    timeouts::{ACQUIRE, IDLE, STATEMENT},
    waiting::acquired,
};
pub use self::{
    connection::{PoolUsage, Reader, Writer},
    replica::MAX_LAG,
    statements::in_background,
    unspanned::Unspanned,
};
use crate::{
    query::{
        by_position::ByPosition,
        keys::BatchKey,
        search::{common::CommonGroups, contains},
        shared::SharedReads,
    },
    settings,
};

/// How long another process may keep SQLite's file locked.
const BUSY: Duration = Duration::from_secs(10);
/// How often, and after how long, a file is opened again that another process is just making.
const LOCKED_TRIES: u32 = 100;
const LOCKED: Duration = Duration::from_millis(100);
/// How many rows SQLite reads before somebody has taken them.
const ROWS_AHEAD: usize = 1_000;

/// How to reach the database.
#[derive(Clone)]
pub struct DbOptions {
    /// `sqlite:///path/to/file.db`, `sqlite::memory:` is not supported; or `postgres://user@host/name`.
    pub url: String,
    /// A replica of it to read from, or empty.
    pub read_url: String,
    /// Connections to read with; PostgreSQL: as many to write with, as they are needed, and as many to the replica.
    pub connections: u32,
    /// Whether a commit waits until it would survive a power cut (SQLite's `synchronous=FULL`).
    pub durable: bool,
    /// Statements that take longer are in the log, without their values; `None` for no statement.
    pub slow: Option<Duration>,
}

impl From<&settings::Database> for DbOptions {
    fn from(settings: &settings::Database) -> Self {
        let settings::Database { url, read_url, connections, durable, .. } = settings;
        let (url, read_url) = (url.expose().to_owned(), read_url.expose().to_owned());
        Self { url, read_url, connections: *connections, durable: *durable, slow: None }
    }
}

/// A handle on the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Reader,
    writer: Writer,
    replica: Option<Replica>,
    statements: Arc<Statements>,
    shared: Arc<SharedReads>,
    common_groups: Arc<CommonGroups>,
}

impl Db {
    /// Connects; creates the file of an embedded database that is not there yet.
    pub async fn connect(options: &DbOptions) -> Result<Self, DbErr> {
        let statements = Arc::new(Statements::new(options.slow));
        if database_url::is_embedded(&options.url) {
            let server = connect_sqlite(options, &statements).await?;
            let (reader, writer) = (Reader::new("read", Arc::clone(&server)), Writer::new(server));
            return Ok(Self {
                reader,
                writer,
                replica: None,
                statements,
                shared: Arc::default(),
                common_groups: Arc::default(),
            });
        }
        let DbOptions { url, read_url, connections, .. } = options;
        let server = connect_postgres("url", url, *connections, &statements).await?;
        let (reader, writer) = (Reader::new("read", Arc::clone(&server)), Writer::new(server));
        let replica = match &**read_url {
            "" => None,
            url => {
                let server = connect_postgres("read_url", url, *connections, &statements).await?;
                Some(Replica::new(&reader, Reader::of_replica(server, reader.clone())).await?)
            }
        };
        Ok(Self { reader, writer, replica, statements, shared: Arc::default(), common_groups: Arc::default() })
    }

    /// Where to read outside a transaction.
    pub fn read(&self) -> &Reader {
        self.replica().map_or(&self.reader, |replica| &replica.reader)
    }

    /// The replica, where it is what may be read from.
    fn replica(&self) -> Option<&Replica> {
        self.replica.as_ref().filter(|_| is_from_replica())
    }

    /// Whether there is a replica.
    pub const fn has_replica(&self) -> bool {
        self.replica.is_some()
    }

    /// Lets `work` read from the replica, if there is one that has everything that was committed before `written`, for
    /// whoever wrote then. What it reads is no older than [`MAX_LAG`].
    pub async fn from_replica<F: Future>(&self, written: Option<Instant>, work: F) -> F::Output {
        match &self.replica {
            Some(replica) if replica.has(written) => replica::from_replica(work).await,
            _ => work.await,
        }
    }

    /// How old what is read from the replica is at most; `None` without one, or before that is known.
    pub fn replica_lag(&self) -> Option<Duration> {
        self.replica.as_ref().and_then(Replica::lag)
    }

    /// The rows with these keys in `column`, read in one statement with those that other requests want at the moment.
    /// Others may be among what is found; nobody's right to see a row is checked.
    pub async fn by_key<E, K>(&self, column: E::Column, keys: Vec<K>) -> Result<Arc<HashMap<K, E::Model>>>
    where
        E: EntityTrait<Model: ByPosition + Send + Sync>,
        K: BatchKey + 'static,
    {
        match self.replica() {
            Some(replica) => replica.shared.by_key::<E, K>(&replica.reader, column, keys).await,
            None => self.shared.by_key::<E, K>(&self.reader, column, keys).await,
        }
    }

    /// The rows one of whose `columns` contains `text`, without regard to case; all rows if it is blank. The columns are those
    /// that the table is searched by, or some of them, and the table is numbered by `id`.
    pub fn contains<C: ColumnTrait>(&self, columns: &[C], text: &str) -> Condition {
        let (groups, learning) = self.common_groups.of(columns, self.read());
        if let (Some(learning), Ok(runtime)) = (learning, Handle::try_current()) {
            runtime.spawn(in_background(learning));
        }
        contains(self.backend(), columns, text, &groups)
    }

    /// The connection that may write, for single statements.
    pub const fn write(&self) -> &Writer {
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
        let replica = self.replica.as_ref().map(|replica| ("replica", replica.reader.usage()));
        [("read", self.reader.usage()), ("write", self.writer.usage())].into_iter().chain(replica).collect()
    }

    /// Whether the database answered last.
    pub fn is_reachable(&self) -> bool {
        self.writer.is_reachable()
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
        let Self { reader, replica, .. } = self;
        if let Some(replica) = replica {
            replica.reader.close().await?;
        }
        reader.close().await
    }
}

async fn connect_sqlite(options: &DbOptions, statements: &Arc<Statements>) -> Result<Arc<Server>, DbErr> {
    database_url::keep_private(&options.url).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
    let synchronous = if options.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let file = options.url.parse::<SqliteConnectOptions>().map_err(not_connected)?;
    let file = file
        .disable_statement_logging()
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(BUSY)
        // A thread that reads ahead is not held up by who takes the rows.
        .row_buffer_size(ROWS_AHEAD)
        .pragma("temp_store", "memory")
        // Pages that are written again and again are carried over to the database less often.
        .pragma("wal_autocheckpoint", "4000")
        .optimize_on_close(true, None);
    let writer = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|_, _| {
            acquired();
            Box::pin(async { Ok(true) })
        })
        .after_connect(|_, _| {
            acquired();
            Box::pin(async { Ok(()) })
        });
    let writer = connect_in_turn(&writer, &file).await?;
    let writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
    Ok(Server::embedded(ReadPool::sqlite(file, options.connections), writer, statements))
}

/// Whoever opens a file first writes to it how it is kept, for which SQLite makes nobody else wait: they are told that it
/// is locked.
async fn connect_in_turn(pool: &SqlitePoolOptions, file: &SqliteConnectOptions) -> Result<SqlitePool, DbErr> {
    for _ in 0..LOCKED_TRIES {
        match pool.clone().connect_with(file.clone()).await {
            Err(error) if error.to_string().contains("database is locked") => sleep(LOCKED).await,
            outcome => return outcome.map_err(not_connected),
        }
    }
    pool.clone().connect_with(file.clone()).await.map_err(not_connected)
}

/// Not by way of `Database::connect`, which tells the log about the URL, and with it the password, at the level `trace`.
async fn connect_postgres(
    key: &str,
    url: &str,
    connections: u32,
    statements: &Arc<Statements>,
) -> Result<Arc<Server>, DbErr> {
    let unreadable = |problem: &str| DbErr::Conn(RuntimeErr::Internal(format!("[database] {key}: {problem}")));
    let url = database_url::of_server(url).map_err(|problem| unreadable(&problem))?;
    let server = url.parse::<PgConnectOptions>().map_err(|_| unreadable(database_url::UNREADABLE))?;
    let server = server.options([("statement_timeout", STATEMENT.as_millis().to_string())]).disable_statement_logging();
    let writer = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for >= IDLE {
                    connection.ping().await?;
                }
                acquired();
                Ok(true)
            })
        })
        .after_connect(|_, _| {
            acquired();
            Box::pin(async { Ok(()) })
        });
    Server::remote(server, writer, statements).await
}
