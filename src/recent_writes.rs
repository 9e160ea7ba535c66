//! When callers last wrote something, so that they read it where it certainly is, and not from a
//! [replica](gerbang_platform::db::Db::from_replica) of the database that does not have it yet.
//!
//! A caller is a user and an address, since somebody who signs up is nobody before. Other replicas of this server are told
//! ([`Event::Written`]) of a write, as callers are of what happened to their rows, so that they find what they were told of.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
    sync::Arc,
    time::Instant,
};

use gerbang_kernel::{identity::Caller, instant::AtomicInstant};
use gerbang_platform::db::MAX_LAG;

use crate::{
    events::{Event, Events, Keeper},
    viewer::Viewer,
};

/// Callers whose writes are kept apart. Those who share a place read from the primary more often, no more than that.
const PLACES: u16 = 4_096;

/// When callers last wrote something.
#[derive(Debug)]
pub struct RecentWrites {
    events: Events,
    writes: Arc<Writes>,
}

#[derive(Debug)]
struct Writes {
    anybody: AtomicInstant,
    callers: Box<[AtomicInstant]>,
}

/// Where the writes of a caller are noted.
type Places = [u16; 2];

impl RecentWrites {
    /// Nobody has written anything. These events tell of others.
    pub fn new(events: &Events) -> Self {
        let callers = (0..PLACES).map(|_| AtomicInstant::new()).collect();
        let writes = Arc::new(Writes { anybody: AtomicInstant::new(), callers });
        events.tell(Arc::clone(&writes) as Arc<dyn Keeper>);
        Self { events: events.clone(), writes }
    }

    /// When the caller last wrote something, or was told of something; `None` if that is so long ago that every replica has it.
    pub(crate) fn last(&self, caller: &Caller<Viewer>) -> Option<Instant> {
        self.writes.last(places(caller))
    }

    /// The caller begins to write. It is noted when what this gives is dropped, however the write ends: what has happened until
    /// then may have been committed.
    pub(crate) fn begin(&self, caller: &Caller<Viewer>) -> impl Drop + use<> {
        NotedAtTheEnd { events: self.events.clone(), places: places(caller) }
    }
}

struct NotedAtTheEnd {
    events: Events,
    places: Places,
}

impl Drop for NotedAtTheEnd {
    fn drop(&mut self) {
        self.events.publish(Event::Written { places: self.places });
    }
}

impl Writes {
    fn note_place(&self, place: u16) {
        if let Some(last) = self.callers.get(usize::from(place)) {
            last.advance(Instant::now());
        }
    }

    fn last(&self, places: Places) -> Option<Instant> {
        let callers = places.iter().filter_map(|place| self.callers.get(usize::from(*place)));
        let last = callers.chain([&self.anybody]).filter_map(AtomicInstant::get).max();
        last.filter(|last| last.elapsed() < MAX_LAG)
    }
}

impl Keeper for Writes {
    fn happened(&self, event: Event) {
        match event {
            Event::Written { places } => places.into_iter().for_each(|place| self.note_place(place)),
            Event::AccessChanged { user_id }
            | Event::ClickRecorded { affiliate_id: user_id, id: _ }
            | Event::LeadUpdated { affiliate_id: user_id, id: _ }
            | Event::NotificationReceived { user_id, id: _ }
            | Event::PaymentUpdated { user_id: Some(user_id), id: _ } => self.note_place(place(&user_id)),
            Event::PaymentUpdated { user_id: None, id: _ } => {}
            // What is kept of the table is made anew of what is read.
            Event::TableChanged { table: _ } => self.anybody.advance(Instant::now()),
        }
    }

    fn missed_some(&self) {
        self.anybody.advance(Instant::now());
    }
}

fn places(Caller { viewer, client }: &Caller<Viewer>) -> Places {
    let address: IpAddr = client.ip;
    [viewer.user().map_or_else(|| place(&address), |user| place(&user.id)), place(&address)]
}

/// The same in each replica of this server.
fn place(caller: &impl Hash) -> u16 {
    let mut hasher = DefaultHasher::new();
    caller.hash(&mut hasher);
    u16::try_from(hasher.finish() % u64::from(PLACES)).unwrap_or_default()
}
