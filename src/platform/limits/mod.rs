//! How often something may be done: counters in fixed windows that start at the first hit.
//!
//! The counting is Laravel's, which legacy clients know: a hit is refused when the window already holds
//! its maximum, and a refused hit is not counted, so that waiting `Retry-After` seconds always helps.
//! Counters live in this process and are bounded in number; the least used go first.

use std::{
    fmt::{self, Debug, Formatter},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use moka::{Expiry, sync::Cache};

use crate::{error::Error, platform::clock::Clock};

/// How many counters are kept at most: some 20 MB.
const MAX_COUNTERS: u64 = 100_000;

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
        Self { clock, counters }
    }

    /// Counts a hit of `key`, of which `max` are allowed in a `window`.
    ///
    /// # Errors
    /// When the window is full; the hit is then not counted.
    pub async fn hit(&self, key: &str, max: u32, window: Duration) -> Result<Remaining, RetryAfter> {
        let now = self.clock.now();
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

    /// Whether a hit of `key` would be allowed, without counting one.
    ///
    /// # Errors
    /// When the window is full.
    pub async fn peek(&self, key: &str, max: u32) -> Result<Remaining, RetryAfter> {
        let now = self.clock.now();
        let current =
            self.counters.get(key).map(|counter| *counter.window.lock().unwrap_or_else(PoisonError::into_inner));
        match current {
            Some(window) if window.ends_at > now => window.allows(max, now),
            _ => Window { hits: 0, ends_at: now }.allows(max, now),
        }
    }

    /// Takes one hit of `key` back, if its window still runs.
    pub async fn take_back(&self, key: &str) {
        if let Some(counter) = self.counters.get(key) {
            let mut window = counter.window.lock().unwrap_or_else(PoisonError::into_inner);
            window.hits = window.hits.saturating_sub(1);
        }
    }

    /// Forgets the hits of `key`.
    pub async fn clear(&self, key: &str) {
        self.counters.invalidate(key);
    }
}

impl Debug for Limiter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("counters", &self.counters.entry_count()).finish_non_exhaustive()
    }
}

impl Window {
    fn allows(self, max: u32, now: DateTime<Utc>) -> Result<Remaining, RetryAfter> {
        let left = max.saturating_sub(self.hits);
        if left > 0 {
            return Ok(Remaining { hits: left, resets_at: self.ends_at });
        }
        // Rounded up: a client that waits exactly so long must not come too early.
        let wait = (self.ends_at - now).num_milliseconds().max(0).unsigned_abs();
        Err(RetryAfter(wait.div_ceil(1_000).max(1)))
    }
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
    async fn keys_do_not_share_and_can_be_cleared() {
        let (limiter, _) = limiter();
        assert!(limiter.hit("a", 1, MINUTE).await.is_ok());
        assert!(limiter.hit("b", 1, MINUTE).await.is_ok());
        assert_eq!(limiter.peek("a", 1).await, Err(RetryAfter(60)));
        limiter.clear("a").await;
        assert_eq!(limiter.peek("a", 1).await.map(|r| r.hits), Ok(1));
        limiter.take_back("b").await;
        assert!(limiter.hit("b", 1, MINUTE).await.is_ok());
        assert_eq!(limiter.peek("b", 1).await, Err(RetryAfter(60)));
    }
}
