//! How much of something that is scarce may be in use at once: in all, and by one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::address::address;

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// In all.
    pub total: usize,
    /// Of that, what is reserved for those who look after the server.
    pub reserved: usize,
    /// For one address.
    pub per_address: usize,
}

/// Why nothing more can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// This address has its share.
    Address,
    /// Everything is in use.
    Everything,
}

/// Something scarce. Cheap to clone; clones share.
#[derive(Clone, Debug)]
pub struct Shares {
    capacity: Capacity,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One of it, in use until this is dropped.
#[derive(Debug)]
pub struct Share {
    address: IpAddr,
    taken: Arc<Mutex<Taken>>,
}

impl Shares {
    /// All of it unused.
    pub fn new(capacity: Capacity) -> Self {
        Self { capacity, taken: Arc::default() }
    }

    /// Takes one for a client at `ip`; what is reserved is given only to the `privileged`.
    ///
    /// # Errors
    /// When there is none for this client.
    pub fn take(&self, ip: IpAddr, privileged: bool) -> Result<Share, Full> {
        let Capacity { total, reserved, per_address } = self.capacity;
        let address = address(ip);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.total >= if privileged { total } else { total.saturating_sub(reserved) } {
            return Err(Full::Everything);
        }
        if !privileged && taken.by_address.get(&address).is_some_and(|own| *own >= per_address) {
            return Err(Full::Address);
        }
        taken.total += 1;
        *taken.by_address.entry(address).or_default() += 1;
        drop(taken);
        Ok(Share { address, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.total = taken.total.saturating_sub(1);
        if let Some(own) = taken.by_address.get_mut(&self.address) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_exceeds_a_share_and_some_capacity_is_reserved() {
        let shares = Shares::new(Capacity { total: 4, reserved: 1, per_address: 2 });
        let (one, other) = (ip("2001:db8::1"), ip("2001:db8::ffff:2"));
        let _first = shares.take(one, false).unwrap();
        let second = shares.take(other, false).unwrap();
        assert_eq!(shares.take(one, false).unwrap_err(), Full::Address, "of the same /64");
        let _third = shares.take(ip("192.0.2.1"), false).unwrap();
        assert_eq!(shares.take(ip("192.0.2.2"), false).unwrap_err(), Full::Everything);
        let reserved = shares.take(one, true).unwrap();
        assert_eq!(shares.take(one, true).unwrap_err(), Full::Everything);
        drop((second, reserved));
        assert!(shares.take(other, false).is_ok(), "what was given back can be had");
    }

    #[test]
    fn an_address_without_a_share_is_forgotten() {
        let shares = Shares::new(Capacity { total: 4, reserved: 0, per_address: 2 });
        drop(shares.take(ip("192.0.2.1"), false).unwrap());
        assert!(shares.taken.lock().unwrap().by_address.is_empty());
    }
}
