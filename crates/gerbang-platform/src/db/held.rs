//! Reads one after the other, on one connection.
//!
//! Each time that a connection comes back to its pool the server is asked whether it is in order, which costs a short read
//! as much as the database does. So whoever reads one statement after the other holds a connection in between, unless
//! somebody waits for one.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{AssertSqlSafe, Error as SqlxError, Postgres, pool::PoolConnection, query_with},
};
use sea_query_sqlx::SqlxValues;

use super::{connection::Connection, waiting::acquired};
use crate::query::shared::Reader;

/// A connection in the hands of who reads, if there is one.
#[derive(Default)]
pub(crate) struct Held(Mutex<Option<PoolConnection<Postgres>>>);

impl Held {
    fn take(&self) -> Option<PoolConnection<Postgres>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, connection: PoolConnection<Postgres>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
    }
}

impl Reader for Connection {
    type Held = Held;

    async fn query_all_held(&self, held: &Held, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if self.get_database_backend() != DbBackend::Postgres {
            return self.query_all_raw(statement).await;
        }
        self.query(statement, |pool, statement| self.read_held(held, pool, statement)).await
    }
}

impl Connection {
    async fn read_held(
        &self,
        held: &Held,
        pool: DatabaseConnection,
        mut statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut connection = if let Some(connection) = held.take() {
            acquired();
            connection
        } else {
            pool.get_postgres_connection_pool().acquire().await.map_err(not_acquired)?
        };
        let values = SqlxValues(statement.values.take().unwrap_or(Values(Vec::new())));
        let begun = Instant::now();
        let query = query_with(AssertSqlSafe(statement.sql.as_str()), values);
        let rows = query.fetch_all(&mut *connection).await;
        self.count(&statement, begun.elapsed(), rows.is_err());
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        if self.waiting() == 0 {
            held.put(connection);
        }
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }
}

/// As the library says it.
fn not_acquired(error: SqlxError) -> DbErr {
    match error {
        SqlxError::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        SqlxError::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}
