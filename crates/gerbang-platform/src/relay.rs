//! Messages between processes on one PostgreSQL database (`LISTEN` and `NOTIFY`).

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sqlx::{self, Executor, postgres::PgListener},
};
use tokio::time::{sleep, timeout};

use super::db::Db;

/// After so long a silence the connection is looked at: one that a firewall dropped says nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the database may take to show that it is there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an attempt to connect again may take. Within one, the driver waits longer and longer between its own.
const RECONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait between attempts to connect.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(String),
    /// The connection was lost for a while, and perhaps messages with it.
    Gap,
}

/// Listens to a channel on a connection of its own.
#[derive(Debug)]
pub struct Ear {
    db: Db,
    listener: PgListener,
    url: String,
    channel: &'static str,
}

impl Ear {
    /// Begins to listen. That its connection is lost is noticed at once, so `db` is told: its own may be as well.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(db: &Db, url: &str, channel: &'static str) -> Result<Self, DbErr> {
        let listener = listen(url, channel).await.map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(Self { db: db.clone(), listener, url: url.to_owned(), channel })
    }

    /// Waits for what comes next. Connects again by itself.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match timeout(IDLE_TIMEOUT, self.listener.try_recv()).await {
                Ok(Ok(Some(notification))) => return Heard::Message(notification.payload().to_owned()),
                Ok(lost) => {
                    let error = lost.err().map(|error| error.to_string());
                    tracing::warn!(error, "the connection that listens to other replicas was lost");
                    self.connect_again().await;
                    return Heard::Gap;
                }
                Err(_) => {
                    let alive = timeout(PROBE_TIMEOUT, self.listener.execute("select 1")).await;
                    if !matches!(alive, Ok(Ok(_))) {
                        tracing::warn!("the connection that listens to other replicas is dead");
                        self.connect_again().await;
                        return Heard::Gap;
                    }
                }
            }
        }
    }

    async fn connect_again(&mut self) {
        self.db.doubt();
        loop {
            match timeout(RECONNECT_TIMEOUT, listen(&self.url, self.channel)).await {
                Ok(Ok(listener)) => {
                    self.listener = listener;
                    return;
                }
                Ok(Err(_)) | Err(_) => sleep(RECONNECT_DELAY).await,
            }
        }
    }
}

async fn listen(url: &str, channel: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // That the connection was lost is to be told before there is another.
    listener.eager_reconnect(false);
    listener.listen(channel).await?;
    Ok(listener)
}

/// Sends messages of at most 8,000 bytes to everybody who listens, in their order.
///
/// # Errors
/// When the database does not take them.
pub async fn say(db: &Db, channel: &str, messages: &[String]) -> Result<(), DbErr> {
    // What is said tells of what has been committed before, so this need not wait for the disk.
    let sql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, said.message) \
        from unnest($2::text[]) with ordinality as said(message, place) order by said.place";
    let values = [channel.into(), messages.to_vec().into()];
    db.write().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await.map(|_| ())
}
