//! Connections to read with.
//!
//! The driver's own pool asks the server at each return whether the connection is in order, for there may be a transaction
//! on it that nobody ended. After a read there is none, and the question costs as much as a short read does. So reads have a
//! pool of their own, and only a connection whose statement did not come to its end is asked.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool::managed::{self, Manager, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, WeakPool};
use sea_orm::{
    ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{
        AssertSqlSafe, ConnectOptions, Connection, Database, Error as SqlxError, Executor, IntoArguments, Postgres,
        Sqlite, postgres::PgConnectOptions, query_with, sqlite::SqliteConnectOptions,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    runtime::Handle,
    sync::{Mutex, Notify},
    time::{sleep, timeout},
};

use super::{
    availability::{has_no_room, not_connected},
    timeouts::{ACQUIRE, IDLE, STATEMENT},
    waiting::acquired,
};

/// After so long a connection makes room for a new one: what a server keeps for it grows.
const LIFETIME: Duration = Duration::from_mins(30);
/// Nor is one kept that nobody needed for so long.
const UNUSED: Duration = Duration::from_mins(10);
/// How often such connections are looked for.
const LOOK: Duration = Duration::from_mins(1);
/// How long a connection may take to answer whether it is in order.
const PING: Duration = Duration::from_secs(1);
/// How long to wait before a server is asked again whose connections are all taken.
const NO_ROOM: Duration = Duration::from_millis(250);
/// How often a pool that closes looks for connections that came back.
const CLOSING: Duration = Duration::from_millis(10);

/// A pool of connections that only read. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum ReadPool {
    Sqlite(Pool<Sqlite>),
    Postgres(Pool<Postgres>),
}

impl ReadPool {
    /// To a file. Connections are made as they are needed.
    pub(super) fn sqlite(options: SqliteConnectOptions, connections: u32) -> Self {
        Self::Sqlite(Pool::new(options, connections))
    }

    /// To a server. Connections are made as they are needed.
    pub(super) fn postgres(options: PgConnectOptions, connections: u32) -> Self {
        Self::Postgres(Pool::new(options, connections))
    }

    /// The rows of a statement that writes nothing, how long it took once it had a connection, and whether it failed there.
    pub(super) async fn rows(
        &self,
        statement: &Statement,
        count: impl Fn(Duration, bool),
    ) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(pool) => pool.rows(statement, count).await,
            Self::Postgres(pool) => pool.rows(statement, count).await,
        }
    }

    /// Answers when the database does.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(pool) => pool.ping().await,
            Self::Postgres(pool) => pool.ping().await,
        }
    }

    /// How many connections are at work, wait for work, and may be.
    pub(super) fn usage(&self) -> (usize, usize, usize) {
        let status = match self {
            Self::Sqlite(pool) => pool.connections.status(),
            Self::Postgres(pool) => pool.connections.status(),
        };
        (status.size - status.available, status.available, status.max_size)
    }

    /// Closes the connections after those that work have come back.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Makes connections, and tells which may be used again.
pub(super) struct Opener<D: Database>(<D::Connection as Connection>::Options);

impl<D: Database> Manager for Opener<D> {
    type Type = D::Connection;
    type Error = SqlxError;

    async fn create(&self) -> Result<D::Connection, SqlxError> {
        // What is seldom done is in a box, so that reads carry no room for it.
        Box::pin(self.0.connect()).await
    }

    async fn recycle(&self, connection: &mut D::Connection, metrics: &Metrics) -> RecycleResult<SqlxError> {
        if metrics.age() >= LIFETIME {
            return Err(RecycleError::message("it is old"));
        }
        if metrics.last_used() < IDLE {
            return Ok(());
        }
        match Box::pin(timeout(PING, connection.ping())).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(RecycleError::message("it does not answer")),
        }
    }
}

/// The connections to a database of one kind. Cheap to clone.
pub(super) struct Pool<D: Database> {
    connections: managed::Pool<Opener<D>>,
    room: Arc<Room>,
    closed: Arc<AtomicBool>,
}

impl<D: Database> Clone for Pool<D> {
    fn clone(&self) -> Self {
        Self { connections: self.connections.clone(), room: Arc::clone(&self.room), closed: Arc::clone(&self.closed) }
    }
}

/// How connections are made holds a password.
impl<D: Database> fmt::Debug for Pool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl<D: Database> Pool<D> {
    fn new(options: <D::Connection as Connection>::Options, connections: u32) -> Self {
        let pool = managed::Pool::builder(Opener(options)).max_size(connections as usize).queue_mode(QueueMode::Lifo);
        let connections = pool.build().expect("a pool without times needs no clock");
        tokio::spawn(close_unused(connections.weak()));
        Self { connections, room: Arc::default(), closed: Arc::default() }
    }

    async fn rows(&self, statement: &Statement, count: impl Fn(Duration, bool)) -> Result<Vec<QueryResult>, DbErr>
    where
        for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
        SqlxValues: IntoArguments<D>,
        QueryResult: From<D::Row>,
    {
        let mut lent = self.lend().await?;
        let values = SqlxValues(statement.values.clone().unwrap_or(Values(Vec::new())));
        let begun = Instant::now();
        let query = query_with(AssertSqlSafe(statement.sql.as_str()), values);
        let rows = query.fetch_all(lent.connection()).await;
        count(begun.elapsed(), rows.is_err());
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        lent.give_back();
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    async fn ping(&self) -> Result<(), DbErr> {
        let mut lent = self.lend().await?;
        lent.connection().ping().await.map_err(not_connected)?;
        lent.give_back();
        Ok(())
    }

    async fn lend(&self) -> Result<Lent<D>, DbErr> {
        // One time for all of it: of several that do not answer any more, each is waited for.
        let connection = timeout(ACQUIRE, self.get()).await;
        let connection =
            connection.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?.map_err(not_lent)?;
        if self.closed.load(Ordering::Relaxed) {
            return Err(not_lent(PoolError::Closed));
        }
        acquired();
        Ok(Lent { connection: Some(connection), room: Arc::clone(&self.room) })
    }

    /// One that is free, or a new one. While the server has no room for that, those who wait take turns: the next gets what
    /// comes back, and asks the server now and then.
    async fn get(&self) -> Result<Object<Opener<D>>, PoolError<SqlxError>> {
        if !self.room.is_none.load(Ordering::Relaxed) {
            match self.connections.get().await {
                Err(PoolError::Backend(error)) if has_no_room(&error) => {}
                outcome => return outcome,
            }
        }
        self.room.is_none.store(true, Ordering::Relaxed);
        let mut ask_at = self.room.ask_at.lock().await;
        loop {
            let left = ask_at.map(|at| at.saturating_duration_since(Instant::now())).unwrap_or_default();
            let asks = self.connections.status().available == 0;
            if asks && !left.is_zero() {
                let _ = timeout(left, self.room.came_back.notified()).await;
                continue;
            }
            match self.connections.get().await {
                Err(PoolError::Backend(error)) if has_no_room(&error) => *ask_at = Some(Instant::now() + NO_ROOM),
                outcome => {
                    self.room.is_none.store(!asks, Ordering::Relaxed);
                    return outcome;
                }
            }
        }
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        loop {
            close_all(self.connections.retain(|_, _| false).removed).await;
            if self.connections.status().size == 0 {
                return self.connections.close();
            }
            sleep(CLOSING).await;
        }
    }
}

/// Closes connections that are old or not needed, as long as there is the pool.
async fn close_unused<D: Database>(pool: WeakPool<Opener<D>>) {
    loop {
        sleep(LOOK).await;
        let Some(pool) = pool.upgrade() else { return };
        close_all(pool.retain(|_, about| about.age() < LIFETIME && about.last_used() < UNUSED).removed).await;
    }
}

async fn close_all<C: Connection>(connections: Vec<C>) {
    for connection in connections {
        // It is not needed any more, however its end goes.
        let _ = timeout(ACQUIRE, connection.close()).await;
    }
}

/// Whether the server has room for more connections.
#[derive(Default)]
struct Room {
    /// It had none when it was asked last.
    is_none: AtomicBool,
    /// When it is asked again, by whose turn it is.
    ask_at: Mutex<Option<Instant>>,
    /// Told of each connection that comes back.
    came_back: Notify,
}

/// A connection at work. Unless its statement came to its end, it is asked whether it is in order before it is lent again.
struct Lent<D: Database> {
    connection: Option<Object<Opener<D>>>,
    room: Arc<Room>,
}

impl<D: Database> Lent<D> {
    fn connection(&mut self) -> &mut D::Connection {
        self.connection.as_mut().expect("it is lent until it is given back")
    }

    /// After the end of its statement.
    fn give_back(mut self) {
        self.connection = None;
        self.room.came_back.notify_one();
    }
}

impl<D: Database> Drop for Lent<D> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let doubtful = Doubtful { connection: Some(connection), room: Arc::clone(&self.room) };
        // Without a runtime it is dropped.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(doubtful.ask());
        }
    }
}

/// A connection that the pool does not get back before it has answered.
struct Doubtful<D: Database> {
    connection: Option<Object<Opener<D>>>,
    room: Arc<Room>,
}

impl<D: Database> Doubtful<D> {
    async fn ask(mut self) {
        let Some(connection) = &mut self.connection else { return };
        // Whatever its statement still has to tell is read first.
        if matches!(timeout(STATEMENT + PING, connection.ping()).await, Ok(Ok(()))) {
            self.connection = None;
        }
    }
}

impl<D: Database> Drop for Doubtful<D> {
    fn drop(&mut self) {
        self.connection.take().map(Object::take);
        self.room.came_back.notify_one();
    }
}

/// As the library says it of its own pool.
fn not_lent(error: PoolError<SqlxError>) -> DbErr {
    match error {
        PoolError::Backend(error) => not_connected(error),
        _ => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pool_shows_no_password() {
        let pool = ReadPool::postgres(PgConnectOptions::new_without_pgpass().password("open sesame"), 1);
        assert!(!format!("{pool:?}").contains("sesame"));
    }
}
