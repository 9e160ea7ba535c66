//! Who may hold a connection, and whose is closed when there are too many.
//!
//! A connection costs a file, of which the system gives us so many, and a stranger nothing. So an address has a share.
//! A new connection evicts one that has sent nothing for a second, oldest first, or else one that is idle between requests:
//! of its own address when that has its share, of any when all are in use. Where all are busy, the new connection still
//! gets one of the permits that are reserved for probes and admins, which are dealt out evenly to addresses; whoever else
//! comes that way is told to come again.

mod limits;
mod table;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use gerbang_limits::address;
use tokio_util::sync::CancellationToken;

pub use self::limits::ConnectionLimits;
use self::table::{Entry, Evictable, Table};
use crate::middleware::client::TrustedProxies;

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
    pub(crate) fn admit(&self, peer: IpAddr) -> Option<ConnectionPermit> {
        let ConnectionLimits { total, per_address, reserved: max_reserved, grace } = self.0.limits;
        let address = (!self.0.proxies.trusts(peer.to_canonical())).then(|| address(peer));
        let mut table = self.table();
        let has_share = |table: &Table| {
            address.and_then(|address| table.by_address.get(&address)).is_some_and(|own| own.size >= per_address)
        };
        if has_share(&table) {
            let own = address.and_then(|address| table.by_address.get(&address));
            let first = own.and_then(|own| table.first_of_own(own, grace));
            table.evict(first);
        } else if table.ordinary.size >= total {
            let first = table.first(&table.ordinary, grace);
            table.evict(first);
        }
        let reserved = has_share(&table) || table.ordinary.size >= total;
        if reserved && table.reserved.len() >= max_reserved {
            let first = table.reserved_to_evict(address, grace);
            if !table.evict(first) {
                return None;
            }
        }
        let evicted = CancellationToken::new();
        let id =
            table.insert(Entry { address, reserved, evictable: None, since: Instant::now(), evicted: evicted.clone() });
        table.mark(id, Some(Evictable::Silent));
        drop(table);
        Some(ConnectionPermit(Arc::new(Inner { connections: self.clone(), id, reserved, evicted })))
    }

    /// Closes connections that may be evicted, when the system has run out of files before us: many may have been evicted a
    /// moment ago that are about to close.
    pub(crate) fn evict_some(&self) {
        let mut table = self.table();
        for _ in 0..self.0.limits.reserved {
            let first = table.first(&table.ordinary, self.0.limits.grace);
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
    pub(crate) fn is_reserved(&self) -> bool {
        self.0.reserved
    }

    /// Completes when the connection was closed for another.
    pub(crate) async fn evicted(&self) {
        self.0.evicted.cancelled().await;
    }

    /// A request has arrived.
    pub(crate) fn set_busy(&self) {
        self.0.connections.table().mark(self.0.id, None);
    }

    /// The answer has left.
    pub(crate) fn set_idle(&self) {
        self.0.connections.table().mark(self.0.id, Some(Evictable::Idle));
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connections.table().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

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
        let last = all.admit(peer(4)).unwrap();
        assert!(last.is_reserved() && is_open(&silent), "its request may be on its way");
        assert!(all.admit(peer(5)).is_none() && is_open(&last), "and so may this one's");
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
    fn reserved_permits_are_dealt_out_evenly_to_addresses() {
        let all = connections(1, 1, 4);
        let ordinary = all.admit(peer(1)).unwrap();
        ordinary.set_busy();
        let greedy: Vec<_> = (0..4).map(|_| all.admit(peer(1)).unwrap()).collect();
        greedy.iter().for_each(ConnectionPermit::set_busy);
        assert!(all.admit(peer(1)).is_none(), "its own are busy");
        let modest = all.admit(peer(2)).unwrap();
        assert_eq!(greedy.iter().map(is_open).collect::<Vec<_>>(), [false, true, true, true]);
        let last = all.admit(peer(1)).map(|permit| is_open(&permit));
        assert_eq!((last, is_open(&modest)), (None, true), "nobody's but its own");
        let third = all.admit(peer(3)).unwrap();
        assert_eq!([&greedy[1], &modest, &third].map(is_open), [false, true, true]);
        let fourth = all.admit(peer(4)).unwrap();
        assert_eq!([&greedy[2], &greedy[3], &modest, &third, &fourth].map(is_open), [false, true, true, true, true]);
        [&modest, &third, &fourth].into_iter().for_each(ConnectionPermit::set_busy);
        assert!(all.admit(peer(5)).is_none(), "each has one, at work");
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
        assert!(table.ordinary.size == 0 && table.ordinary.evictable.is_empty() && table.reserved.is_empty());
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
