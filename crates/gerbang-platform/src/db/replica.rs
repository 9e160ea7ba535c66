//! A server that repeats what is written to the database, a little later, and answers whoever may wait for it.
//!
//! Every now and then it is found out how far the replica is: the primary tells where its log ends, and once the replica
//! has repeated so much, it has everything that was committed before the question. Nothing is read from a replica that has
//! not been so far for [`MAX_LAG`], or that can't be reached.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use gerbang_kernel::instant::AtomicInstant;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};
use tokio::{task::AbortHandle, time::sleep};

use super::connection::Reader;
use crate::query::shared::SharedReads;

/// How old what is read from a replica may be.
pub const MAX_LAG: Duration = Duration::from_secs(5);
/// How often it is found out how far it is.
const FOLLOW_EVERY: Duration = Duration::from_millis(100);
/// How often a replica that lags is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(20);
/// How long to wait after one of the two did not answer.
const RETRY_DELAY: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Around what may be read from the replica.
    static FROM_REPLICA: ();
}

/// The replica. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    pub(super) reader: Reader,
    pub(super) shared: Arc<SharedReads>,
    /// The moment before which everything that was committed is in it.
    has_until: Arc<AtomicInstant>,
    _following: Arc<Following>,
}

/// Stops following when nobody reads from the replica any more.
#[derive(Debug)]
struct Following(AbortHandle);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Replica {
    /// What repeats `primary`.
    ///
    /// # Errors
    /// When it does not answer, or repeats nobody.
    pub(super) async fn new(primary: &Reader, reader: Reader) -> Result<Self, DbErr> {
        let repeats = ask::<bool>(&reader, "SELECT pg_is_in_recovery()", []).await?;
        if repeats != Some(true) {
            let problem = "[database] read_url: this server repeats no other; name a standby, or leave it empty";
            return Err(DbErr::Conn(RuntimeErr::Internal(problem.to_owned())));
        }
        let has_until = Arc::new(AtomicInstant::new());
        let task = tokio::spawn(follow(primary.clone(), reader.clone(), Arc::clone(&has_until)));
        let following = Arc::new(Following(task.abort_handle()));
        Ok(Self { reader, shared: Arc::default(), has_until, _following: following })
    }

    /// Whether it has everything that was committed before `written`, and nothing of long ago is missing.
    pub(super) fn has(&self, written: Option<Instant>) -> bool {
        self.has_until
            .get()
            .is_some_and(|until| until.elapsed() < MAX_LAG && written.is_none_or(|written| written < until))
    }

    /// How old what is read from it is at most; `None` before that is known.
    pub(super) fn lag(&self) -> Option<Duration> {
        self.has_until.get().map(|until| until.elapsed())
    }
}

/// Lets what `work` reads outside transactions come from the replica.
pub(super) async fn from_replica<F: Future>(work: F) -> F::Output {
    FROM_REPLICA.scope((), work).await
}

/// Whether this may be read from the replica.
pub(super) fn is_from_replica() -> bool {
    FROM_REPLICA.try_with(|()| ()).is_ok()
}

async fn follow(primary: Reader, replica: Reader, has_until: Arc<AtomicInstant>) {
    loop {
        let pause = match catch_up(&primary, &replica, &has_until).await {
            Ok(()) => FOLLOW_EVERY,
            // What reads from them says so, too.
            Err(error) => {
                tracing::debug!(%error, "it is not known how far the replica of the database is");
                RETRY_DELAY
            }
        };
        sleep(pause).await;
    }
}

/// Waits until the replica has what the primary has now.
async fn catch_up(primary: &Reader, replica: &Reader, has_until: &AtomicInstant) -> Result<(), DbErr> {
    let asked = Instant::now();
    let end = ask::<String>(primary, "SELECT pg_current_wal_lsn()::text", []).await?.unwrap_or_default();
    let reached = "SELECT coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false)";
    while ask::<bool>(replica, reached, [end.as_str().into()]).await? != Some(true) {
        sleep(ASK_AGAIN).await;
    }
    has_until.set(asked);
    Ok(())
}

async fn ask<T: sea_orm::TryGetable>(
    db: &Reader,
    sql: &str,
    values: impl IntoIterator<Item = sea_orm::Value>,
) -> Result<Option<T>, DbErr> {
    let row = db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}
