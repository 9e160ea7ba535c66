//! How statements reach the database: those that read and those that write, each by its own pool.

use std::sync::Arc;

use async_trait::async_trait;
use gerbang_kernel::error::is_serialization_failure;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, TransactionOptions, TransactionTrait,
};

use super::{server::Server, waiting::Waiting};

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

/// Runs what only reads. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    server: Arc<Server>,
    waiting: Arc<Waiting>,
    /// Of a replica: what it can't answer, the primary is asked.
    primary: Option<Box<Self>>,
}

impl Reader {
    pub(super) fn new(name: &'static str, server: Arc<Server>) -> Self {
        Self { server, waiting: Waiting::new(name), primary: None }
    }

    /// Of a replica of what `primary` reads.
    pub(super) fn of_replica(server: Arc<Server>, primary: Self) -> Self {
        Self { primary: Some(Box::new(primary)), ..Self::new("replica", server) }
    }

    /// Which database it is, for those who don't name the trait that tells it, too.
    pub fn get_database_backend(&self) -> DbBackend {
        self.server.backend
    }

    /// Answers when the database does.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        let ping = |server: &Server| {
            let pool = server.reads();
            async move { pool.ping().await }
        };
        self.server.run(&self.waiting, ping).await
    }

    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.server.close().await
    }

    /// How many connections are at work.
    pub(super) fn usage(&self) -> PoolUsage {
        let (used, idle, max) = self.server.reads().usage();
        PoolUsage { used, idle, max, waiting: self.waiting.count() }
    }

    /// Runs a read. One that met a dead connection is repeated: it can't have done anything. What a replica could not answer
    /// is asked of the primary: a replica gives up what reads rows that are gone in what it is about to repeat.
    async fn rows(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        match (self.try_rows(statement).await, &self.primary) {
            (Err(error), Some(primary)) if self.server.is_retryable(&error) || is_serialization_failure(&error) => {
                primary.try_rows(statement).await
            }
            (Err(error), None) if self.server.is_retryable(&error) => self.try_rows(statement).await,
            (outcome, _) => outcome,
        }
    }

    async fn try_rows(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = |server: &Server| {
            let (pool, statements) = (server.reads(), Arc::clone(&server.statements));
            async move { pool.rows(statement, |elapsed, failed| statements.record(statement, elapsed, failed)).await }
        };
        self.server.run(&self.waiting, rows).await
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.server.backend
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(only_reads())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(only_reads())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.rows(&statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(&statement).await
    }
}

fn only_reads() -> DbErr {
    DbErr::Query(RuntimeErr::Internal("this connection only reads: what writes asks for `Db::write`".to_owned()))
}

/// Runs what writes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer {
    server: Arc<Server>,
    waiting: Arc<Waiting>,
}

impl Writer {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server, waiting: Waiting::new("write") }
    }

    /// Which database it is, for those who don't name the trait that tells it, too.
    pub fn get_database_backend(&self) -> DbBackend {
        self.server.backend
    }

    /// Begins a transaction. Where the connection turns out to be dead, nothing has happened yet, and another is taken.
    pub(super) async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let begin = |pool: DatabaseConnection| async move { pool.begin_with_options(options).await };
        match self.run(begin).await {
            Err(error) if self.server.is_retryable(&error) => self.run(begin).await,
            outcome => outcome,
        }
    }

    /// Runs `work` until it is done or the server is known to be down.
    pub(super) async fn unless_down<T, E: From<DbErr>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.server.unless_down(work).await
    }

    /// Reports a lost connection: the others may be lost as well, so the server is checked before they are used.
    pub(super) fn report_lost_connection(&self) {
        self.server.report_lost_connection();
    }

    /// Whether the server answered last.
    pub(super) fn is_reachable(&self) -> bool {
        self.server.is_reachable()
    }

    /// How many connections are at work.
    pub(super) fn usage(&self) -> PoolUsage {
        let pool = self.server.writes();
        let (size, idle, max) = if self.server.backend == DbBackend::Sqlite {
            let pool = pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        let used = (size as usize).saturating_sub(idle);
        PoolUsage { used, idle, max: max as usize, waiting: self.waiting.count() }
    }

    async fn run<T, F>(&self, work: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        self.server.run(&self.waiting, |server| work(server.writes())).await
    }

    /// Runs a statement that answers with rows. A read that met a dead connection is repeated.
    async fn query<T, F>(
        &self,
        statement: Statement,
        query: impl Fn(DatabaseConnection, Statement) -> F,
    ) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let is_read = self.server.is_remote() && statement.sql.starts_with("SELECT ");
        let again = is_read.then(|| statement.clone());
        match (self.run(|pool| query(pool, statement)).await, again) {
            (Err(error), Some(again)) if self.server.is_retryable(&error) => self.run(|pool| query(pool, again)).await,
            (outcome, _) => outcome,
        }
    }
}

#[async_trait]
impl ConnectionTrait for Writer {
    fn get_database_backend(&self) -> DbBackend {
        self.server.backend
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
