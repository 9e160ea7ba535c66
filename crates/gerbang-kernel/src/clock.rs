//! The time, as one value that is handed around, so that tests can set it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

tokio::task_local! {
    static CURRENT: Clock;
}

/// Tells the time in UTC, cut to whole microseconds (what both databases keep). Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::advance`] moves it, for tests.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    /// The clock of the work that is going on, see [`Clock::scope`]; the machine's outside of any.
    pub fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_default()
    }

    /// Does `work` by this clock, for what can't be handed one: rows note when they were made and changed.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }

    /// The current time.
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
        let micros =
            self.0.as_ref().map_or_else(|| Utc::now().timestamp_micros(), |fixed| fixed.load(Ordering::SeqCst));
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Moves a fixed clock and all its clones; a system clock goes its own way.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(fixed) = &self.0 {
            fixed.fetch_add(by.num_microseconds().unwrap_or_default(), Ordering::SeqCst);
        }
    }
}
