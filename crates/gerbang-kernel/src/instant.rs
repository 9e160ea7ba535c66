//! A moment that threads tell each other without a lock.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// What moments are counted from.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A moment, to the microsecond; none at first. Of two moments within one microsecond neither is before the other.
#[derive(Debug, Default)]
pub struct AtomicInstant(AtomicU64);

impl AtomicInstant {
    /// No moment.
    pub fn new() -> Self {
        Self::default()
    }

    /// The moment, if there is one.
    pub fn get(&self) -> Option<Instant> {
        let micros = self.0.load(Ordering::Acquire);
        (micros > 0).then(|| *START + Duration::from_micros(micros))
    }

    /// Makes it this moment.
    pub fn set(&self, moment: Instant) {
        self.0.store(micros(moment), Ordering::Release);
    }

    /// Makes it this moment if that is a later one.
    pub fn advance(&self, moment: Instant) {
        self.0.fetch_max(micros(moment), Ordering::AcqRel);
    }
}

/// Since the start; nothing was before.
fn micros(moment: Instant) -> u64 {
    let since = moment.saturating_duration_since(*START).as_micros();
    u64::try_from(since).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_to_the_microsecond() {
        let moment = AtomicInstant::new();
        assert_eq!(moment.get(), None);
        let (now, millisecond) = (Instant::now(), Duration::from_millis(1));
        moment.set(now + millisecond);
        let kept = moment.get().unwrap();
        assert!(kept <= now + millisecond && kept + Duration::from_micros(2) > now + millisecond);
        moment.advance(now);
        assert_eq!(moment.get(), Some(kept), "an earlier one changes nothing");
        moment.set(now);
        assert!(moment.get().unwrap() < kept);
        // What was before anything was counted is the beginning, and not none.
        moment.set(now.checked_sub(Duration::from_mins(1)).unwrap_or(now));
        assert!(moment.get().is_some());
    }
}
