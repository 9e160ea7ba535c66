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

/// A moment, rounded down to the microsecond; none at first, nor one before this was made. Of two moments within one
/// microsecond neither is before the other.
#[derive(Debug)]
pub struct AtomicInstant(AtomicU64);

impl Default for AtomicInstant {
    fn default() -> Self {
        Self::new()
    }
}

impl AtomicInstant {
    /// No moment.
    pub fn new() -> Self {
        // Later, it would be after what is kept first.
        LazyLock::force(&START);
        Self(AtomicU64::new(0))
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

/// Since the start.
fn micros(moment: Instant) -> u64 {
    let since = moment.saturating_duration_since(*START).as_micros();
    u64::try_from(since).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_to_the_microsecond_and_never_a_later_one() {
        let (moment, millisecond) = (AtomicInstant::new(), Duration::from_millis(1));
        assert_eq!(moment.get(), None);
        let taken = Instant::now();
        moment.set(taken + millisecond);
        let kept = moment.get().unwrap();
        assert!(kept <= taken + millisecond && kept + Duration::from_micros(1) > taken + millisecond);
        moment.advance(taken);
        assert_eq!(moment.get(), Some(kept), "an earlier one changes nothing");
        moment.set(taken.checked_sub(Duration::from_mins(1)).unwrap());
        assert_eq!(moment.get(), None, "nobody counted then");
    }
}
