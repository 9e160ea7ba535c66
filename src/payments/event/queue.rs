//! Verified notifications that wait to be stored.

use std::sync::{Arc, Mutex, PoisonError};

use gerbang_kernel::error::{Error, Result};
use sea_orm::DbBackend;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use super::row::Headers;
use crate::payments::{
    order::row::Provider,
    provider::{Notification, interface::Mismatch},
};

/// Notifications in one transaction at most.
const BATCH: usize = 64;
/// Notifications that may be pending; more are refused, and sent again by the provider.
const MAX_PENDING: usize = 4_096;
/// Transactions at once where the database can do several.
const MAX_TRANSACTIONS: usize = 2;

/// A notification whose signature was checked.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    pub(crate) provider: Provider,
    pub(crate) notification: Notification,
    pub(crate) mismatch: Option<Mismatch>,
    pub(crate) body: String,
    pub(crate) headers: Headers,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It is new.
    New,
    /// It was here before.
    Known,
}

/// Notifications to be stored. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pending: Mutex<Vec<Pending>>,
    permits: Semaphore,
}

/// A notification and who waits for what becomes of it.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) verified: Verified,
    pub(super) done: oneshot::Sender<Result<Stored>>,
}

impl Queue {
    /// For a database of this kind: SQLite has one writer at a time.
    pub fn new(backend: DbBackend) -> Self {
        let permits = if backend == DbBackend::Sqlite { 1 } else { MAX_TRANSACTIONS };
        Self(Arc::new(Inner { pending: Mutex::default(), permits: Semaphore::new(permits) }))
    }

    /// Waits until a transaction may begin; `None` when the queue is gone.
    pub(super) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        self.0.permits.acquire().await.ok()
    }

    /// Takes the first ones.
    pub(super) fn take_batch(&self) -> Vec<Pending> {
        let mut pending = self.0.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let count = pending.len().min(BATCH);
        pending.drain(..count).collect()
    }

    /// Puts one behind the others.
    pub(super) fn push(&self, verified: Verified) -> Result<oneshot::Receiver<Result<Stored>>> {
        let (done, outcome) = oneshot::channel();
        let mut pending = self.0.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= MAX_PENDING {
            return Err(Error::unavailable(60));
        }
        pending.push(Pending { verified, done });
        Ok(outcome)
    }
}
