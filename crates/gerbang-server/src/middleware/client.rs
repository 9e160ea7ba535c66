//! Where a request came from.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, header::USER_AGENT},
};
use gerbang_kernel::{facts::note, identity::ClientInfo};
use ipnet::IpNet;

/// Headers that name a client.
const NAMES: [HeaderName; 2] =
    [HeaderName::from_static("apollographql-client-name"), HeaderName::from_static("graphql-client-name")];
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Characters of a user agent that are kept.
const MAX_USER_AGENT_LENGTH: usize = 512;

/// Whose word is taken for where a request came from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Arc<Trust>);

#[derive(Debug)]
struct Trust {
    networks: Vec<IpNet>,
    country_header: Option<HeaderName>,
}

/// A setting that is no network.
#[derive(Debug, thiserror::Error)]
#[error("[server] {key}: `{value}` is {problem}")]
pub struct InvalidProxy {
    key: &'static str,
    value: String,
    problem: &'static str,
}

impl TrustedProxies {
    /// Believes what proxies in these `networks` say; `country_header` is where they say the country, or empty.
    ///
    /// # Errors
    /// When an entry is neither an address nor a network, or the country's header is no header's name.
    pub fn new(networks: &[String], country_header: &str) -> Result<Self, InvalidProxy> {
        let network = |value: &String| {
            let parsed = IpNet::from_str(value).or_else(|_| IpAddr::from_str(value).map(IpNet::from));
            let problem = "neither an address nor a network such as 10.0.0.0/8";
            parsed.map_err(|_| InvalidProxy { key: "trusted_proxies", value: value.clone(), problem })
        };
        let country_header = match country_header {
            "" => None,
            name => Some(HeaderName::from_str(name).map_err(|_| InvalidProxy {
                key: "country_header",
                value: name.to_owned(),
                problem: "no name of a header",
            })?),
        };
        let networks = networks.iter().map(network).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Trust { networks, country_header })))
    }

    /// Whether this is one of our proxies.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.0.networks.iter().any(|network| network.contains(&address))
    }

    /// The nearest address that is not one of our proxies: what stands further left, anybody could have written.
    fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        // Bytes that are no text spoil their own element, not those that a proxy has put behind them. An empty element is
        // none (RFC 9110, 5.6.1).
        let forwarded =
            headers.get_all(X_FORWARDED_FOR).iter().flat_map(|value| value.as_bytes().split(|b| *b == b','));
        let hops: Vec<&[u8]> = forwarded.map(<[u8]>::trim_ascii).filter(|hop| !hop.is_empty()).collect();
        let mut nearest = peer;
        for hop in hops.into_iter().rev() {
            if !self.trusts(nearest) {
                break;
            }
            let Some(hop) = parse_hop(hop) else { break };
            nearest = hop;
        }
        nearest
    }

    fn client_info(&self, peer: IpAddr, headers: &HeaderMap) -> ClientInfo {
        let user_agent = headers
            .get(USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(MAX_USER_AGENT_LENGTH).collect());
        let country = self.0.country_header.as_ref().filter(|_| self.trusts(peer)).and_then(|name| headers.get(name));
        ClientInfo {
            ip: self.client_address(peer, headers),
            user_agent,
            country: country.and_then(|value| value.to_str().ok()).and_then(country_code),
        }
    }
}

/// An address as proxies write it: perhaps with a port (`203.0.113.7:4711`, `[2001:db8::7]:4711`), in brackets alone
/// (`[2001:db8::7]`), or in quotes.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?;
    let hop = hop.strip_prefix('"').and_then(|hop| hop.strip_suffix('"')).unwrap_or(hop);
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).map(str::parse::<Ipv6Addr>);
    let address = match bare {
        Some(bare) => bare.map(IpAddr::from),
        None => hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip())),
    };
    address.ok().map(|address| address.to_canonical())
}

/// Two letters; `XX`, `ZZ` and `T1` are how networks say that they do not know.
fn country_code(value: &str) -> Option<String> {
    let code = value.trim().to_ascii_uppercase();
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) && !matches!(&*code, "XX" | "ZZ"))
        .then_some(code)
}

/// Puts the [`ClientInfo`] beside the request, and gives its address.
pub(crate) fn set_client_info(proxies: &TrustedProxies, request: &mut Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let peer = peer.unwrap_or(Ipv4Addr::LOCALHOST.into()).to_canonical();
    let client = proxies.client_info(peer, request.headers());
    let ip = client.ip;
    note(|facts| {
        facts.ip = Some(ip);
        // What Apollo's clients, and others after them, call themselves.
        let named = NAMES.iter().find_map(|name| request.headers().get(name)?.to_str().ok());
        facts.name_client(named.unwrap_or_default());
    });
    request.extensions_mut().insert(client);
    ip
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(networks: &[&str]) -> TrustedProxies {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        TrustedProxies(Arc::new(Trust { networks, country_header: None }))
    }

    fn address(proxies: &TrustedProxies, peer: &str, forwarded: &str) -> String {
        let forwarded = HeaderValue::from_bytes(forwarded.as_bytes()).unwrap();
        let headers = HeaderMap::from_iter([(X_FORWARDED_FOR, forwarded)]);
        proxies.client_address(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        let none = proxies(&[]);
        assert_eq!(address(&none, "198.51.100.1", "203.0.113.7"), "198.51.100.1");
        let one = proxies(&["10.0.0.0/8"]);
        assert_eq!(address(&one, "198.51.100.1", "203.0.113.7"), "198.51.100.1");
        assert_eq!(address(&one, "10.1.2.3", "203.0.113.7"), "203.0.113.7");
        assert_eq!(address(&one, "10.1.2.3", "1.2.3.4, 203.0.113.7, 10.9.9.9"), "203.0.113.7");
        assert_eq!(address(&one, "10.1.2.3", "[2001:db8::7]:4711"), "2001:db8::7");
        assert_eq!(address(&one, "10.1.2.3", "not an address"), "10.1.2.3");
    }

    #[test]
    fn every_way_to_write_an_address_is_read() {
        let ours = proxies(&["10.0.0.0/8", "2001:db8:ffff::/48"]);
        for (forwarded, client) in [
            ("[2001:db8:5::1]", "2001:db8:5::1"),
            ("2001:db8:5::1", "2001:db8:5::1"),
            ("[2001:db8:5::1]:443, 10.0.0.9", "2001:db8:5::1"),
            ("\"[2001:db8:5::1]:443\"", "2001:db8:5::1"),
            ("[2001:db8:5::1], [2001:db8:ffff::2]", "2001:db8:5::1"),
            ("[::ffff:203.0.113.37]", "203.0.113.37"),
            ("203.0.113.37:4711", "203.0.113.37"),
            // Empty elements are none.
            ("203.0.113.37,", "203.0.113.37"),
            ("203.0.113.37, , 10.0.0.9 ,,", "203.0.113.37"),
            (",", "10.1.2.3"),
            // What a stranger writes does not hide what the proxy wrote behind it.
            ("é, 203.0.113.37", "203.0.113.37"),
            // What can't be read is not stepped over: what stands before it, anybody could have written.
            ("192.0.2.1, unknown", "10.1.2.3"),
            ("192.0.2.1, [203.0.113.37]", "10.1.2.3"),
            ("192.0.2.1, [2001:db8:5::1", "10.1.2.3"),
            ("192.0.2.1, unknown, 10.0.0.9", "10.0.0.9"),
        ] {
            assert_eq!(address(&ours, "10.1.2.3", forwarded), client, "{forwarded}");
        }
    }
}
