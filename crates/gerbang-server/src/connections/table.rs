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
    /// Few, so that they may be looked at one by one.
    pub(super) reserved: BTreeSet<u64>,
    /// Of the ordinary ones.
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
    /// Whose it is; connections of proxies are nobody's.
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
        if entry.reserved {
            self.reserved.insert(id);
        }
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

    /// The connection of a group that goes first: none that is new, for its client may just be sending its request.
    pub(super) fn first(&self, group: &Group, grace: Duration) -> Option<u64> {
        let &(why, _, id) = group.evictable.first()?;
        let is_new = self.entries.get(&id).is_some_and(|entry| entry.since.elapsed() < grace);
        if why == Evictable::Silent && is_new {
            return group.evictable.range((Evictable::Idle, 0, 0)..).next().map(|&(_, _, idle)| idle);
        }
        Some(id)
    }

    /// The same, or else the oldest new one: for the address whose own they are.
    pub(super) fn first_of_own(&self, own: &Group, grace: Duration) -> Option<u64> {
        self.first(own, grace).or_else(|| own.evictable.first().map(|&(_, _, id)| id))
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
        self.reserved.remove(&id);
        self.groups(&entry, |group| {
            group.size = group.size.saturating_sub(1);
            if let Some((why, since)) = entry.evictable {
                group.evictable.remove(&(why, since, id));
            }
        });
        if !entry.reserved
            && let Some(address) = entry.address
            && self.by_address.get(&address).is_some_and(|own| own.size == 0)
        {
            self.by_address.remove(&address);
        }
        Some(entry)
    }

    /// The reserved connection that makes room for another of `newcomer`: reserved ones are dealt out evenly to addresses, so
    /// that whoever opens many keeps nobody else out. A new or busy one goes only where its address has two more than the
    /// newcomer's, or is the newcomer's own and new.
    pub(super) fn reserved_to_evict(&self, newcomer: Option<IpAddr>, grace: Duration) -> Option<u64> {
        let reserved = || self.reserved.iter().filter_map(|id| Some((*id, self.entries.get(id)?)));
        let mut counts = HashMap::<IpAddr, usize>::new();
        for address in reserved().filter_map(|(_, entry)| entry.address) {
            *counts.entry(address).or_default() += 1;
        }
        let count = |address: Option<IpAddr>| address.and_then(|address| counts.get(&address)).copied().unwrap_or(0);
        let own = count(newcomer);
        let most = counts.values().copied().max().unwrap_or(0);
        let has_to = |entry: &Entry| match most {
            _ if own >= most => entry.address == newcomer,
            1 => true,
            _ => count(entry.address) == most,
        };
        let rank = |entry: &Entry| match entry.evictable {
            Some((Evictable::Silent, _)) if entry.since.elapsed() >= grace => Some(0),
            Some((Evictable::Idle, _)) => Some(1),
            Some((Evictable::Silent, _)) => (most > own + 1 || (own > 0 && entry.address == newcomer)).then_some(2),
            None => (most > own + 1).then_some(3),
        };
        let candidates = reserved().filter(|(_, entry)| has_to(entry));
        let ranked = candidates.filter_map(|(id, entry)| Some((rank(entry)?, entry.since, id)));
        ranked.min().map(|(_, _, id)| id)
    }

    /// The groups that a connection belongs to.
    fn groups(&mut self, entry: &Entry, mut change: impl FnMut(&mut Group)) {
        if entry.reserved {
            return;
        }
        change(&mut self.ordinary);
        if let Some(address) = entry.address {
            change(self.by_address.entry(address).or_default());
        }
    }
}
