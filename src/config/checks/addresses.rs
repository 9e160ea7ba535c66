//! Addresses: of this server, of those it asks, of those who may ask it.

use std::{collections::BTreeMap, net::IpAddr, str::FromStr};

use gerbang_platform::settings::{FileStore, MailTransport, SmsTransport};
use gerbang_server::middleware::headers::allowed_headers;
use http::HeaderName;
use ipnet::IpNet;
use url::Url;

use super::super::{
    Config,
    problems::{Findings, quoted},
};

/// Checks every URL, host, origin and network.
pub(super) fn check(config: &Config, findings: &mut Findings) {
    let Config { server, sms, files, limits, mail, payments, .. } = config;
    for (key, url) in [("server.public_url", &server.public_url), ("server.app_url", &server.app_url)] {
        let problem = web_address(url).or_else(|| {
            let parsed = Url::parse(url).ok()?;
            let plain = parsed.query().is_none() && parsed.fragment().is_none() && !url.ends_with('/');
            (!plain).then_some("links are made by adding to it: leave out `?`, `#` and the slash at the end")
        });
        if let Some(problem) = problem {
            findings.refuse_value(key, format!("{url:?}"), problem);
        }
    }
    if payments.midtrans.confirm
        && let Some(problem) = web_address(&payments.midtrans.api_url)
    {
        findings.refuse_value("payments.midtrans.api_url", format!("{:?}", payments.midtrans.api_url), problem);
    }
    if files.store == FileStore::S3
        && !files.s3.endpoint.is_empty()
        && let Some(problem) = web_address(&files.s3.endpoint)
    {
        findings.refuse_value("files.s3.endpoint", format!("{:?}", files.s3.endpoint), problem);
    }
    if !config.traces.endpoint.is_empty()
        && let Some(problem) = web_address(&config.traces.endpoint)
    {
        findings.refuse_value("traces.endpoint", format!("{:?}", config.traces.endpoint), problem);
    }
    // These may hold a password or a key, so they are not shown.
    if sms.transport == SmsTransport::Http
        && !sms.gateway_url.expose().is_empty()
        && let Some(problem) = web_address_with_user(sms.gateway_url.expose())
    {
        findings.refuse("sms.gateway_url", problem);
    }
    let of_scheme = |url: &str, schemes: &[&str]| {
        Url::parse(url).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host())
    };
    let smtp = mail.smtp_url.expose();
    let tls = |url: Url| {
        let words: Vec<String> =
            url.query_pairs().filter(|(key, _)| key == "tls").map(|(_, word)| word.into()).collect();
        words.iter().all(|word| ["required", "opportunistic"].contains(&word.as_str()))
    };
    let is_smtp = of_scheme(smtp, &["smtp", "smtps"]) && Url::parse(smtp).is_ok_and(tls);
    if mail.transport == MailTransport::Smtp && !smtp.is_empty() && !is_smtp {
        let remedy = "it can't be read: write smtp://user:password@host:587?tls=required or smtps://user:password@host, \
            and in user and password %40 for @, %3A for :, %2F for /, %23 for #";
        findings.refuse("mail.smtp_url", remedy);
    }
    let redis = limits.redis_url.expose();
    if !redis.is_empty() && !of_scheme(redis, &["redis", "rediss"]) {
        findings.refuse(
            "limits.redis_url",
            "it can't be read: write redis://:password@host:6379, or rediss:// for TLS, and in the password %40 for @",
        );
    }
    check_origins(&server.cors_origins, findings);
    check_proxies(config, findings);
    check_hosts(config, findings);
    let is_local = |url: &str| Url::parse(url).is_ok_and(|url| is_loopback(&url));
    if is_local(&server.public_url) && !server.listen.ip().is_loopback() {
        let url = &server.public_url;
        findings.warn("server.public_url", format!("links in mails lead to {url}, which only this machine can open"));
    }
}

/// Why a URL is not one that can be asked over the web, if it isn't.
fn web_address(url: &str) -> Option<&'static str> {
    let parsed = Url::parse(url).ok();
    let with_user = parsed.is_some_and(|url| !url.username().is_empty() || url.password().is_some());
    if with_user { Some("it must not hold a user or password") } else { web_address_with_user(url) }
}

fn web_address_with_user(url: &str) -> Option<&'static str> {
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let is_plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    (!is_web || !is_plain).then_some("it must be a URL that begins with http:// or https:// and names a host")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// An origin is compared letter by letter with what a browser sends.
fn check_origins(origins: &[String], findings: &mut Findings) {
    const KEY: &str = "server.cors_origins";
    let wrong = origins.iter().filter_map(|origin| {
        if origin == "*" || origin == "null" {
            return None;
        }
        if origin.contains('*') {
            return Some(format!("{} never matches: name each origin, or \"*\" alone for all", quoted(origin)));
        }
        let Some(sent) = Url::parse(origin).ok().as_ref().and_then(origin_of) else {
            return Some(format!("{} is no origin: write it as \"https://app.example.com\"", quoted(origin)));
        };
        (sent != *origin).then(|| format!("{} never matches: browsers send `{sent}`, so write that", quoted(origin)))
    });
    findings.refuse_entries(KEY, wrong.collect::<Vec<_>>());
    if origins.iter().any(|origin| origin == "null") {
        findings.warn(KEY, "`null` is what every local file and sandboxed frame sends");
    }
    if origins.len() > 1 && origins.iter().any(|origin| origin == "*") {
        findings.warn(KEY, "`*` lets every origin call, so the others need not stand there");
    }
}

/// The origin of a URL as a browser writes it. Applications in a shell (`capacitor://localhost`) have some of their own.
fn origin_of(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?.to_ascii_lowercase();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

fn check_proxies(config: &Config, findings: &mut Findings) {
    const KEY: &str = "server.trusted_proxies";
    let proxies = &config.server.trusted_proxies;
    let network = |text: &String| IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from)).ok();
    let wrong = proxies.iter().filter(|text| network(text).is_none());
    let wrong = wrong.map(|text| format!("{} is neither an address nor a network such as 10.0.0.0/8", quoted(text)));
    findings.refuse_entries(KEY, wrong.collect::<Vec<_>>());
    // Two halves of all addresses are all of them as well.
    for wide in proxies.iter().filter(|text| network(text).is_some_and(|network| network.prefix_len() <= 1)) {
        findings.warn(
            KEY,
            format!("{wide} believes X-Forwarded-For of anybody, so limits and logs count what callers say; name your proxies"),
        );
    }
    let wrong = allowed_headers(&config.server.cors_headers).err().unwrap_or_default();
    let remedy = |name: &String| {
        format!("{} is no name of a header: write it as \"content-type\", or \"*\" for any", quoted(name))
    };
    findings.refuse_entries("server.cors_headers", wrong.iter().map(remedy).collect::<Vec<_>>());
    let header = &config.server.country_header;
    if !header.is_empty() && HeaderName::from_str(header).is_err() {
        findings.refuse_value("server.country_header", format!("{header:?}"), "it is no name of a header");
    } else if !header.is_empty() && proxies.is_empty() {
        findings.warn(
            "server.country_header",
            format!("{header} is believed from trusted_proxies only, of which there are none"),
        );
    }
}

fn check_hosts(config: &Config, findings: &mut Findings) {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for (slug, api) in &config.apis {
        let key = format!("apis.{slug}.hosts");
        let wrong = api.hosts.iter().filter_map(|host| {
            let lower = host.to_ascii_lowercase();
            let is_host = Url::parse(&format!("http://{host}/"))
                .is_ok_and(|url| url.host_str() == Some(lower.as_str()) && url.port().is_none());
            if !is_host {
                return Some(format!(
                    "{} is no host name: write it as \"api.example.com\", without scheme, port and path",
                    quoted(host)
                ));
            }
            // With a dot at its end a name is the same host.
            let name = lower.strip_suffix('.').map(str::to_owned).unwrap_or(lower);
            match owners.insert(name, slug) {
                Some(owner) if owner == slug => Some(format!("`{host}` stands there twice")),
                Some(owner) => {
                    Some(format!("`{host}` is a host of [apis.{owner}] as well: only one API can answer there"))
                }
                None => None,
            }
        });
        let wrong: Vec<String> = wrong.collect();
        findings.refuse_entries(&key, wrong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_asked_over_the_web_is_an_address() {
        for url in ["http://127.0.0.1:8080", "https://api.example.com/v1", "https://bücher.example"] {
            assert_eq!(web_address(url), None, "{url}");
        }
        for url in [
            "",
            "javascript:alert(1)",
            "file:///",
            "//host",
            "example.com",
            "ftp://host",
            "http://",
            "https://u:p@host",
            "http://a b",
            "http://host/\n",
        ] {
            assert!(web_address(url).is_some(), "{url}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let refused = |origin: &str| {
            let mut findings = Findings::new();
            check_origins(&[origin.to_owned()], &mut findings);
            findings.finish().is_err()
        };
        for origin in
            ["*", "https://app.example.com", "http://localhost:5173", "capacitor://localhost", "https://[::1]:3000"]
        {
            assert!(!refused(origin), "{origin}");
        }
        for origin in [
            "https://app.example.com/",
            "https://app.example.com/path",
            "https://App.example.com",
            "https://app.example.com:443",
            "http://app.example.com:80",
            "app.example.com",
            "https://*.example.com",
            "https://u@app.example.com",
            "",
        ] {
            assert!(refused(origin), "{origin}");
        }
    }
}
