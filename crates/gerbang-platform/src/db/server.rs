//! A database with its pools, which knows whether its server answers.
//!
//! While it does not, statements fail at once instead of waiting for a pool to give up, those that wait already fail at
//! once, too, and when it is back they run on new pools: no connection of before is used again.

use std::{
    convert::Infallible,
    io::ErrorKind,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use gerbang_kernel::error::is_connection_failure;
use sea_orm::{
    DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxPostgresConnector,
    sqlx::{
        Error as SqlxError,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use tokio::time::sleep;

use super::{
    availability::{Availability, not_connected},
    reads::ReadPool,
    statements::{Statements, count_statements},
    timeouts::ACQUIRE,
    waiting::Waiting,
};

/// After so long a statement the server is checked: one that vanished stays silent.
const CHECK_DELAY: Duration = Duration::from_millis(500);
/// How long to wait, at first and at most, before a server is tried again that is just starting.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LAST_PAUSE: Duration = Duration::from_secs(1);
/// How long to wait before a server that does not answer is checked again.
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// A database and the connections to it.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) backend: DbBackend,
    pub(super) statements: Arc<Statements>,
    /// An embedded database is always there.
    remote: Option<Remote>,
    reads: RwLock<ReadPool>,
    writes: RwLock<DatabaseConnection>,
}

#[derive(Debug)]
struct Remote {
    availability: Availability,
    /// Of the pool to write with.
    options: PgPoolOptions,
    closed: AtomicBool,
}

impl Server {
    /// A file.
    pub(super) fn embedded(reads: ReadPool, writes: DatabaseConnection, statements: &Arc<Statements>) -> Arc<Self> {
        Arc::new(Self {
            backend: DbBackend::Sqlite,
            statements: Arc::clone(statements),
            remote: None,
            reads: RwLock::new(reads),
            writes: RwLock::new(counted(writes, statements)),
        })
    }

    /// A server that answers. Connections are made as they are needed; to write with, as `options` say.
    pub(super) async fn remote(
        server: PgConnectOptions,
        options: PgPoolOptions,
        statements: &Arc<Statements>,
    ) -> Result<Arc<Self>, DbErr> {
        let availability = Availability::new(server.clone());
        let reads = read_pool(&options, server);
        // Whoever reads first need not wait, and what is wrong with the server is said at once.
        match first_connection(&reads).await {
            // The pool does not say why; one try more does.
            Err(DbErr::ConnectionAcquire(_)) => {
                return Err(not_connected(availability.connect().await.err().unwrap_or(SqlxError::PoolTimedOut)));
            }
            outcome => outcome?,
        }
        let writes = write_pool(&options, availability.server());
        Ok(Arc::new(Self {
            backend: DbBackend::Postgres,
            statements: Arc::clone(statements),
            remote: Some(Remote { availability, options, closed: AtomicBool::new(false) }),
            reads: RwLock::new(reads),
            writes: RwLock::new(counted(writes, statements)),
        }))
    }

    /// Whether it may be away.
    pub(super) const fn is_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// Whether it answered last.
    pub(super) fn is_reachable(&self) -> bool {
        self.remote.as_ref().is_none_or(|remote| remote.availability.is_up())
    }

    /// The connections to read with.
    pub(super) fn reads(&self) -> ReadPool {
        self.reads.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The connections to write with.
    pub(super) fn writes(&self) -> DatabaseConnection {
        self.writes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes the pools after their connections are idle.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        if let Some(remote) = &self.remote {
            remote.closed.store(true, Ordering::Relaxed);
        }
        self.reads().close().await;
        self.writes().close().await
    }

    /// Runs `work`, which takes a connection first.
    pub(super) async fn run<T, F>(
        self: &Arc<Self>,
        waiting: &Arc<Waiting>,
        work: impl FnOnce(&Self) -> F,
    ) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        if let Some(remote) = &self.remote {
            remote.availability.wait_until_known().await?;
        }
        let outcome = self.unless_down(waiting.until_acquired(work(self))).await;
        if outcome.as_ref().is_err_and(is_connection_failure) {
            self.report_lost_connection();
        }
        outcome
    }

    /// Whether a statement that failed so, and that has done nothing, may succeed on another connection.
    pub(super) fn is_retryable(&self, error: &DbErr) -> bool {
        self.is_remote() && is_connection_failure(error)
    }

    /// Reports a lost connection: the others may be lost as well, so the server is checked before they are used.
    pub(super) fn report_lost_connection(self: &Arc<Self>) {
        if let Some(remote) = &self.remote
            && remote.availability.suspect()
        {
            tokio::spawn(recover(Arc::downgrade(self)));
        }
    }

    /// Runs `work` until it is done or the server is known to be down.
    pub(super) async fn unless_down<T, E: From<DbErr>>(
        self: &Arc<Self>,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(remote) = &self.remote else { return work.await };
        tokio::select! {
            biased;
            outcome = work => outcome,
            error = remote.availability.wait_until_down() => Err(error.into()),
            never = self.check_periodically() => match never {},
        }
    }

    /// Checks the server now and then, though no connection was lost.
    async fn check_periodically(self: &Arc<Self>) -> Infallible {
        let mut pause = CHECK_DELAY;
        loop {
            sleep(pause).await;
            self.check_in_background();
            pause *= 2;
        }
    }

    fn check_in_background(self: &Arc<Self>) {
        if self.remote.as_ref().is_some_and(|remote| remote.availability.start_check()) {
            // In a task of its own: the statement may be done before.
            let server = Arc::clone(self);
            tokio::spawn(async move {
                if let Some(remote) = &server.remote
                    && remote.availability.finish_check().await
                {
                    tracing::error!("the database does not answer");
                    let weak = Arc::downgrade(&server);
                    drop(server);
                    recover(weak).await;
                }
            });
        }
    }
}

/// Connects to a server that may be just starting.
async fn first_connection(reads: &ReadPool) -> Result<(), DbErr> {
    let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        match reads.ping().await {
            Err(DbErr::Conn(RuntimeErr::SqlxError(error))) if is_starting(&error) && begun.elapsed() < ACQUIRE => {
                sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

fn is_starting(error: &SqlxError) -> bool {
    match error {
        SqlxError::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        // 57P03: PostgreSQL says so itself.
        SqlxError::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

/// Connects until the server answers, then puts new pools in the place of those that lost a connection.
async fn recover(server: Weak<Server>) {
    while let Some(server) = server.upgrade()
        && let Some(remote) = &server.remote
        && !remote.closed.load(Ordering::Relaxed)
    {
        match remote.availability.connect().await {
            Ok(()) => {
                let reads = read_pool(&remote.options, remote.availability.server());
                let writes = write_pool(&remote.options, remote.availability.server());
                *server.reads.write().unwrap_or_else(PoisonError::into_inner) = reads;
                *server.writes.write().unwrap_or_else(PoisonError::into_inner) = counted(writes, &server.statements);
                if remote.availability.mark_up() {
                    tracing::info!("the database answers again");
                }
                return;
            }
            Err(error) => {
                if remote.availability.mark_down() {
                    tracing::error!(%error, "the database does not answer");
                }
            }
        }
        drop(server);
        sleep(RETRY_DELAY).await;
    }
}

/// As many to read with as there are to write with.
fn read_pool(options: &PgPoolOptions, server: PgConnectOptions) -> ReadPool {
    ReadPool::postgres(server, options.get_max_connections())
}

fn write_pool(options: &PgPoolOptions, server: PgConnectOptions) -> DatabaseConnection {
    SqlxPostgresConnector::from_sqlx_postgres_pool(options.clone().connect_lazy_with(server))
}

fn counted(mut pool: DatabaseConnection, statements: &Arc<Statements>) -> DatabaseConnection {
    count_statements(&mut pool, statements);
    pool
}
