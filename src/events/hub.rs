//! Who watches what in this process.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt::Debug,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::mpsc;

use super::{
    event::{Event, Topic},
    outgoing::Outgoing,
};
use crate::constants::table::Versions;

/// Events that are queued for one watcher at most; one that falls further behind is removed.
const BUFFER: usize = 1_024;
/// Events that a watcher takes at once.
const BATCH: usize = 100;

/// What keeps something that events make untrue. It is told before whoever publishes goes on.
pub(crate) trait Keeper: Debug + Send + Sync + 'static {
    /// An event happened, here or in another replica. This must take no time.
    fn happened(&self, event: Event);

    /// Some events of other replicas were missed, which may have been any.
    fn missed_some(&self);
}

/// Publishes events to whoever watches. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Events(pub(super) Arc<Hub>);

#[derive(Debug, Default)]
pub(super) struct Hub {
    keepers: RwLock<Vec<Arc<dyn Keeper>>>,
    watchers: Mutex<HashMap<Topic, Vec<Watcher>>>,
    numbers: AtomicU64,
    versions: Versions,
    pub(super) relay: OnceLock<Outgoing>,
}

/// Where a watcher's events go. Without it the watcher's stream ends.
#[derive(Debug)]
struct Watcher {
    number: u64,
    queue: mpsc::Sender<Event>,
}

impl Events {
    /// Publishes an event to all watchers. Call it after the commit: a watcher reads the row at once.
    pub fn publish(&self, event: Event) {
        self.publish_all(vec![event]);
    }

    /// Publishes several to all watchers.
    pub fn publish_all(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.0.deliver(&events);
        if let Some(relay) = self.0.relay.get() {
            relay.publish(events);
        }
    }

    /// Tells a keeper of every event from now on.
    pub(crate) fn tell(&self, keeper: Arc<dyn Keeper>) {
        self.0.keepers.write().unwrap_or_else(PoisonError::into_inner).push(keeper);
    }

    /// Whether whatever happened in other replicas more than a second ago is known here for certain. Without a relay to
    /// them it never is.
    pub(crate) fn is_told_of_others(&self) -> bool {
        self.0.relay.get().is_some_and(Outgoing::is_certain)
    }

    /// Counts the changes of constant tables, those that other replicas make included.
    pub fn versions(&self) -> &Versions {
        &self.0.versions
    }

    /// Every event of the topic from now on.
    pub fn watch(&self, topic: Topic) -> Subscription {
        let (queue, receiver) = mpsc::channel(BUFFER);
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        self.0.watchers().entry(topic).or_default().push(Watcher { number, queue });
        Subscription { hub: Arc::clone(&self.0), topic, number, receiver }
    }
}

impl Hub {
    /// Delivers events to the watchers of this process, and ends what was kept of tables that changed.
    pub(super) fn deliver(&self, events: &[Event]) {
        self.tell_keepers(|keeper| events.iter().for_each(|event| keeper.happened(*event)));
        for event in events {
            if let Event::TableChanged { table } = event {
                self.versions.of(*table).change();
            }
        }
        let mut watchers = self.watchers();
        if watchers.is_empty() {
            return;
        }
        for event in events {
            for topic in event.topics() {
                if let Some(concerned) = watchers.get_mut(&topic) {
                    concerned.retain(|watcher| watcher.queue.try_send(*event).is_ok());
                }
            }
        }
    }

    /// Ends all subscriptions and what was kept of tables, since it is not known what they missed.
    pub(super) fn interrupt(&self) {
        self.tell_keepers(Keeper::missed_some);
        self.versions.change_all();
        self.watchers().clear();
    }

    fn tell_keepers(&self, word: impl Fn(&dyn Keeper)) {
        let keepers = self.keepers.read().unwrap_or_else(PoisonError::into_inner);
        keepers.iter().for_each(|keeper| word(&**keeper));
    }

    fn watchers(&self) -> MutexGuard<'_, HashMap<Topic, Vec<Watcher>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the index; dropping it leaves.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<Hub>,
    topic: Topic,
    number: u64,
    receiver: mpsc::Receiver<Event>,
}

impl Subscription {
    /// Waits for events and takes those that are there, in their order; `None` if some were missed.
    pub async fn next(&mut self) -> Option<Vec<Event>> {
        let mut events = Vec::new();
        let taken = self.receiver.recv_many(&mut events, BATCH).await;
        // What waits for a watcher that fell behind is of no use: it has to read the list anyway.
        (taken > 0 && !self.receiver.is_closed()).then_some(events)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut watchers = self.hub.watchers();
        if let Entry::Occupied(mut concerned) = watchers.entry(self.topic) {
            concerned.get_mut().retain(|watcher| watcher.number != self.number);
            if concerned.get().is_empty() {
                concerned.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::{super::event::Scope, *};

    const fn click(id: i64, affiliate_id: i64) -> Event {
        Event::ClickRecorded { id, affiliate_id }
    }

    #[tokio::test]
    async fn a_watcher_receives_only_events_of_its_topic() {
        let events = Events::default();
        let mut own = events.watch(Topic::Clicks(Scope::User(7)));
        let mut all = events.watch(Topic::Clicks(Scope::All));
        let mut leads = events.watch(Topic::Leads(Scope::User(7)));
        events.publish_all(vec![click(1, 8), click(2, 7), Event::PaymentUpdated { id: 3, user_id: None }]);
        assert_eq!(own.next().await, Some(vec![click(2, 7)]));
        assert_eq!(all.next().await, Some(vec![click(1, 8), click(2, 7)]));
        assert!(own.next().now_or_never().is_none());
        assert!(leads.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_watcher_that_falls_behind_is_removed_and_others_stay() {
        let events = Events::default();
        let (mut slow, mut fast) =
            (events.watch(Topic::Payments(Scope::All)), events.watch(Topic::Payments(Scope::All)));
        let mut told = 0;
        for id in 0..=i64::try_from(BUFFER).expect("a small number") {
            events.publish(Event::PaymentUpdated { id, user_id: None });
            told += fast.next().await.map_or(0, |events| events.len());
        }
        assert_eq!(told, BUFFER + 1);
        assert_eq!(slow.next().await, None);
        assert!(fast.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_dropped_subscription_leaves_the_index() {
        let events = Events::default();
        let (one, other) = (events.watch(Topic::Payments(Scope::All)), events.watch(Topic::Payments(Scope::All)));
        drop(one);
        assert_eq!(events.0.watchers()[&Topic::Payments(Scope::All)].len(), 1);
        drop(other);
        assert!(events.0.watchers().is_empty());
    }

    #[tokio::test]
    async fn an_interruption_ends_every_subscription() {
        let events = Events::default();
        let mut watcher = events.watch(Topic::Notifications(1));
        events.0.interrupt();
        assert_eq!(watcher.next().await, None);
    }
}
