//! Events on their way to the other replicas.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use gerbang_platform::relay::Pulse;
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
    pulse: Pulse,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Outgoing {
    /// With the tasks that `start` makes of what is to be sent and whether something was lost, and the pulse of what comes
    /// back.
    pub(super) fn new(
        pulse: Pulse,
        start: impl FnOnce(mpsc::Receiver<Vec<Event>>, Arc<AtomicBool>) -> [JoinHandle<()>; 2],
    ) -> Self {
        let (batches, queue) = mpsc::channel(MAX_BATCHES);
        let lost = Arc::new(AtomicBool::new(false));
        let tasks = start(queue, Arc::clone(&lost)).map(AbortOnDropHandle::new);
        Self { batches, lost, pulse, _tasks: tasks }
    }

    /// Whether everything that other replicas sent more than a second ago is known for certain.
    pub(super) fn is_certain(&self) -> bool {
        self.pulse.is_certain()
    }

    /// Sends events to the other replicas; never waits.
    pub(super) fn publish(&self, events: Vec<Event>) {
        if self.batches.try_send(events).is_err() {
            self.lost.store(true, Ordering::Relaxed);
        }
    }
}
