//! Who may hold a connection, and whose is closed when there is no room for another.
//!
//! A connection costs a file, of which the system gives us so many, and a stranger nothing. So an address has a share.
//! A new connection takes the place of one that has sent nothing for a while, oldest first, or else of one that rests
//! between requests: of its own address when that has its share, of any when all are in use. Where every place is at work,
//! the new connection still gets one of those that are kept for probes and admins; whoever else comes that way is told
//! to come again.

use std::{
    collections::{BTreeSet, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use gerbang_limits::address;
use tokio_util::sync::CancellationToken;

use super::middleware::client::TrustedProxies;

/// Connections at once at most, whatever the system allows.
const MAX_CONNECTIONS: usize = 20_000;
/// What of the files that may be open is left to others than connections: the database, uploads, outgoing requests.
const OTHERS: usize = 4;
/// How long a client may take to send something before its connection is the first to go.
const GRACE: Duration = Duration::from_secs(1);

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// At once, of everybody.
    pub total: usize,
    /// At once, from one address.
    pub per_address: usize,
    /// Besides, for probes and admins.
    pub kept: usize,
    /// How long a new connection that has sent nothing is left alone where one that rests can go.
    pub grace: Duration,
}

impl Room {
    /// `per_address` times `scale` for each address, where the system lets so many files be open.
    pub fn new(per_address: usize, scale: usize, open_files: usize) -> Self {
        let others = (open_files / OTHERS).clamp(64, 1_024);
        let all = MAX_CONNECTIONS.min(open_files.saturating_sub(others)).max(16);
        let kept = (all / 16).clamp(8, 256);
        let total = all - kept;
        let share = per_address.min(total / 4).saturating_mul(scale);
        Self { total, per_address: share.clamp(1, total), kept, grace: GRACE }
    }
}

/// The connections that are open. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    room: Room,
    proxies: TrustedProxies,
    table: Mutex<Table>,
}

/// A connection's place, for as long as any clone of it is there.
#[derive(Clone, Debug)]
pub struct Place(Arc<Held>);

#[derive(Debug)]
struct Held {
    connections: Connections,
    id: u64,
    kept: bool,
    evicted: CancellationToken,
}

/// Why a connection could go: the lesser goes first, of equals the one that has waited longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unused {
    Silent,
    Resting,
}

/// The connections that could go, first to last.
type Queue = BTreeSet<(Unused, u64, u64)>;

#[derive(Debug, Default)]
struct Table {
    /// Counts what happens, so that what was earlier is less.
    clock: u64,
    entries: HashMap<u64, Entry>,
    ordinary: Group,
    kept: Group,
    by_address: HashMap<IpAddr, Group>,
}

/// Connections that share a bound.
#[derive(Debug, Default)]
struct Group {
    size: usize,
    unused: Queue,
}

#[derive(Debug)]
struct Entry {
    /// Whose share it is of; connections of proxies are of nobody's.
    address: Option<IpAddr>,
    kept: bool,
    unused: Option<(Unused, u64)>,
    since: Instant,
    evicted: CancellationToken,
}

impl Connections {
    /// None are open. Those of `proxies` stand for many clients and have no share.
    pub fn new(room: Room, proxies: TrustedProxies) -> Self {
        tracing::debug!(?room, "room for connections");
        Self(Arc::new(Parts { room, proxies, table: Mutex::default() }))
    }

    /// How many there may be.
    pub fn room(&self) -> Room {
        self.0.room
    }

    /// A place for a new connection, if there is one, perhaps another's.
    pub(super) fn admit(&self, peer: IpAddr) -> Option<Place> {
        let Room { total, per_address, kept: most_kept, grace } = self.0.room;
        let address = (!self.0.proxies.trusts(peer.to_canonical())).then(|| address(peer));
        let mut table = self.table();
        let has_share = |table: &Table| {
            address.and_then(|address| table.by_address.get(&address)).is_some_and(|own| own.size >= per_address)
        };
        if has_share(&table) {
            let own = address.and_then(|address| table.by_address.get(&address));
            let first = own.and_then(|own| table.first(own, grace));
            table.evict(first);
        } else if table.ordinary.size >= total {
            let first = table.first(&table.ordinary, grace);
            table.evict(first);
        }
        let kept = has_share(&table) || table.ordinary.size >= total;
        if kept && table.kept.size >= most_kept {
            let first = table.first(&table.kept, grace);
            if !table.evict(first) {
                return None;
            }
        }
        let evicted = CancellationToken::new();
        let address = address.filter(|_| !kept);
        let id = table.insert(Entry { address, kept, unused: None, since: Instant::now(), evicted: evicted.clone() });
        table.mark(id, Some(Unused::Silent));
        drop(table);
        Some(Place(Arc::new(Held { connections: self.clone(), id, kept, evicted })))
    }

    /// Closes connections that are not used, when the system has run out of files before us.
    pub(super) fn make_room(&self) {
        let mut table = self.table();
        for _ in 0..self.0.room.kept {
            let first = table.first(&table.ordinary, Duration::ZERO);
            if !table.evict(first) {
                return;
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether it is one of those that are kept for probes and admins.
    pub(super) fn is_kept(&self) -> bool {
        self.0.kept
    }

    /// Comes when another connection has this place.
    pub(super) async fn evicted(&self) {
        self.0.evicted.cancelled().await;
    }

    /// A request has arrived.
    pub(super) fn work(&self) {
        self.0.connections.table().mark(self.0.id, None);
    }

    /// The answer has left.
    pub(super) fn rest(&self) {
        self.0.connections.table().mark(self.0.id, Some(Unused::Resting));
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.connections.table().remove(self.id);
    }
}

impl Table {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn insert(&mut self, entry: Entry) -> u64 {
        let id = self.tick();
        self.groups(&entry, |group| group.size += 1);
        self.entries.insert(id, entry);
        id
    }

    /// Notes whether a connection could go.
    fn mark(&mut self, id: u64, unused: Option<Unused>) {
        let now = self.tick();
        let Some(mut entry) = self.entries.remove(&id) else { return };
        if let Some((why, since)) = entry.unused.take() {
            self.groups(&entry, |group| {
                group.unused.remove(&(why, since, id));
            });
        }
        entry.unused = unused.map(|why| (why, now));
        if let Some((why, since)) = entry.unused {
            self.groups(&entry, |group| {
                group.unused.insert((why, since, id));
            });
        }
        self.entries.insert(id, entry);
    }

    /// The connection of a group that goes first.
    fn first(&self, group: &Group, grace: Duration) -> Option<u64> {
        let &(why, _, id) = group.unused.first()?;
        let is_new = self.entries.get(&id).is_some_and(|entry| entry.since.elapsed() < grace);
        if why == Unused::Silent && is_new {
            let resting = group.unused.range((Unused::Resting, 0, 0)..).next();
            return Some(resting.map_or(id, |&(_, _, resting)| resting));
        }
        Some(id)
    }

    /// Closes this connection; says whether there was one.
    fn evict(&mut self, which: Option<u64>) -> bool {
        let entry = which.and_then(|id| self.remove(id));
        if let Some(entry) = &entry {
            entry.evicted.cancel();
        }
        entry.is_some()
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        self.groups(&entry, |group| {
            group.size = group.size.saturating_sub(1);
            if let Some((why, since)) = entry.unused {
                group.unused.remove(&(why, since, id));
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
        change(if entry.kept { &mut self.kept } else { &mut self.ordinary });
        if let Some(address) = entry.address {
            change(self.by_address.entry(address).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn connections(total: usize, per_address: usize, kept: usize) -> Connections {
        let room = Room { total, per_address, kept, grace: Duration::ZERO };
        Connections::new(room, TrustedProxies::new(&["10.0.0.0/8".to_owned()], "").unwrap())
    }

    fn peer(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    fn is_open(place: &Place) -> bool {
        !place.0.evicted.is_cancelled()
    }

    #[test]
    fn those_that_sent_nothing_go_first_and_those_at_work_stay() {
        let all = connections(3, 3, 1);
        let at_work = all.admit(peer(1)).unwrap();
        at_work.work();
        let resting = all.admit(peer(2)).unwrap();
        resting.work();
        resting.rest();
        let silent = all.admit(peer(3)).unwrap();
        let next = all.admit(peer(4)).unwrap();
        next.work();
        assert_eq!([&at_work, &resting, &silent].map(is_open), [true, true, false]);
        let next = all.admit(peer(5)).unwrap();
        next.work();
        assert_eq!([&at_work, &resting].map(is_open), [true, false]);
        assert!(!next.is_kept());
        let kept = all.admit(peer(6)).unwrap();
        assert!(kept.is_kept() && is_open(&at_work));
    }

    #[test]
    fn a_new_connection_has_a_moment_to_send_something() {
        let room = Room { total: 2, per_address: 2, kept: 1, grace: Duration::from_mins(1) };
        let all = Connections::new(room, TrustedProxies::new(&[], "").unwrap());
        let resting = all.admit(peer(1)).unwrap();
        resting.work();
        resting.rest();
        let silent = all.admit(peer(2)).unwrap();
        let _next = all.admit(peer(3)).unwrap();
        assert_eq!([&resting, &silent].map(is_open), [false, true]);
        let _last = all.admit(peer(4)).unwrap();
        assert!(!is_open(&silent), "where none rests it goes");
    }

    #[test]
    fn an_address_with_its_share_makes_room_of_its_own() {
        let all = connections(10, 2, 1);
        let stranger = all.admit(peer(1)).unwrap();
        let own: Vec<_> = (0..3).map(|_| all.admit(peer(2)).unwrap()).collect();
        assert_eq!(own.iter().map(is_open).collect::<Vec<_>>(), [false, true, true]);
        assert!(is_open(&stranger));
        own[1].work();
        own[2].work();
        assert!(all.admit(peer(2)).unwrap().is_kept());
        drop(own);
        assert!(!all.admit(peer(2)).unwrap().is_kept());
    }

    #[test]
    fn a_kept_place_is_had_by_who_comes_last_until_it_is_used() {
        let all = connections(1, 1, 1);
        let busy = all.admit(peer(1)).unwrap();
        busy.work();
        let first = all.admit(peer(2)).unwrap();
        let second = all.admit(peer(3)).unwrap();
        assert_eq!([&first, &second].map(is_open), [false, true]);
        second.work();
        assert!(all.admit(peer(4)).is_none());
        drop(second);
        assert!(all.admit(peer(4)).is_some());
    }

    #[test]
    fn proxies_have_no_share_but_take_room() {
        let all = connections(3, 1, 1);
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let places: Vec<_> = (0..3).map(|_| all.admit(proxy).unwrap()).collect();
        assert!(places.iter().all(|place| is_open(place) && !place.is_kept()));
        assert!(!all.admit(proxy).unwrap().is_kept());
        assert!(!is_open(&places[0]));
    }

    #[test]
    fn nothing_is_left_of_connections_that_ended() {
        let all = connections(3, 2, 1);
        let places: Vec<_> = (0..9).filter_map(|last| all.admit(peer(last / 3))).collect();
        for place in &places {
            place.work();
            place.rest();
        }
        drop(places);
        let table = all.table();
        assert!(table.entries.is_empty() && table.by_address.is_empty());
        for group in [&table.ordinary, &table.kept] {
            assert!(group.size == 0 && group.unused.is_empty());
        }
    }

    #[test]
    fn room_is_what_the_system_gives_and_an_address_has_a_quarter_at_most() {
        let room = |open_files| {
            let Room { total, per_address, kept, .. } = Room::new(1_000, 1, open_files);
            (total, per_address, kept)
        };
        assert_eq!(room(1_024), (720, 180, 48));
        assert_eq!(room(1_000_000), (19_744, 1_000, 256));
        assert_eq!(Room::new(1_000, 1_000, 1_000_000).per_address, 19_744);
    }
}
