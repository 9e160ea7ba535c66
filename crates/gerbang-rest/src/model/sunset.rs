//! What was decided about the end of a route.

use chrono::{DateTime, Utc};

/// What an operator decided about the end of an API or a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sunset {
    /// Since when nobody should begin to use it. Where only the end is decided: since the day the server started; who serves longer than that remembers the first.
    pub deprecated: Option<DateTime<Utc>>,
    /// When it ends; from then on it is gone.
    pub sunset: Option<DateTime<Utc>>,
    /// Whether it is gone already.
    pub closed: bool,
}

impl Sunset {
    /// Whether anything was decided.
    pub(crate) fn is_announced(self) -> bool {
        self != Self::default()
    }

    /// Whether it is gone.
    pub(crate) fn has_ended(self, now: DateTime<Utc>) -> bool {
        self.closed || self.sunset.is_some_and(|end| end <= now)
    }
}
