//! Offers: what affiliates advertise. Admins see and change all, affiliates see the active ones.

use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::{
    constraint,
    page::{Page, PageRequest, Sort, paginate},
    search::contains,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait};

use super::target::Target;
use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::{LONG_TEXT, TEXT, Violations},
    scope::Scoped,
    tracking::{
        money,
        offer::row::{ActiveModel, Column, Entity, Model},
    },
    viewer::Viewer,
};

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
    let row = ActiveModel {
        name: Set(name),
        url: Set(url),
        payout_micros: Set(payout_micros),
        currency: Set(currency),
        network_id: Set(network_id),
        active: Set(active),
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
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// The URL as it was understood, so that what is kept is what was checked.
fn checked_url(violations: &mut Violations, url: &str) -> String {
    let url = violations.text("input.url", url, LONG_TEXT);
    if url.is_empty() {
        return url;
    }
    let Some(target) = Target::parse(&url) else {
        violations.add("input.url", Rule::Url);
        return url;
    };
    // Escapes make it longer.
    violations.text("input.url", target.url(), LONG_TEXT)
}
