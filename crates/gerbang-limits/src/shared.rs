//! The same counters in a Redis (or Valkey) server, where several machines count together.

use std::{
    fmt::{self, Debug, Formatter},
    sync::LazyLock,
    time::Duration,
};

use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::timeout;

/// How long the server may take to answer; a request waits no longer for its limit.
const TIMEOUT: Duration = Duration::from_millis(250);
/// What keys begin with, since a server may serve others too.
const PREFIX: &str = "gerbang:limit:";

/// Counts a hit where there is room for it, in one step on the server. Answers how many hits are left, this one not
/// counted, and the milliseconds until the window ends.
static HIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local hits = tonumber(redis.call('GET', KEYS[1]) or '0')
        local rest = redis.call('PTTL', KEYS[1])
        local left = tonumber(ARGV[1]) - hits
        if left > 0 and ARGV[2] ~= '0' then
            hits = redis.call('INCR', KEYS[1])
            if rest < 0 then
                redis.call('PEXPIRE', KEYS[1], ARGV[2])
                rest = tonumber(ARGV[2])
            end
        end
        return { left, rest }
        ",
    )
});

/// Refunds a hit where the window still runs.
static REFUND: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end")
});

/// The state of a window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WindowState {
    /// Hits that it still takes; not positive if it is full.
    pub(crate) left: i64,
    /// Until it ends; nothing if it has not begun.
    pub(crate) rest: Duration,
}

/// The server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct RedisCounters(ConnectionManager);

/// Why it did not count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CounterError {
    #[error("no answer within {} ms", TIMEOUT.as_millis())]
    TimedOut,
    #[error(transparent)]
    Failed(#[from] RedisError),
}

impl RedisCounters {
    /// The server at this URL (`redis://host:6379/0`). Connects when it is first asked.
    pub(crate) fn at(url: &str) -> Result<Self, RedisError> {
        let settings = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        Ok(Self(ConnectionManager::new_lazy_with_config(Client::open(url)?, settings)?))
    }

    /// Counts a hit if fewer than `max` are counted; without a window it only looks.
    pub(crate) async fn hit(&self, key: &str, max: u32, window: Option<Duration>) -> Result<WindowState, CounterError> {
        let window = window.map_or(0, |window| u64::try_from(window.as_millis()).unwrap_or(u64::MAX));
        let mut call = HIT.key(name(key));
        call.arg(max).arg(window);
        let (left, rest): (i64, i64) = answered(call.invoke_async(&mut self.0.clone())).await?;
        Ok(WindowState { left, rest: Duration::from_millis(rest.max(0).unsigned_abs()) })
    }

    pub(crate) async fn refund(&self, key: &str) -> Result<(), CounterError> {
        answered(REFUND.key(name(key)).invoke_async(&mut self.0.clone())).await
    }

    pub(crate) async fn clear(&self, key: &str) -> Result<(), CounterError> {
        answered(redis::cmd("DEL").arg(name(key)).query_async(&mut self.0.clone())).await
    }
}

impl Debug for RedisCounters {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("RedisCounters")
    }
}

fn name(key: &str) -> String {
    format!("{PREFIX}{key}")
}

async fn answered<T>(answer: impl Future<Output = Result<T, RedisError>>) -> Result<T, CounterError> {
    timeout(TIMEOUT, answer).await.map_err(|_| CounterError::TimedOut)?.map_err(CounterError::Failed)
}
