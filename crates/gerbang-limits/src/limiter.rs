//! Counters of hits by key.

use std::{
    fmt::{self, Debug, Formatter},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::{clock::Clock, error::Error, instant::AtomicInstant, secret::Secret};
use moka::{Expiry, sync::Cache};

use crate::shared::{CounterError, RedisCounters, WindowState};

/// Hits that were refused, by limit.
const LIMITED: &str = "gerbang_limited_total";
/// Questions that Redis did not answer.
const FAILURES: &str = "gerbang_limit_server_failures_total";

/// How many counters are kept at most: some 20 MB.
const MAX_COUNTERS: u64 = 100_000;
/// How long a server that failed is not asked again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// An allowed hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// How many more hits the window takes.
    pub hits: u32,
    /// When the window ends and counting starts anew.
    pub resets_at: DateTime<Utc>,
}

/// A refused hit: whole seconds until the window ends, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub u64);

impl From<RetryAfter> for Error {
    fn from(RetryAfter(seconds): RetryAfter) -> Self {
        Self::rate_limited(seconds)
    }
}

/// Counts hits by key. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Limiter {
    clock: Clock,
    counters: Cache<String, Arc<Counter>>,
    shared: Option<Arc<SharedCounters>>,
}

/// The counters that all machines share.
struct SharedCounters {
    server: RedisCounters,
    /// Until when it is left alone after a failure.
    paused_until: AtomicInstant,
}

/// One key's window. It is kept a little longer than it counts, which does no harm.
struct Counter {
    keep: Duration,
    window: Mutex<Window>,
}

#[derive(Clone, Copy)]
struct Window {
    hits: u32,
    ends_at: DateTime<Utc>,
}

impl Limiter {
    /// A limiter without any hits that tells the time by `clock`.
    pub fn new(clock: Clock) -> Self {
        let counters = Cache::builder().max_capacity(MAX_COUNTERS).expire_after(KeepForWindow).build();
        Self { clock, counters, shared: None }
    }

    /// The same, counting in the Redis server at this URL, if there is one.
    ///
    /// # Errors
    /// When the URL can't be read. A server that can't be reached is none.
    pub fn with_server(clock: Clock, url: &Secret) -> Result<Self, String> {
        let mut limiter = Self::new(clock);
        if !url.expose().is_empty() {
            let server = RedisCounters::at(url.expose())
                .map_err(|error| format!("[limits] redis_url can't be used: {error}"))?;
            limiter.shared = Some(Arc::new(SharedCounters { server, paused_until: AtomicInstant::new() }));
        }
        Ok(limiter)
    }

    /// The shared counters' answer, if there are any and they give one.
    async fn shared<T>(&self, ask: impl AsyncFnOnce(&RedisCounters) -> Result<T, CounterError>) -> Option<T> {
        let shared = self.shared.as_ref()?;
        if shared.is_paused() {
            return None;
        }
        match ask(&shared.server).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                shared.paused_until.set(Instant::now() + RETRY_DELAY);
                metrics::counter!(FAILURES).increment(1);
                tracing::warn!(%error, "Redis does not count limits: this machine counts on its own");
                None
            }
        }
    }

    /// Whether the shared counters are not left alone after a failure; `None` without any.
    pub fn server_answered(&self) -> Option<bool> {
        self.shared.as_ref().map(|shared| !shared.is_paused())
    }

    /// Counts a hit of `key`, of which `max` are allowed in a `window`. What stands before the first `|` of the key names the
    /// limit in the metrics.
    ///
    /// # Errors
    /// When the window is full; the hit is then not counted.
    pub async fn hit(&self, key: &str, max: u32, window: Duration) -> Result<Remaining, RetryAfter> {
        self.count(key, max, window).await.inspect_err(|_| refused(key))
    }

    async fn count(&self, key: &str, max: u32, window: Duration) -> Result<Remaining, RetryAfter> {
        let now = self.clock.now();
        if let Some(window) = self.shared(async |server| server.hit(key, max, Some(window)).await).await {
            return window.remaining(now).map(|Remaining { hits, resets_at }| Remaining { hits: hits - 1, resets_at });
        }
        let starting = Window { hits: 0, ends_at: now + TimeDelta::from_std(window).unwrap_or(TimeDelta::MAX) };
        let counter = self
            .counters
            .entry_by_ref(key)
            .or_insert_with(|| Arc::new(Counter { keep: window, window: Mutex::new(starting) }))
            .into_value();
        let mut current = counter.window.lock().unwrap_or_else(PoisonError::into_inner);
        if current.ends_at <= now {
            *current = starting;
        }
        let Remaining { hits, resets_at } = current.allows(max, now)?;
        current.hits += 1;
        Ok(Remaining { hits: hits - 1, resets_at })
    }

    /// Counts a hit against several limits at once, each a key with its maximum in a window.
    ///
    /// # Errors
    /// When one of the windows is full; the hit is then counted in none.
    pub async fn hit_all(&self, limits: &[(String, u32, Duration)]) -> Result<(), RetryAfter> {
        for (place, (key, max, window)) in limits.iter().enumerate() {
            if let Err(wait) = self.hit(key, *max, *window).await {
                for (counted, ..) in &limits[..place] {
                    self.refund(counted).await;
                }
                return Err(wait);
            }
        }
        Ok(())
    }

    /// Whether a hit of `key` would be allowed, without counting one.
    ///
    /// # Errors
    /// When the window is full.
    pub async fn peek(&self, key: &str, max: u32) -> Result<Remaining, RetryAfter> {
        self.look(key, max).await.inspect_err(|_| refused(key))
    }

    async fn look(&self, key: &str, max: u32) -> Result<Remaining, RetryAfter> {
        let now = self.clock.now();
        if let Some(window) = self.shared(async |server| server.hit(key, max, None).await).await {
            return window.remaining(now);
        }
        let current =
            self.counters.get(key).map(|counter| *counter.window.lock().unwrap_or_else(PoisonError::into_inner));
        match current {
            Some(window) if window.ends_at > now => window.allows(max, now),
            _ => Window { hits: 0, ends_at: now }.allows(max, now),
        }
    }

    /// Refunds one hit of `key`, if its window still runs.
    pub async fn refund(&self, key: &str) {
        if self.shared(async |server| server.refund(key).await).await.is_some() {
            return;
        }
        if let Some(counter) = self.counters.get(key) {
            let mut window = counter.window.lock().unwrap_or_else(PoisonError::into_inner);
            window.hits = window.hits.saturating_sub(1);
        }
    }

    /// Forgets the hits of `key`.
    pub async fn clear(&self, key: &str) {
        self.shared(async |server| server.clear(key).await).await;
        self.counters.invalidate(key);
    }
}

impl Debug for Limiter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("counters", &self.counters.entry_count()).finish_non_exhaustive()
    }
}

impl SharedCounters {
    fn is_paused(&self) -> bool {
        self.paused_until.get().is_some_and(|until| until > Instant::now())
    }
}

impl Window {
    fn allows(self, max: u32, now: DateTime<Utc>) -> Result<Remaining, RetryAfter> {
        remaining(max.saturating_sub(self.hits), self.ends_at, now)
    }
}

impl WindowState {
    fn remaining(self, now: DateTime<Utc>) -> Result<Remaining, RetryAfter> {
        let left = u32::try_from(self.left.max(0)).unwrap_or(u32::MAX);
        remaining(left, now + TimeDelta::from_std(self.rest).unwrap_or(TimeDelta::MAX), now)
    }
}

fn remaining(left: u32, ends_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Remaining, RetryAfter> {
    if left > 0 {
        return Ok(Remaining { hits: left, resets_at: ends_at });
    }
    // Rounded up: a client that waits exactly so long must not come too early.
    let wait = (ends_at - now).num_milliseconds().max(0).unsigned_abs();
    Err(RetryAfter(wait.div_ceil(1_000).max(1)))
}

/// Lets what is counted of a limit's refusals begin at zero.
pub fn start_series(limit: &'static str) {
    metrics::counter!(LIMITED, "limit" => limit).absolute(0);
}

fn refused(key: &str) {
    let limit = key.split_once('|').map_or(key, |(limit, _)| limit).to_owned();
    metrics::counter!(LIMITED, "limit" => limit).increment(1);
}

/// Drops a counter once its window has passed since the last hit.
struct KeepForWindow;

impl Expiry<String, Arc<Counter>> for KeepForWindow {
    fn expire_after_create(&self, _: &String, counter: &Arc<Counter>, _: Instant) -> Option<Duration> {
        Some(counter.keep)
    }

    fn expire_after_read(
        &self,
        _: &String,
        counter: &Arc<Counter>,
        _: Instant,
        _: Option<Duration>,
        _: Instant,
    ) -> Option<Duration> {
        Some(counter.keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn limiter() -> (Limiter, Clock) {
        let clock = Clock::fixed(DateTime::from_timestamp_nanos(0));
        (Limiter::new(clock.clone()), clock)
    }

    #[tokio::test]
    async fn the_window_starts_at_the_first_hit() {
        let (limiter, clock) = limiter();
        assert_eq!(limiter.hit("a", 2, MINUTE).await.map(|r| r.hits), Ok(1));
        clock.advance(TimeDelta::seconds(59));
        assert_eq!(limiter.hit("a", 2, MINUTE).await.map(|r| r.hits), Ok(0));
        assert_eq!(limiter.hit("a", 2, MINUTE).await, Err(RetryAfter(1)));
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(limiter.hit("a", 2, MINUTE).await.map(|r| r.hits), Ok(1));
    }

    #[tokio::test]
    async fn a_hit_refused_by_one_limit_counts_for_none() {
        let (limiter, _) = limiter();
        let limits = [("wide".to_owned(), 3, MINUTE), ("narrow".to_owned(), 1, MINUTE)];
        assert_eq!(limiter.hit_all(&limits).await, Ok(()));
        assert_eq!(limiter.hit_all(&limits).await, Err(RetryAfter(60)));
        assert_eq!(limiter.peek("wide", 3).await.map(|left| left.hits), Ok(2));
    }

    #[tokio::test]
    async fn keys_do_not_share_and_can_be_cleared() {
        let (limiter, _) = limiter();
        assert!(limiter.hit("a", 1, MINUTE).await.is_ok());
        assert!(limiter.hit("b", 1, MINUTE).await.is_ok());
        assert_eq!(limiter.peek("a", 1).await, Err(RetryAfter(60)));
        limiter.clear("a").await;
        assert_eq!(limiter.peek("a", 1).await.map(|r| r.hits), Ok(1));
        limiter.refund("b").await;
        assert!(limiter.hit("b", 1, MINUTE).await.is_ok());
        assert_eq!(limiter.peek("b", 1).await, Err(RetryAfter(60)));
    }
}
