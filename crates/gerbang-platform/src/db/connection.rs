//! A pool of connections that knows whether its server answers.
//!
//! While it does not, statements fail at once instead of waiting for the pool to give up, those that wait already fail at
//! once, too, and when it is back they run on a new pool: no connection of before is used again.

use std::{
    convert::Infallible,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use gerbang_kernel::error::{is_connection_failure, is_serialization_failure};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqlxPostgresConnector, Statement, TransactionOptions, TransactionTrait,
    sqlx::{
        Error as SqlxError, PgPool,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use tokio::time::sleep;

use super::{
    availability::Availability,
    statements::{POSTGRES, Statements, count_statements},
    waiting::Waiting,
};

/// After so long a statement the server is checked: one that vanished stays silent.
const CHECK_DELAY: Duration = Duration::from_millis(500);
/// How long to wait before a server that does not answer is checked again.
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// Connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUsage {
    /// That are at work.
    pub used: usize,
    /// That wait for work.
    pub idle: usize,
    /// That there may be.
    pub max: usize,
    /// Statements and transactions that wait for one.
    pub waiting: usize,
}

/// What a server is for.
pub(super) enum Role {
    /// Everything.
    Primary,
    /// What may be a little old. What it can't answer, the primary is asked.
    ReplicaOf(Connection),
}

/// A pool of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connection(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    backend: DbBackend,
    pool: RwLock<DatabaseConnection>,
    waiting: Arc<Waiting>,
    /// Of a server; an embedded database is always there.
    remote: Option<Remote>,
    /// Of a replica.
    primary: Option<Connection>,
}

#[derive(Debug)]
struct Remote {
    availability: Availability,
    options: PgPoolOptions,
    statements: Arc<Statements>,
    closed: AtomicBool,
}

impl Connection {
    /// To a database that is a file.
    pub(super) fn embedded(name: &'static str, pool: DatabaseConnection) -> Self {
        let waiting = Waiting::new(name);
        Self(Arc::new(Shared {
            backend: pool.get_database_backend(),
            pool: RwLock::new(pool),
            waiting,
            remote: None,
            primary: None,
        }))
    }

    /// To a server. New pools are made with the same `options`.
    pub(super) async fn remote(
        role: Role,
        options: PgPoolOptions,
        server: PgConnectOptions,
        statements: Arc<Statements>,
    ) -> Result<Self, DbErr> {
        let availability = Availability::new(server);
        let pool = match options.clone().connect_with(availability.server()).await {
            // The pool does not say why; one try more does.
            Err(SqlxError::PoolTimedOut) => Err(availability.connect().await.err().unwrap_or(SqlxError::PoolTimedOut)),
            outcome => outcome,
        };
        let pool = counted(pool.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?, &statements);
        let remote = Some(Remote { availability, options, statements, closed: AtomicBool::new(false) });
        let (name, primary) = match role {
            Role::Primary => ("all", None),
            Role::ReplicaOf(primary) => ("replica", Some(primary)),
        };
        let (backend, pool, waiting) = (DbBackend::Postgres, RwLock::new(pool), Waiting::new(name));
        Ok(Self(Arc::new(Shared { backend, pool, waiting, remote, primary })))
    }

    /// Which database it is, for those who don't name the trait that tells it, too.
    pub fn get_database_backend(&self) -> DbBackend {
        self.0.backend
    }

    /// Begins a transaction. Where the connection turns out to be dead, nothing has happened yet, and another is taken.
    pub(super) async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let begin = |pool: DatabaseConnection| async move { pool.begin_with_options(options).await };
        match self.run(begin).await {
            Err(error) if self.is_retryable(&error) => self.run(begin).await,
            outcome => outcome,
        }
    }

    /// Answers when the database does.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        self.run(|pool| async move { pool.ping().await }).await
    }

    /// Closes the pool after its connections are idle.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        if let Some(remote) = &self.0.remote {
            remote.closed.store(true, Ordering::Relaxed);
        }
        self.pool().close().await
    }

    /// Reports a lost connection: the others may be lost as well, so the server is checked before they are used.
    pub(super) fn report_lost_connection(&self) {
        if let Some(remote) = &self.0.remote
            && remote.availability.suspect()
        {
            tokio::spawn(recover(Arc::downgrade(&self.0)));
        }
    }

    /// Runs `work` until it is done or the server is known to be down.
    pub(super) async fn unless_down<T, E: From<DbErr>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(remote) = &self.0.remote else { return work.await };
        tokio::select! {
            biased;
            outcome = work => outcome,
            error = remote.availability.wait_until_down() => Err(error.into()),
            never = self.check_periodically() => match never {},
        }
    }

    /// Checks the server now and then, though no connection was lost.
    async fn check_periodically(&self) -> Infallible {
        let mut pause = CHECK_DELAY;
        loop {
            sleep(pause).await;
            self.check_in_background();
            pause *= 2;
        }
    }

    fn check_in_background(&self) {
        if self.0.remote.as_ref().is_some_and(|remote| remote.availability.start_check()) {
            // In a task of its own: the statement may be done before.
            let shared = Arc::clone(&self.0);
            tokio::spawn(async move {
                if let Some(remote) = &shared.remote
                    && remote.availability.finish_check().await
                {
                    tracing::error!("the database does not answer");
                    let weak = Arc::downgrade(&shared);
                    drop(shared);
                    recover(weak).await;
                }
            });
        }
    }

    async fn run<T, F>(&self, work: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        if let Some(remote) = &self.0.remote {
            remote.availability.wait_until_known().await?;
        }
        let outcome = self.unless_down(self.0.waiting.until_acquired(work(self.pool()))).await;
        if outcome.as_ref().is_err_and(is_connection_failure) {
            self.report_lost_connection();
        }
        outcome
    }

    /// Runs a statement. A read that met a dead connection is repeated: it can't have done anything. What a replica could not
    /// answer is asked of the primary: a replica gives up what reads rows that are gone in what it is about to repeat.
    pub(super) async fn query<T, F>(
        &self,
        statement: Statement,
        query: impl Fn(DatabaseConnection, Statement) -> F,
    ) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let primary = self.0.primary.as_ref();
        let is_read = primary.is_some() || (self.0.remote.is_some() && statement.sql.starts_with("SELECT "));
        let again = is_read.then(|| statement.clone());
        match (self.run(|pool| query(pool, statement)).await, again) {
            (Err(error), Some(again))
                if self.is_retryable(&error) || (primary.is_some() && is_serialization_failure(&error)) =>
            {
                primary.unwrap_or(self).run(|pool| query(pool, again)).await
            }
            (outcome, _) => outcome,
        }
    }

    fn is_retryable(&self, error: &DbErr) -> bool {
        self.0.remote.is_some() && is_connection_failure(error)
    }

    /// Whether the server answered last.
    pub(super) fn is_reachable(&self) -> bool {
        self.0.remote.as_ref().is_none_or(|remote| remote.availability.is_up())
    }

    /// Counts a statement that did not run through the pool, which counts its own.
    pub(super) fn count(&self, statement: &Statement, elapsed: Duration, failed: bool) {
        if let Some(remote) = &self.0.remote {
            remote.statements.record(POSTGRES, statement, elapsed, failed);
        }
    }

    /// How many statements and transactions wait for a connection.
    pub(super) fn waiting(&self) -> usize {
        self.0.waiting.count()
    }

    /// How many connections are at work.
    pub(super) fn usage(&self) -> PoolUsage {
        let pool = self.pool();
        let (size, idle, max) = if self.0.backend == DbBackend::Sqlite {
            let pool = pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        let used = (size as usize).saturating_sub(idle);
        PoolUsage { used, idle, max: max as usize, waiting: self.0.waiting.count() }
    }

    fn pool(&self) -> DatabaseConnection {
        self.0.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(|pool| async move { pool.execute_raw(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(|pool| async move { pool.execute_unprepared(sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.query(statement, |pool, statement| async move { pool.query_one_raw(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.query(statement, |pool, statement| async move { pool.query_all_raw(statement).await }).await
    }
}

/// Connects until the server answers, then puts a new pool in the place of the one that lost a connection.
async fn recover(shared: Weak<Shared>) {
    while let Some(shared) = shared.upgrade()
        && let Some(remote) = &shared.remote
        && !remote.closed.load(Ordering::Relaxed)
    {
        match remote.availability.connect().await {
            Ok(()) => {
                // Connections are made as they are needed, and in the background.
                let pool = remote.options.clone().connect_lazy_with(remote.availability.server());
                let pool = counted(pool, &remote.statements);
                *shared.pool.write().unwrap_or_else(PoisonError::into_inner) = pool;
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
        drop(shared);
        sleep(RETRY_DELAY).await;
    }
}

fn counted(pool: PgPool, statements: &Arc<Statements>) -> DatabaseConnection {
    let mut pool = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    count_statements(&mut pool, statements);
    pool
}
