//! How many requests can be in work without all of them becoming slow: as many as are answered in the time that each may
//! take. How fast they are answered is only known, and only looked at, while there are many.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// So many are let in however long they take.
const ALWAYS: usize = 128;
/// How long a request may be in work where there are more.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often it is found out anew how fast requests are answered.
const WINDOW: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct Capacity {
    max: usize,
    /// How many may be in work now.
    now: AtomicUsize,
    /// In this window.
    answered: AtomicUsize,
    /// When this window began, in nanoseconds since the first.
    began: AtomicU64,
    first: OnceLock<Instant>,
}

impl Capacity {
    /// At most `max`.
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            now: AtomicUsize::new(max),
            answered: AtomicUsize::new(0),
            began: AtomicU64::new(0),
            first: OnceLock::new(),
        }
    }

    /// How many may be in work where so many are.
    pub(super) fn at(&self, in_work: usize, now: impl FnOnce() -> Instant) -> usize {
        if in_work < ALWAYS {
            return self.max;
        }
        let now = now();
        let now = now.saturating_duration_since(*self.first.get_or_init(|| now));
        let began = Duration::from_nanos(self.began.load(Ordering::Relaxed));
        let elapsed = now.saturating_sub(began);
        if elapsed >= WINDOW && self.begin_window(began, now) {
            let answered = self.answered.swap(0, Ordering::Relaxed);
            // There were few for a while: what was answered then says nothing.
            let is_new = elapsed > 2 * WINDOW || began.is_zero();
            self.now.store(if is_new { self.max } else { self.in_time(answered, elapsed) }, Ordering::Relaxed);
        }
        self.now.load(Ordering::Relaxed)
    }

    fn begin_window(&self, began: Duration, now: Duration) -> bool {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.began.compare_exchange(nanos(began), nanos(now), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn in_time(&self, answered: usize, elapsed: Duration) -> usize {
        let in_time = answered as u128 * PATIENCE.as_nanos() / elapsed.as_nanos().max(1);
        usize::try_from(in_time).unwrap_or(usize::MAX).max(ALWAYS).min(self.max)
    }

    /// A request was answered.
    pub(super) fn answered(&self) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What may be in work after a second in which so many are answered in each window.
    fn after_a_second(capacity: &Capacity, start: Instant, each_window: usize) -> usize {
        let windows = (1..=4).map(|number| {
            (0..each_window).for_each(|_| capacity.answered());
            capacity.at(ALWAYS, || start + WINDOW * number)
        });
        windows.last().unwrap()
    }

    #[test]
    fn as_many_are_let_in_as_are_answered_in_time() {
        let (capacity, start) = (Capacity::new(1_000), Instant::now());
        assert_eq!(capacity.at(0, || unreachable!("nobody looks at the clock")), 1_000);
        assert_eq!(capacity.at(ALWAYS, || start), 1_000, "it is not known yet");
        assert_eq!(after_a_second(&capacity, start, 175), 280);
        let later = start + Duration::from_mins(1);
        assert_eq!(capacity.at(ALWAYS, || later), 1_000, "there were few meanwhile");
        assert_eq!(after_a_second(&capacity, later, 10_000), 1_000);
        assert_eq!(after_a_second(&capacity, later + Duration::from_secs(1), 1), ALWAYS);
        assert_eq!(Capacity::new(10).at(5_000, || start), 10);
    }
}
