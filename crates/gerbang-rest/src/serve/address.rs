//! From whom a request is, and whom and what it is addressed to, however that is written.

use std::net::SocketAddr;

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, Uri, header, request::Parts, uri::Authority},
};
use gerbang_kernel::identity::ClientInfo;

/// Longer names of clients are cut.
const MAX_USER_AGENT_LENGTH: usize = 512;

/// Where a request came from: as somebody in front of the routes has found it, else from whom the connection is.
pub(crate) fn client(parts: &Parts) -> Option<ClientInfo> {
    let peer = || {
        let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok());
        let user_agent = user_agent.map(|name| name.chars().take(MAX_USER_AGENT_LENGTH).collect());
        Some(ClientInfo { ip: peer.ip(), user_agent, country: None })
    };
    parts.extensions.get::<ClientInfo>().cloned().or_else(peer)
}

/// The host that the client means to speak to, as it wrote it.
pub(crate) fn authority(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let named = || headers.get(header::HOST)?.to_str().ok()?.parse().ok();
    uri.authority().cloned().or_else(named)
}

/// The name of that host: in lower case, without the port.
pub fn host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    Some(host_name(authority(uri, headers)?.host()))
}

/// A host's name as names are compared. A final dot only says that the name is whole.
pub fn host_name(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// A path as routes are looked up by it: without slashes at its ends, as Laravel reads it, and with what needs no
/// escape written plainly, which RFC 3986 (6.2.2.2) holds for the same path. An escaped slash stays part of its segment.
pub(crate) fn canonical(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    plain.push('/');
    let mut rest = path.trim_matches('/');
    while let Some((before, escaped)) = rest.split_once('%') {
        plain.push_str(before);
        if let Some(letter) = unreserved(escaped) {
            plain.push(letter);
            rest = &escaped[2..];
        } else {
            plain.push('%');
            rest = escaped;
        }
    }
    plain.push_str(rest);
    plain
}

/// The character that two hexadecimal digits stand for, if it needs no escape anywhere in a URL.
fn unreserved(escaped: &str) -> Option<char> {
    let digits = escaped.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let letter = char::from(u8::from_str_radix(digits, 16).ok()?);
    (letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '~')).then_some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_form_however_it_is_written() {
        for (written, path) in [
            ("/api/clients", "/api/clients"),
            ("/api/clients/", "/api/clients"),
            ("//api/clients//", "/api/clients"),
            ("/api/%63lients", "/api/clients"),
            ("/%61pi/log%2Dclient%2derror/", "/api/log-client-error"),
            ("/", "/"),
            ("//", "/"),
            ("/api//clients", "/api//clients"),
            ("/api/a%2Fb%20c%C3%A9", "/api/a%2Fb%20c%C3%A9"),
            ("/api/%2563", "/api/%2563"),
            ("/api/%", "/api/%"),
            ("/api/%6", "/api/%6"),
            ("/api/%+1", "/api/%+1"),
            ("/api/%é", "/api/%é"),
        ] {
            assert_eq!(canonical(written), path, "{written}");
        }
    }

    #[test]
    fn a_host_is_known_in_capitals_with_a_port_and_with_a_final_dot() {
        for written in ["api.test", "API.test:8443", "api.test.", "Api.Test.:443"] {
            let headers = HeaderMap::from_iter([(header::HOST, written.try_into().unwrap())]);
            assert_eq!(host(&Uri::from_static("/"), &headers).as_deref(), Some("api.test"), "{written}");
        }
        let absolute = Uri::from_static("http://api.test./api/clients");
        assert_eq!(host(&absolute, &HeaderMap::new()).as_deref(), Some("api.test"));
        assert_eq!(host(&Uri::from_static("/"), &HeaderMap::new()), None);
    }
}
