//! What counts as one client, and what as its neighbours.

use std::net::IpAddr;

/// What counts as one address: of IPv6 the network, since each household has 2⁶⁴ addresses.
pub fn address(ip: IpAddr) -> IpAddr {
    leading_bits(ip, 32, 64)
}

/// What counts as one network: what is given out together (`/24`, of IPv6 `/48`), so that many addresses of one
/// owner count together.
pub fn network(ip: IpAddr) -> IpAddr {
    leading_bits(ip, 24, 48)
}

fn leading_bits(ip: IpAddr, of_v4: u32, of_v6: u32) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() & u32::MAX << (32 - of_v4)).into()),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & u128::MAX << (128 - of_v6)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_prefix_of_64_bits_is_one_address_and_of_48_bits_one_network() {
        for (ip, one, many) in [
            ("203.0.113.7", "203.0.113.7", "203.0.113.0"),
            ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0"),
            ("2001:db8:5:6:7:8:9:a", "2001:db8:5:6::", "2001:db8:5::"),
        ] {
            let ip: IpAddr = ip.parse().unwrap();
            assert_eq!((address(ip).to_string(), network(ip).to_string()), (one.to_owned(), many.to_owned()));
        }
    }
}
