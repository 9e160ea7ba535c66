//! Messages between processes on one PostgreSQL database (`LISTEN` and `NOTIFY`).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use gerbang_kernel::instant::AtomicInstant;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sqlx::{self, Executor, postgres::PgListener},
};
use tokio::time::{sleep, timeout};

use super::db::Db;

/// After so long the connection is checked: one that a firewall dropped only stays silent.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The same where somebody relies on it ([`Pulse`]).
const RELIED_ON_TIMEOUT: Duration = Duration::from_millis(300);
/// How long a check proves something: a second, less what a message takes to be sent.
const PROOF: Duration = Duration::from_millis(900);
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
    checked: Instant,
    pulse: Pulse,
}

/// Tells whether a listener hears what is sent. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<Beats>);

#[derive(Debug, Default)]
struct Beats {
    /// When the last check that was answered began: all that was sent before has been received.
    heard: AtomicInstant,
    /// Whether somebody relies on it.
    is_asked: AtomicBool,
}

impl Pulse {
    /// Whether everything that others sent more than a second ago has been received for certain. Who asks relies on it, so
    /// the connection is checked often from then on, and seldom again when nobody asks.
    pub fn is_certain(&self) -> bool {
        let Beats { heard, is_asked } = &*self.0;
        if !is_asked.load(Ordering::Relaxed) {
            is_asked.store(true, Ordering::Relaxed);
        }
        heard.get().is_some_and(|heard| heard.elapsed() < PROOF)
    }
}

impl Listener {
    /// Begins to listen. That its connection is lost is noticed at once and reported to `db`, whose own may be lost as well.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(db: &Db, url: &str, channel: &'static str) -> Result<Self, DbErr> {
        let listener = listen(url, channel).await.map_err(|error| DbErr::Custom(error.to_string()))?;
        let (db, url) = (db.clone(), url.to_owned());
        Ok(Self { db, connection: listener, url, channel, checked: Instant::now(), pulse: Pulse::default() })
    }

    /// Whether this hears what is sent, for others to ask.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Waits for what comes next. Connects again by itself.
    pub async fn recv(&mut self) -> Received {
        loop {
            if self.is_check_due() && !self.check().await {
                tracing::warn!("the connection that listens to other replicas is dead");
                self.connect_again().await;
                return Received::Gap;
            }
            match timeout(RELIED_ON_TIMEOUT, self.connection.try_recv()).await {
                Ok(Ok(Some(notification))) => return Received::Message(notification.payload().to_owned()),
                Ok(lost) => {
                    let error = lost.err().map(|error| error.to_string());
                    tracing::warn!(error, "the connection that listens to other replicas was lost");
                    self.connect_again().await;
                    return Received::Gap;
                }
                Err(_) => {}
            }
        }
    }

    fn is_check_due(&self) -> bool {
        let age = self.checked.elapsed();
        age >= IDLE_TIMEOUT || age >= RELIED_ON_TIMEOUT && self.pulse.0.is_asked.swap(false, Ordering::Relaxed)
    }

    /// Whether the connection answers. What it receives meanwhile comes next.
    async fn check(&mut self) -> bool {
        let begun = Instant::now();
        let alive = timeout(PROBE_TIMEOUT, self.connection.execute("select 1")).await;
        self.checked = Instant::now();
        let is_alive = matches!(alive, Ok(Ok(_)));
        if is_alive {
            self.pulse.0.heard.set(begun);
        }
        is_alive
    }

    async fn connect_again(&mut self) {
        self.db.report_lost_connection();
        loop {
            match timeout(RECONNECT_TIMEOUT, listen(&self.url, self.channel)).await {
                Ok(Ok(listener)) => {
                    self.connection = listener;
                    self.checked = Instant::now();
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
