//! Recording clicks.
//!
//! Every visit counts; bots and repeats are flagged, not left out. The visitor's address is not kept, only a keyed hash
//! of it and of the `User-Agent`, which tells whether somebody comes back.

use std::net::IpAddr;

use gerbang_kernel::{identity::ClientInfo, text::UNSTORABLE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{
    device,
    ingest::{RecordedClick, Visit},
};
use crate::{
    prelude::rules::*,
    tracking::{
        offer::{self, target::Target},
        sub_id,
    },
};

/// Characters of a `User-Agent` that are kept.
const USER_AGENT: usize = 512;
/// Characters of a `Referer` that are kept.
const REFERRER: usize = 5_000;

/// A visit, as the server that was visited reports it.
#[rules]
#[derive(Debug, InputObject)]
pub struct RecordClickInput {
    /// The sub id of the link that was followed.
    pub sub_id: String,
    /// The visitor's address (IPv4 or IPv6). It is not kept, only a keyed hash of it.
    #[rule(optional, check = wrong_address)]
    pub ip: Option<String>,
    /// The visitor's `User-Agent` header; cut to 512 characters. Without one the visitor counts as a bot.
    pub user_agent: Option<String>,
    /// Where the visitor is: two letters (ISO 3166-1).
    #[rule(optional, check = wrong_country)]
    pub country_code: Option<String>,
    /// The visitor's `Referer` header.
    #[rule(text, max = 5_000, optional)]
    pub referrer: Option<String>,
}

/// Records a click for a server that runs its own links: affiliates on their own sub ids, admins on all.
///
/// # Errors
/// `NOT_FOUND` for a sub id that is not the viewer's, or whose offer takes no clicks; `UNAVAILABLE` if more clicks come
/// than can be written.
pub async fn record_click(domain: &Domain, viewer: &Viewer, input: RecordClickInput) -> Result<RecordedClick> {
    viewer.require_realm(Realm::Apextrack)?;
    let RecordClickInput { sub_id, ip, user_agent, country_code, referrer } = input.check()?;
    let ip = ip.and_then(|ip| ip.parse().ok());
    let country_code = country_code.and_then(|code| country(&code).ok()).flatten();
    let link = sub_id::row::Entity::visible_to(viewer).filter(sub_id::row::Column::Id.eq(sub_id.trim()));
    let link = link.one(domain.db.read()).await?.ok_or_else(|| Error::not_found("Sub id"))?;
    let visit = visit(domain, link.id, Visitor { ip, user_agent, country_code, referrer })?;
    domain.clicks.write(visit).await
}

/// Records the click of a visitor who follows a link; anybody may.
///
/// # Errors
/// `NOT_FOUND` for an unknown sub id or one whose offer takes no clicks, `UNAVAILABLE` if more clicks come than can be
/// written.
pub async fn follow(
    domain: &Domain,
    sub_id: &str,
    client: ClientInfo,
    referrer: Option<String>,
) -> Result<RecordedClick> {
    if !sub_id::rules::is_word(sub_id) {
        return Err(Error::not_found("Sub id"));
    }
    let ClientInfo { ip, user_agent, country } = client;
    let visitor = Visitor { ip: Some(ip), user_agent, country_code: country, referrer };
    domain.clicks.write(visit(domain, sub_id.to_owned(), visitor)?).await
}

/// Where a link leads, for whoever looks without following: the click's id stays empty.
///
/// # Errors
/// `NOT_FOUND` for an unknown sub id or one whose offer takes no clicks.
pub async fn destination_of(domain: &Domain, sub_id: &str) -> Result<String> {
    if !sub_id::rules::is_word(sub_id) {
        return Err(Error::not_found("Sub id"));
    }
    let link =
        sub_id::row::Entity::find_by_id(sub_id).find_also_related(offer::row::Entity).one(domain.db.read()).await?;
    match link {
        Some((_, Some(offer))) if offer.active => {
            let target = Target::parse(&offer.url).ok_or_else(|| Error::not_found("Active offer"))?;
            Ok(target.of_click(""))
        }
        Some(_) => Err(Error::not_found("Active offer")),
        None => Err(Error::not_found("Sub id")),
    }
}

/// What is known of who clicked.
struct Visitor {
    ip: Option<IpAddr>,
    user_agent: Option<String>,
    country_code: Option<String>,
    referrer: Option<String>,
}

fn visit(domain: &Domain, sub_id: String, visitor: Visitor) -> Result<Visit> {
    let Visitor { ip, user_agent, country_code, referrer } = visitor;
    let user_agent = kept(user_agent, USER_AGENT);
    let visitor_hash = ip.map(|ip| visitor_hash(domain, ip, user_agent.as_deref().unwrap_or_default())).transpose()?;
    Ok(Visit {
        sub_id,
        at: domain.clock.now(),
        visitor_hash,
        device: device::detect(user_agent.as_deref()),
        user_agent,
        country_code: country_code.or_else(|| domain.geo_ip.country(ip?)),
        referrer: kept(referrer, REFERRER),
    })
}

/// The beginning of a header's value. PostgreSQL stores no NUL, and one bad text would fail the clicks beside it.
fn kept(text: Option<String>, max_length: usize) -> Option<String> {
    let text: String = text?.trim().chars().filter(|c| *c != UNSTORABLE).take(max_length).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// Tells visitors apart without keeping their addresses: the key is the server's secret.
fn visitor_hash(domain: &Domain, ip: IpAddr, user_agent: &str) -> Result<String> {
    let keys = domain.tokens.keys();
    let key = keys.first().map_or("", |key| key.secret.expose());
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(Error::internal)?;
    mac.update(b"visitor\0");
    mac.update(ip.to_canonical().to_string().as_bytes());
    mac.update(b"\0");
    mac.update(user_agent.as_bytes());
    // Half of it tells visitors apart as well, and a row and an index hold it for every click.
    Ok(hex::encode(&mac.finalize().into_bytes()[..16]))
}

fn wrong_address(ip: &str) -> Option<Rule> {
    ip.parse::<IpAddr>().is_err().then_some(Rule::Format)
}

fn wrong_country(code: &str) -> Option<Rule> {
    country(code).err()
}

/// A country's two letters as capitals; `None` for the codes that stand for an unknown one.
fn country(code: &str) -> Result<Option<String>, Rule> {
    let code = code.trim().to_ascii_uppercase();
    match code.as_str() {
        // Cloudflare's words for no data and for Tor, and the one that ISO leaves to users.
        "XX" | "T1" | "ZZ" => Ok(None),
        letters if letters.len() == 2 && letters.bytes().all(|letter| letter.is_ascii_uppercase()) => Ok(Some(code)),
        _ => Err(Rule::Format),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_two_letters() {
        assert_eq!(country(" id "), Ok(Some("ID".to_owned())));
        for unknown in ["XX", "t1", "ZZ"] {
            assert_eq!(country(unknown), Ok(None), "{unknown}");
        }
        for wrong in ["IDN", "1D", "I", "é"] {
            assert_eq!(country(wrong), Err(Rule::Format), "{wrong}");
        }
    }

    #[test]
    fn headers_are_cleaned_so_that_they_can_be_stored() {
        let kept = |text: &str| kept(Some(text.to_owned()), 4);
        assert_eq!(kept(" a\0b "), Some("ab".to_owned()));
        assert_eq!(kept("äöüßé"), Some("äöüß".to_owned()));
        assert_eq!(kept(" \0"), None);
    }

    #[test]
    fn malformed_sub_ids_are_not_looked_up() {
        for word in ["user123", "blog-sidebar", "A_b", &"x".repeat(64)] {
            assert!(sub_id::rules::is_word(word), "{word}");
        }
        for other in ["", "a b", "a/b", "é", "a\0", &"x".repeat(65)] {
            assert!(!sub_id::rules::is_word(other), "{other}");
        }
    }
}
