//! Offers: what affiliates advertise. Admins see and change all, affiliates see the active ones.

use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::{
    constraint,
    page::{Page, PageRequest, Sort, paginate},
    search::contains,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait};
use url::Url;
use uuid::Uuid;

use crate::tracking::money;
use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::{LONG_TEXT, TEXT, Violations},
    scope::Scoped,
    tracking::offer::row::{ActiveModel, Column, Entity, Model},
    viewer::Viewer,
};

/// What stands for the click's id in an offer's URL.
const CLICK_ID: &str = "{click_id}";

/// Which offers are wanted.
#[derive(Clone, Debug, Default)]
pub struct OfferFilter {
    /// Part of the name.
    pub search: Option<String>,
    /// Taking new clicks, or not.
    pub active: Option<bool>,
}

/// What a new offer is made of.
#[derive(Clone, Debug)]
pub struct CreateOffer {
    /// Name, at most 255 characters.
    pub name: String,
    /// Where a click leads; `{click_id}` in it is filled in.
    pub url: String,
    /// Most that one lead pays, as a decimal number.
    pub payout: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The network that reports its conversions.
    pub network_id: i64,
    /// Whether it takes clicks.
    pub active: bool,
}

/// What changes of an offer; `None` leaves a value as it is. The currency stays: sums are made of it.
#[derive(Clone, Debug, Default)]
pub struct UpdateOffer {
    /// Name.
    pub name: Option<String>,
    /// Where a click leads.
    pub url: Option<String>,
    /// Most that one lead pays from now on.
    pub payout: Option<String>,
    /// Whether it takes new clicks.
    pub active: Option<bool>,
}

/// A page of the offers that the viewer may see.
pub async fn offers(
    domain: &Domain,
    viewer: &Viewer,
    filter: OfferFilter,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let OfferFilter { search, active } = filter;
    let search = search.filter(|search| !search.trim().is_empty());
    let select = Entity::visible_to(viewer)
        .apply_if(search, |select, search| select.filter(contains(&[Column::Name], &search)))
        .apply_if(active, |select, active| select.filter(Column::Active.eq(active)));
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The offer with this key, if the viewer may see it.
pub async fn offer(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}

/// Adds an offer. For admins.
pub async fn create_offer(domain: &Domain, viewer: &Viewer, input: CreateOffer) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let CreateOffer { name, url, payout, currency, network_id, active } = input;
    let mut violations = Violations::new();
    let name = violations.text("input.name", &name, TEXT);
    let url = checked_url(&mut violations, &url);
    let payout_micros = money::rules::checked(&mut violations, "input.payout", &payout);
    let currency = violations.currency("input.currency", &currency);
    violations.finish()?;
    let now = domain.clock.now();
    let row = ActiveModel {
        name: Set(name),
        url: Set(url),
        payout_micros: Set(payout_micros),
        currency: Set(currency),
        network_id: Set(network_id),
        active: Set(active),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let inserted = row.insert(domain.db.write()).await;
    inserted.map_err(|error| constraint::taken(error, &[("fk", "input.networkId")]))
}

/// Changes an offer. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_offer(domain: &Domain, viewer: &Viewer, id: i64, input: UpdateOffer) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let mut row = found.ok_or_else(|| Error::not_found("Offer"))?.into_active_model();
    let UpdateOffer { name, url, payout, active } = input;
    let mut violations = Violations::new();
    if let Some(name) = name {
        row.name = Set(violations.text("input.name", &name, TEXT));
    }
    if let Some(url) = url {
        row.url = Set(checked_url(&mut violations, &url));
    }
    if let Some(payout) = payout {
        row.payout_micros = Set(money::rules::checked(&mut violations, "input.payout", &payout));
    }
    if let Some(active) = active {
        row.active = Set(active);
    }
    violations.finish()?;
    row.updated_at = Set(domain.clock.now());
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Where an offer's clicks lead, and nowhere if its URL is none. New offers hold what this gives; a row may be older, or
/// come from another database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(String);

impl Target {
    /// Reads a URL as browsers do: without tabs and line breaks, with everything escaped that is not ASCII.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        // As it will be with a click's id in its place, since braces are escaped in some parts of a URL.
        let click_id = Uuid::new_v4().simple().to_string();
        let parsed = Url::parse(&url.replace(CLICK_ID, &click_id)).ok()?;
        let leads = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
        leads.then(|| Self(parsed.as_str().replace(&click_id, CLICK_ID)))
    }

    /// Where the click with this id leads.
    pub(crate) fn of_click(&self, click_id: &str) -> String {
        self.0.replace(CLICK_ID, click_id)
    }
}

/// The URL as it was understood, so that what is kept is what was checked.
fn checked_url(violations: &mut Violations, url: &str) -> String {
    let url = violations.text("input.url", url, LONG_TEXT);
    if url.is_empty() {
        return url;
    }
    let Some(Target(parsed)) = Target::parse(&url) else {
        violations.add("input.url", Rule::Url);
        return url;
    };
    // Escapes make it longer.
    violations.text("input.url", &parsed, LONG_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_kept_as_browsers_read_it_with_its_place_for_the_click() {
        for (given, kept) in [
            ("https://shop.test/?clickid={click_id}&x=1", "https://shop.test/?clickid={click_id}&x=1"),
            ("https://shop.test/{click_id}/go", "https://shop.test/{click_id}/go"),
            ("https://{click_id}.shop.test", "https://{click_id}.shop.test/"),
            ("https://shop.test/#{click_id}", "https://shop.test/#{click_id}"),
            ("https://shop.test/a\r\nX-Evil: 1?c={click_id}", "https://shop.test/aX-Evil:%201?c={click_id}"),
            ("https://shop.test/\ta?c={click_id}\t", "https://shop.test/a?c={click_id}"),
            ("HTTPS://Shop.TEST/toko é?c={click_id}", "https://shop.test/toko%20%C3%A9?c={click_id}"),
            ("https://tokó.test/", "https://xn--tok-ina.test/"),
        ] {
            assert_eq!(Target::parse(given), Some(Target(kept.to_owned())), "{given:?}");
            assert_eq!(Target::parse(kept), Some(Target(kept.to_owned())), "read again: {kept}");
        }
        for nowhere in ["", "/path", "javascript:alert(1)", "mailto:a@b.test", "https://", "https://a b/", "{click_id}"]
        {
            assert_eq!(Target::parse(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_destination_has_the_click_id_filled_in() {
        let target = Target::parse("https://shop.test/{click_id}?c={click_id}").unwrap();
        assert_eq!(target.of_click("abc"), "https://shop.test/abc?c=abc");
        assert_eq!(target.of_click(""), "https://shop.test/?c=");
    }
}
