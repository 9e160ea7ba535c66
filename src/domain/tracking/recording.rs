//! Recording clicks.
//!
//! Every visit counts; bots and repeats are flagged, not left out. The visitor's address is not kept, only a keyed hash
//! of it and of the `User-Agent`, which tells whether somebody comes back.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
};
use sha2::Sha256;

use super::{
    device, offer as offers,
    summary::{self, Change},
};
use crate::{
    domain::{
        Domain, Viewer,
        events::Event,
        validate::{LONG_TEXT, Violations},
    },
    entity::{
        Scoped,
        accounts::Realm,
        tracking::{
            click::{ActiveModel, Column, Entity, Model},
            offer, sub_id,
        },
    },
    error::{Error, Result, Rule},
};

/// Characters of a `User-Agent` that are kept.
const USER_AGENT: usize = 512;
/// How long a visitor is remembered.
const UNIQUE_FOR: TimeDelta = TimeDelta::hours(24);

/// A visit, as the server that was visited reports it.
#[derive(Clone, Debug, Default)]
pub struct RecordClick {
    /// The link that was followed.
    pub sub_id: String,
    /// The visitor's address.
    pub ip: Option<String>,
    /// The visitor's `User-Agent` header; cut to 512 characters.
    pub user_agent: Option<String>,
    /// Two letters (ISO 3166-1).
    pub country_code: Option<String>,
    /// The visitor's `Referer` header, at most 5,000 characters.
    pub referrer: Option<String>,
}

/// A click and where it leads.
#[derive(Clone, Debug)]
pub struct RecordedClick {
    /// The click.
    pub click: Model,
    /// The offer's URL with the click's id filled in.
    pub destination: String,
}

/// A visit whose parts were checked.
struct Visit {
    ip: Option<IpAddr>,
    user_agent: Option<String>,
    country_code: Option<String>,
    referrer: Option<String>,
}

/// Records a click for a server that runs its own links: affiliates on their own sub ids, admins on all.
///
/// # Errors
/// `NOT_FOUND` for a sub id that is not the viewer's, or whose offer takes no clicks.
pub async fn record_click(domain: &Domain, viewer: &Viewer, input: RecordClick) -> Result<RecordedClick> {
    viewer.require_realm(Realm::Apextrack)?;
    let RecordClick { sub_id, ip, user_agent, country_code, referrer } = input;
    let mut violations = Violations::new();
    let given = |value: Option<String>| value.filter(|value| !value.trim().is_empty());
    let ip = given(ip).and_then(|ip| {
        let parsed = ip.trim().parse::<IpAddr>();
        parsed.inspect_err(|_| violations.add("input.ip", Rule::Format)).ok()
    });
    let country_code = given(country_code).and_then(|code| {
        let parsed = country(&code);
        parsed.unwrap_or_else(|rule| {
            violations.add("input.countryCode", rule);
            None
        })
    });
    let referrer = violations.optional_text("input.referrer", referrer.as_deref(), LONG_TEXT);
    violations.finish()?;
    let user_agent = given(user_agent).map(|text| text.trim().chars().take(USER_AGENT).collect());
    let link = sub_id::Entity::visible_to(viewer)
        .filter(sub_id::Column::Id.eq(sub_id.trim()))
        .find_also_related(offer::Entity)
        .one(domain.db.read())
        .await?;
    let (link, offer) = match link {
        Some((link, Some(offer))) if offer.active => (link, offer),
        Some(_) => return Err(Error::not_found("Active offer")),
        None => return Err(Error::not_found("Sub id")),
    };
    let click = record(domain, &link, Visit { ip, user_agent, country_code, referrer }).await?;
    let destination = offers::destination(&offer, &click.click_id);
    Ok(RecordedClick { click, destination })
}

async fn record(domain: &Domain, link: &sub_id::Model, visit: Visit) -> Result<Model> {
    let Visit { ip, user_agent, country_code, referrer } = visit;
    let now = domain.clock.now();
    let device = device::detect(user_agent.as_deref());
    let visitor_hash = ip.map(|ip| visitor_hash(domain, ip, user_agent.as_deref().unwrap_or_default())).transpose()?;
    let transaction = domain.db.begin().await?;
    // First the sums: they are locked then, so that of two first visits at once only one is the first.
    summary::add(&transaction, &link.id, link.affiliate_id, now, Change::CLICK).await?;
    let is_unique = match &visitor_hash {
        Some(visitor) => is_first(&transaction, &link.id, visitor, now - UNIQUE_FOR).await?,
        None => true,
    };
    let row = ActiveModel {
        click_id: Set(new_click_id()),
        sub_id: Set(link.id.clone()),
        affiliate_id: Set(link.affiliate_id),
        offer_id: Set(link.offer_id),
        visitor_hash: Set(visitor_hash),
        user_agent: Set(user_agent),
        country_code: Set(country_code),
        device_type: Set(device.kind),
        is_bot: Set(device.is_bot()),
        os: Set(device.os),
        browser: Set(device.browser),
        referrer: Set(referrer),
        is_unique: Set(is_unique),
        created_at: Set(now),
        ..Default::default()
    };
    let click = row.insert(&transaction).await?;
    transaction.commit().await?;
    domain.events.publish(Event::ClickRecorded { id: click.id, affiliate_id: click.affiliate_id });
    Ok(click)
}

async fn is_first(
    transaction: &DatabaseTransaction,
    sub_id: &str,
    visitor: &str,
    since: DateTime<Utc>,
) -> Result<bool> {
    let earlier = Entity::find()
        .filter(Column::SubId.eq(sub_id))
        .filter(Column::VisitorHash.eq(visitor))
        .filter(Column::CreatedAt.gt(since))
        .limit(1);
    Ok(earlier.one(transaction).await?.is_none())
}

/// 128 random bits: a click's id alone decides who is paid, so nobody may guess one.
fn new_click_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Tells visitors apart without keeping their addresses: the key is the server's secret.
fn visitor_hash(domain: &Domain, ip: IpAddr, user_agent: &str) -> Result<String> {
    let key = domain.config.auth.jwt_keys.first().map_or("", |key| key.secret.expose());
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(Error::internal)?;
    mac.update(b"visitor\0");
    mac.update(ip.to_canonical().to_string().as_bytes());
    mac.update(b"\0");
    mac.update(user_agent.as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
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
    fn click_ids_are_opaque() {
        let (one, other) = (new_click_id(), new_click_id());
        assert_eq!((one.len(), other.len()), (32, 32));
        assert_ne!(one, other);
    }
}
