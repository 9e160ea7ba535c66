//! Messages between processes on one PostgreSQL database (`LISTEN` and `NOTIFY`).

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sqlx::{self, Executor, postgres::PgListener},
};
use tokio::time::{sleep, timeout};

use super::db::Db;

/// After so long without a message the connection is checked: one that a firewall dropped only stays silent.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the database may take to answer that check.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an attempt to connect again may take. Within one, the driver waits longer and longer between its own.
const RECONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait between attempts to connect.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// What a listener receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Message(String),
    /// The connection was lost for a while, and perhaps messages with it.
    Gap,
}

/// Listens to a channel on a connection of its own.
#[derive(Debug)]
pub struct Listener {
    db: Db,
    connection: PgListener,
    url: String,
    channel: &'static str,
}

impl Listener {
    /// Begins to listen. That its connection is lost is noticed at once and reported to `db`, whose own may be lost as well.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(db: &Db, url: &str, channel: &'static str) -> Result<Self, DbErr> {
        let listener = listen(url, channel).await.map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(Self { db: db.clone(), connection: listener, url: url.to_owned(), channel })
    }

    /// Waits for what comes next. Connects again by itself.
    pub async fn recv(&mut self) -> Received {
        loop {
            match timeout(IDLE_TIMEOUT, self.connection.try_recv()).await {
                Ok(Ok(Some(notification))) => return Received::Message(notification.payload().to_owned()),
                Ok(lost) => {
                    let error = lost.err().map(|error| error.to_string());
                    tracing::warn!(error, "the connection that listens to other replicas was lost");
                    self.connect_again().await;
                    return Received::Gap;
                }
                Err(_) => {
                    let alive = timeout(PROBE_TIMEOUT, self.connection.execute("select 1")).await;
                    if !matches!(alive, Ok(Ok(_))) {
                        tracing::warn!("the connection that listens to other replicas is dead");
                        self.connect_again().await;
                        return Received::Gap;
                    }
                }
            }
        }
    }

    async fn connect_again(&mut self) {
        self.db.report_lost_connection();
        loop {
            match timeout(RECONNECT_TIMEOUT, listen(&self.url, self.channel)).await {
                Ok(Ok(listener)) => {
                    self.connection = listener;
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
pub async fn publish(db: &Db, channel: &str, messages: &[String]) -> Result<(), DbErr> {
    // It is about what was committed before, so this need not wait for the disk.
    let sql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, sent.message) \
        from unnest($2::text[]) with ordinality as sent(message, place) order by sent.place";
    let values = [channel.into(), messages.to_vec().into()];
    db.write().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await.map(|_| ())
}
