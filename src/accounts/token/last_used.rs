//! When tokens were last used.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many notes of tokens in use may be on their way at once.
const NOTES: usize = 4;

/// Bounds what is written down of tokens in use, beside the requests that use them.
#[derive(Debug)]
pub struct LastUsed(Arc<Semaphore>);

impl Default for LastUsed {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(NOTES)))
    }
}

impl LastUsed {
    /// A place for one more note; `None` when all are busy.
    pub(crate) fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }
}
