//! The database: a pool to read from and a way to begin a write.
//!
//! SQLite has one writer at a time, so writes queue for a pool of exactly one connection and begin
//! `IMMEDIATE` (a deferred transaction that reads before it writes fails with "locked" under load). On
//! PostgreSQL both are the same pool, whose server may go away and come back: see [`Connection`]. It may have a replica, which
//! answers what may be a little old: see [`Db::from_replica`].

mod availability;
pub mod backup;
mod connection;
pub mod database_url;
mod held;
pub mod migrate;
mod replica;
mod statements;
mod unspanned;
mod waiting;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

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

use self::{
    connection::Role,
    replica::{Replica, is_from_replica},
    statements::{Statements, count_statements},
    waiting::acquired,
};
pub use self::{
    connection::{Connection, PoolUsage},
    replica::MAX_LAG,
    statements::in_background,
    unspanned::Unspanned,
};
use crate::{
    query::{batch::BatchKey, by_position::ByPosition, shared::SharedReads},
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
    /// A replica of it to read from, or empty.
    pub read_url: String,
    /// Connections to read with (SQLite), or in all (PostgreSQL; as many to the replica).
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
    reader: Connection,
    writer: Connection,
    replica: Option<Replica>,
    statements: Arc<Statements>,
    shared: Arc<SharedReads>,
}

impl Db {
    /// Connects; creates the file of an embedded database that is not there yet.
    pub async fn connect(options: &DbOptions) -> Result<Self, DbErr> {
        let statements = Arc::new(Statements::new(options.slow));
        if database_url::is_embedded(&options.url) {
            let writer = connect_sqlite("write", options, 1, &statements).await?;
            let reader = connect_sqlite("read", options, options.connections, &statements).await?;
            return Ok(Self { reader, writer, replica: None, statements, shared: Arc::default() });
        }
        let writer = connect_postgres(options, &statements).await?;
        let replica = match &*options.read_url {
            "" => None,
            url => {
                let connection = connect_replica(url, options, &statements, writer.clone()).await?;
                Some(Replica::new(&writer, connection).await?)
            }
        };
        Ok(Self { reader: writer.clone(), writer, replica, statements, shared: Arc::default() })
    }

    /// Where to read outside a transaction.
    pub fn read(&self) -> &Connection {
        self.replica().map_or(&self.reader, |replica| &replica.connection)
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
            Some(replica) => replica.shared.by_key::<E, K>(&replica.connection, column, keys).await,
            None => self.shared.by_key::<E, K>(&self.reader, column, keys).await,
        }
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
        if self.backend() == DbBackend::Sqlite {
            return vec![("read", self.reader.usage()), ("write", self.writer.usage())];
        }
        let replica = self.replica.as_ref().map(|replica| ("replica", replica.connection.usage()));
        [("all", self.writer.usage())].into_iter().chain(replica).collect()
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
        let Self { reader, writer, replica, statements: _, shared: _ } = self;
        if let Some(replica) = replica {
            replica.connection.close().await?;
        }
        if writer.get_database_backend() == DbBackend::Sqlite {
            reader.close().await?;
        }
        writer.close().await
    }
}

async fn connect_sqlite(
    name: &'static str,
    options: &DbOptions,
    connections: u32,
    statements: &Arc<Statements>,
) -> Result<Connection, DbErr> {
    database_url::keep_private(&options.url).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
    let synchronous = if options.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let mut connect = ConnectOptions::new(&options.url);
    connect.min_connections(connections).max_connections(connections).acquire_timeout(ACQUIRE).sqlx_logging(false);
    connect.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_connect(|_, _| {
            acquired();
            Box::pin(async { Ok(()) })
        })
        .before_acquire(|_, _| {
            acquired();
            Box::pin(async { Ok(true) })
        })
    });
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
    Ok(Connection::embedded(name, pool))
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

async fn connect_postgres(options: &DbOptions, statements: &Arc<Statements>) -> Result<Connection, DbErr> {
    let (pool, server) = to_server("url", &options.url, options)?;
    Connection::remote(Role::Primary, pool, server, Arc::clone(statements)).await
}

/// To a replica of `primary`, which is asked where the replica does not answer.
async fn connect_replica(
    url: &str,
    options: &DbOptions,
    statements: &Arc<Statements>,
    primary: Connection,
) -> Result<Connection, DbErr> {
    let (pool, server) = to_server("read_url", url, options)?;
    Connection::remote(Role::ReplicaOf(primary), pool, server, Arc::clone(statements)).await
}

/// Not by way of `Database::connect`, which tells the log about the URL, and with it the password, at the level `trace`.
fn to_server(key: &str, url: &str, options: &DbOptions) -> Result<(PgPoolOptions, PgConnectOptions), DbErr> {
    let unreadable = |problem: &str| DbErr::Conn(RuntimeErr::Internal(format!("[database] {key}: {problem}")));
    let url = database_url::of_server(url).map_err(|problem| unreadable(&problem))?;
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
                acquired();
                Ok(true)
            })
        })
        .after_connect(|_, _| {
            acquired();
            Box::pin(async { Ok(()) })
        });
    Ok((pool, server))
}
