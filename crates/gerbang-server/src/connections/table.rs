//! Which connections are open, whose they are, and which may be evicted.

use std::{
    collections::{BTreeSet, HashMap},
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

/// Why a connection may be evicted: the lesser goes first, of equals the one that has waited longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evictable {
    Silent,
    Idle,
}

/// The connections that may be evicted, first to last.
type Queue = BTreeSet<(Evictable, u64, u64)>;

#[derive(Debug, Default)]
pub(super) struct Table {
    /// Counts what happens, so that what was earlier is less.
    clock: u64,
    pub(super) entries: HashMap<u64, Entry>,
    pub(super) ordinary: Group,
    pub(super) reserved: Group,
    pub(super) by_address: HashMap<IpAddr, Group>,
}

/// Connections that share a bound.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) size: usize,
    pub(super) evictable: Queue,
}

#[derive(Debug)]
pub(super) struct Entry {
    /// Whose share it is of; connections of proxies are of nobody's.
    pub(super) address: Option<IpAddr>,
    pub(super) reserved: bool,
    pub(super) evictable: Option<(Evictable, u64)>,
    pub(super) since: Instant,
    pub(super) evicted: CancellationToken,
}

impl Table {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    pub(super) fn insert(&mut self, entry: Entry) -> u64 {
        let id = self.tick();
        self.groups(&entry, |group| group.size += 1);
        self.entries.insert(id, entry);
        id
    }

    /// Notes whether a connection may be evicted.
    pub(super) fn mark(&mut self, id: u64, evictable: Option<Evictable>) {
        let now = self.tick();
        let Some(mut entry) = self.entries.remove(&id) else { return };
        if let Some((why, since)) = entry.evictable.take() {
            self.groups(&entry, |group| {
                group.evictable.remove(&(why, since, id));
            });
        }
        entry.evictable = evictable.map(|why| (why, now));
        if let Some((why, since)) = entry.evictable {
            self.groups(&entry, |group| {
                group.evictable.insert((why, since, id));
            });
        }
        self.entries.insert(id, entry);
    }

    /// The connection of a group that goes first.
    pub(super) fn first(&self, group: &Group, grace: Duration) -> Option<u64> {
        let &(why, _, id) = group.evictable.first()?;
        let is_new = self.entries.get(&id).is_some_and(|entry| entry.since.elapsed() < grace);
        if why == Evictable::Silent && is_new {
            let idle = group.evictable.range((Evictable::Idle, 0, 0)..).next();
            return Some(idle.map_or(id, |&(_, _, idle)| idle));
        }
        Some(id)
    }

    /// Closes this connection; says whether there was one.
    pub(super) fn evict(&mut self, which: Option<u64>) -> bool {
        let entry = which.and_then(|id| self.remove(id));
        if let Some(entry) = &entry {
            entry.evicted.cancel();
        }
        entry.is_some()
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        self.groups(&entry, |group| {
            group.size = group.size.saturating_sub(1);
            if let Some((why, since)) = entry.evictable {
                group.evictable.remove(&(why, since, id));
            }
        });
        if let Some(address) = entry.address
            && self.by_address.get(&address).is_some_and(|own| own.size == 0)
        {
            self.by_address.remove(&address);
        }
        Some(entry)
    }

    /// The groups that a connection belongs to.
    fn groups(&mut self, entry: &Entry, mut change: impl FnMut(&mut Group)) {
        change(if entry.reserved { &mut self.reserved } else { &mut self.ordinary });
        if let Some(address) = entry.address {
            change(self.by_address.entry(address).or_default());
        }
    }
}
