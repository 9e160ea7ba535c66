//! What has just happened, for those who watch live.

use tokio::sync::broadcast;

/// How many events a slow watcher may fall behind before it loses the oldest.
const BUFFER: usize = 1_024;

/// A committed change; it names rows, so that each watcher reads what it may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A click was recorded.
    ClickRecorded {
        /// The row of `clicks`.
        id: i64,
        /// Whose click it is.
        affiliate_id: i64,
    },
    /// A lead was created or changed its status.
    LeadUpdated {
        /// The row of `leads`.
        id: i64,
        /// Whose lead it is.
        affiliate_id: i64,
    },
    /// A notification was written.
    NotificationReceived {
        /// The row of `notifications`.
        id: sea_orm::prelude::TextUuid,
        /// Its recipient.
        user_id: i64,
    },
    /// A payment was created or changed.
    PaymentUpdated {
        /// The row of `payment_orders`.
        id: i64,
    },
}

/// Carries events from where they happen to whoever watches, within this process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(BUFFER))
    }
}

impl Events {
    /// Tells all watchers. Call it after the commit: a watcher reads the row at once.
    pub fn publish(&self, event: Event) {
        // Nobody watching is no failure.
        let _ = self.0.send(event);
    }

    /// Every event from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
