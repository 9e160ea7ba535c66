//! A pool of one database or the other.

use sea_orm::sqlx::{
    Error, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

/// As many as the program has.
const CONNECTIONS: u32 = 6;

#[derive(Clone)]
pub(super) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Pool {
    pub(super) async fn new(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres") {
            let options = PgPoolOptions::new().min_connections(CONNECTIONS).max_connections(CONNECTIONS);
            return Ok(Self::Postgres(options.test_before_acquire(false).connect(url).await?));
        }
        let options = SqlitePoolOptions::new().min_connections(CONNECTIONS).max_connections(CONNECTIONS);
        let file: SqliteConnectOptions = url.parse()?;
        Ok(Self::Sqlite(options.test_before_acquire(false).connect_with(file).await?))
    }
}

/// Runs a statement on whichever database it is: `fetch!(fetch_all, pool, sql, argument, …)`.
macro_rules! fetch {
    ($how:ident, $pool:expr, $sql:expr $(, $argument:expr)*) => {
        match $pool {
            $crate::hand::pool::Pool::Postgres(pool) => {
                sea_orm::sqlx::query_as($sql)$(.bind($argument))*.$how(pool).await
            }
            $crate::hand::pool::Pool::Sqlite(pool) => {
                sea_orm::sqlx::query_as($sql)$(.bind($argument))*.$how(pool).await
            }
        }
    };
}

pub(super) use fetch;
