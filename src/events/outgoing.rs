//! Events on their way to the other replicas.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::task::AbortOnDropHandle;

use super::event::Event;

/// Batches of events that wait to be sent; more are given up, and the others are sent a gap.
const MAX_BATCHES: usize = 1_024;

/// The way to the other replicas. Dropping it ends the tasks behind it.
#[derive(Debug)]
pub(super) struct Outgoing {
    batches: mpsc::Sender<Vec<Event>>,
    lost: Arc<AtomicBool>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Outgoing {
    /// With the tasks that `start` makes of what is to be sent and whether something was lost.
    pub(super) fn new(start: impl FnOnce(mpsc::Receiver<Vec<Event>>, Arc<AtomicBool>) -> [JoinHandle<()>; 2]) -> Self {
        let (batches, queue) = mpsc::channel(MAX_BATCHES);
        let lost = Arc::new(AtomicBool::new(false));
        let tasks = start(queue, Arc::clone(&lost)).map(AbortOnDropHandle::new);
        Self { batches, lost, _tasks: tasks }
    }

    /// Sends events to the other replicas; never waits.
    pub(super) fn publish(&self, events: Vec<Event>) {
        if self.batches.try_send(events).is_err() {
            self.lost.store(true, Ordering::Relaxed);
        }
    }
}
