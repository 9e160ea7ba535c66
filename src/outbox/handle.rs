//! The worker that delivers messages, as seen by those who write them.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the worker. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Notify>);

impl Outbox {
    /// Wakes the worker for a new message. Call it after the commit.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits until there is a new message.
    pub(super) async fn woken(&self) {
        self.0.notified().await;
    }
}
