//! Who may hold a connection, and whose is closed when there are too many.
//!
//! A connection costs a file, of which the system gives us so many, and a stranger nothing. So an address has a share.
//! A new connection evicts one that has sent nothing for a while, oldest first, or else one that is idle between requests:
//! of its own address when that has its share, of any when all are in use. Where all are busy, the new connection still
//! gets one of the permits that are reserved for probes and admins; whoever else comes that way is told to come again.

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
const OTHER_FILES_DIVISOR: usize = 4;
/// How long a client may take to send something before its connection is the first to go.
const GRACE_PERIOD: Duration = Duration::from_secs(1);

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// At once, of everybody.
    pub total: usize,
    /// At once, from one address.
    pub per_address: usize,
    /// Besides, for probes and admins.
    pub reserved: usize,
    /// How long a new connection that has sent nothing is left alone where an idle one can be evicted.
    pub grace: Duration,
}

impl ConnectionLimits {
    /// `per_address` times `scale` for each address, where the system lets so many files be open.
    pub fn new(per_address: usize, scale: usize, open_files: usize) -> Self {
        let others = (open_files / OTHER_FILES_DIVISOR).clamp(64, 1_024);
        let all = MAX_CONNECTIONS.min(open_files.saturating_sub(others)).max(16);
        let reserved = (all / 16).clamp(8, 256);
        let total = all - reserved;
        let share = per_address.min(total / 4).saturating_mul(scale);
        Self { total, per_address: share.clamp(1, total), reserved, grace: GRACE_PERIOD }
    }
}

/// The connections that are open. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    limits: ConnectionLimits,
    proxies: TrustedProxies,
    table: Mutex<Table>,
}

/// A connection's permit, for as long as any clone of it is there.
#[derive(Clone, Debug)]
pub struct ConnectionPermit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connections: Connections,
    id: u64,
    reserved: bool,
    evicted: CancellationToken,
}

/// Why a connection may be evicted: the lesser goes first, of equals the one that has waited longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Evictable {
    Silent,
    Idle,
}

/// The connections that may be evicted, first to last.
type Queue = BTreeSet<(Evictable, u64, u64)>;

#[derive(Debug, Default)]
struct Table {
    /// Counts what happens, so that what was earlier is less.
    clock: u64,
    entries: HashMap<u64, Entry>,
    ordinary: Group,
    reserved: Group,
    by_address: HashMap<IpAddr, Group>,
}

/// Connections that share a bound.
#[derive(Debug, Default)]
struct Group {
    size: usize,
    evictable: Queue,
}

#[derive(Debug)]
struct Entry {
    /// Whose share it is of; connections of proxies are of nobody's.
    address: Option<IpAddr>,
    reserved: bool,
    evictable: Option<(Evictable, u64)>,
    since: Instant,
    evicted: CancellationToken,
}

impl Connections {
    /// None are open. Those of `proxies` stand for many clients and have no share.
    pub fn new(limits: ConnectionLimits, proxies: TrustedProxies) -> Self {
        tracing::debug!(?limits, "connection limits");
        Self(Arc::new(Parts { limits, proxies, table: Mutex::default() }))
    }

    /// How many there may be.
    pub fn limits(&self) -> ConnectionLimits {
        self.0.limits
    }

    /// A permit for a new connection, if there is one, perhaps another's.
    pub(super) fn admit(&self, peer: IpAddr) -> Option<ConnectionPermit> {
        let ConnectionLimits { total, per_address, reserved: max_reserved, grace } = self.0.limits;
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
        let reserved = has_share(&table) || table.ordinary.size >= total;
        if reserved && table.reserved.size >= max_reserved {
            let first = table.first(&table.reserved, grace);
            if !table.evict(first) {
                return None;
            }
        }
        let evicted = CancellationToken::new();
        let address = address.filter(|_| !reserved);
        let id =
            table.insert(Entry { address, reserved, evictable: None, since: Instant::now(), evicted: evicted.clone() });
        table.mark(id, Some(Evictable::Silent));
        drop(table);
        Some(ConnectionPermit(Arc::new(Inner { connections: self.clone(), id, reserved, evicted })))
    }

    /// Closes connections that may be evicted, when the system has run out of files before us.
    pub(super) fn evict_some(&self) {
        let mut table = self.table();
        for _ in 0..self.0.limits.reserved {
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

impl ConnectionPermit {
    /// Whether it is one of those that are reserved for probes and admins.
    pub(super) fn is_reserved(&self) -> bool {
        self.0.reserved
    }

    /// Completes when the connection was closed for another.
    pub(super) async fn evicted(&self) {
        self.0.evicted.cancelled().await;
    }

    /// A request has arrived.
    pub(super) fn set_busy(&self) {
        self.0.connections.table().mark(self.0.id, None);
    }

    /// The answer has left.
    pub(super) fn set_idle(&self) {
        self.0.connections.table().mark(self.0.id, Some(Evictable::Idle));
    }
}

impl Drop for Inner {
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

    /// Notes whether a connection may be evicted.
    fn mark(&mut self, id: u64, evictable: Option<Evictable>) {
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
    fn first(&self, group: &Group, grace: Duration) -> Option<u64> {
        let &(why, _, id) = group.evictable.first()?;
        let is_new = self.entries.get(&id).is_some_and(|entry| entry.since.elapsed() < grace);
        if why == Evictable::Silent && is_new {
            let idle = group.evictable.range((Evictable::Idle, 0, 0)..).next();
            return Some(idle.map_or(id, |&(_, _, idle)| idle));
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn connections(total: usize, per_address: usize, reserved: usize) -> Connections {
        let limits = ConnectionLimits { total, per_address, reserved, grace: Duration::ZERO };
        Connections::new(limits, TrustedProxies::new(&["10.0.0.0/8".to_owned()], "").unwrap())
    }

    fn peer(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    fn is_open(permit: &ConnectionPermit) -> bool {
        !permit.0.evicted.is_cancelled()
    }

    #[test]
    fn silent_connections_are_evicted_first_and_busy_ones_stay() {
        let all = connections(3, 3, 1);
        let busy = all.admit(peer(1)).unwrap();
        busy.set_busy();
        let idle = all.admit(peer(2)).unwrap();
        idle.set_busy();
        idle.set_idle();
        let silent = all.admit(peer(3)).unwrap();
        let next = all.admit(peer(4)).unwrap();
        next.set_busy();
        assert_eq!([&busy, &idle, &silent].map(is_open), [true, true, false]);
        let next = all.admit(peer(5)).unwrap();
        next.set_busy();
        assert_eq!([&busy, &idle].map(is_open), [true, false]);
        assert!(!next.is_reserved());
        let reserved = all.admit(peer(6)).unwrap();
        assert!(reserved.is_reserved() && is_open(&busy));
    }

    #[test]
    fn a_new_connection_has_a_grace_period() {
        let limits = ConnectionLimits { total: 2, per_address: 2, reserved: 1, grace: Duration::from_mins(1) };
        let all = Connections::new(limits, TrustedProxies::new(&[], "").unwrap());
        let idle = all.admit(peer(1)).unwrap();
        idle.set_busy();
        idle.set_idle();
        let silent = all.admit(peer(2)).unwrap();
        let _next = all.admit(peer(3)).unwrap();
        assert_eq!([&idle, &silent].map(is_open), [false, true]);
        let _last = all.admit(peer(4)).unwrap();
        assert!(!is_open(&silent), "where none is idle it goes");
    }

    #[test]
    fn an_address_at_its_limit_evicts_its_own_connections() {
        let all = connections(10, 2, 1);
        let stranger = all.admit(peer(1)).unwrap();
        let own: Vec<_> = (0..3).map(|_| all.admit(peer(2)).unwrap()).collect();
        assert_eq!(own.iter().map(is_open).collect::<Vec<_>>(), [false, true, true]);
        assert!(is_open(&stranger));
        own[1].set_busy();
        own[2].set_busy();
        assert!(all.admit(peer(2)).unwrap().is_reserved());
        drop(own);
        assert!(!all.admit(peer(2)).unwrap().is_reserved());
    }

    #[test]
    fn a_reserved_permit_is_taken_over_until_it_is_used() {
        let all = connections(1, 1, 1);
        let busy = all.admit(peer(1)).unwrap();
        busy.set_busy();
        let first = all.admit(peer(2)).unwrap();
        let second = all.admit(peer(3)).unwrap();
        assert_eq!([&first, &second].map(is_open), [false, true]);
        second.set_busy();
        assert!(all.admit(peer(4)).is_none());
        drop(second);
        assert!(all.admit(peer(4)).is_some());
    }

    #[test]
    fn proxies_have_no_share_but_count_in_all() {
        let all = connections(3, 1, 1);
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let permits: Vec<_> = (0..3).map(|_| all.admit(proxy).unwrap()).collect();
        assert!(permits.iter().all(|permit| is_open(permit) && !permit.is_reserved()));
        assert!(!all.admit(proxy).unwrap().is_reserved());
        assert!(!is_open(&permits[0]));
    }

    #[test]
    fn nothing_is_left_of_connections_that_ended() {
        let all = connections(3, 2, 1);
        let permits: Vec<_> = (0..9).filter_map(|last| all.admit(peer(last / 3))).collect();
        for permit in &permits {
            permit.set_busy();
            permit.set_idle();
        }
        drop(permits);
        let table = all.table();
        assert!(table.entries.is_empty() && table.by_address.is_empty());
        for group in [&table.ordinary, &table.reserved] {
            assert!(group.size == 0 && group.evictable.is_empty());
        }
    }

    #[test]
    fn the_open_files_bound_connections_and_an_address_has_a_quarter_at_most() {
        let sizes = |open_files| {
            let ConnectionLimits { total, per_address, reserved, .. } = ConnectionLimits::new(1_000, 1, open_files);
            (total, per_address, reserved)
        };
        assert_eq!(sizes(1_024), (720, 180, 48));
        assert_eq!(sizes(1_000_000), (19_744, 1_000, 256));
        assert_eq!(ConnectionLimits::new(1_000, 1_000, 1_000_000).per_address, 19_744);
    }
}
