//! Offers: what affiliates advertise. Admins see and change all, affiliates see the active ones.

use super::target::Target;
use crate::{
    prelude::rules::*,
    tracking::{
        money::{Amount, MAX_AMOUNT, wrong_amount},
        network,
        offer::row::{ActiveModel, Column, Entity, Model},
    },
};

/// Characters of a URL.
const MAX_URL: u64 = 5_000;

/// Which offers are wanted.
#[rules]
#[derive(Debug, Default, InputObject)]
pub struct OfferFilter {
    /// Part of the name, without regard to case; at most 255 characters.
    #[rule(text, max = MAX_SEARCH, optional)]
    search: Option<String>,
    /// Only those that take new clicks, or only those that don't (which affiliates never see).
    active: Option<bool>,
}

/// What a new offer is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateOfferInput {
    /// Name.
    #[rule(text, max = 255)]
    pub name: String,
    /// Where a click leads: an http or https URL; `{click_id}` in it is filled in.
    #[rule(text, max = 5_000, check = wrong_url)]
    pub url: String,
    /// Most that one lead pays, in the currency.
    #[rule(number, min = 0, max = MAX_AMOUNT, check = wrong_amount)]
    pub payout: Amount,
    /// The currency's ISO 4217 code, such as `USD`. It can't be changed later.
    #[rule(currency)]
    pub currency: String,
    /// The network that reports its conversions: `network_2` or `2`.
    pub network_id: IdOf<network::row::Entity>,
    /// Whether it takes clicks.
    #[graphql(default = true)]
    pub active: bool,
}

/// What changes of an offer; what is absent stays as it is.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateOfferInput {
    /// The offer: `offer_4` or `4`.
    pub id: IdOf<Entity>,
    /// Name.
    #[rule(text, max = 255)]
    pub name: Option<String>,
    /// Where a click leads: an http or https URL; `{click_id}` in it is filled in.
    #[rule(text, max = 5_000, check = wrong_url)]
    pub url: Option<String>,
    /// Most that one lead pays from now on, in the currency.
    #[rule(number, min = 0, max = MAX_AMOUNT, check = wrong_amount)]
    pub payout: Option<Amount>,
    /// Whether it takes new clicks.
    pub active: Option<bool>,
}

/// A page of the offers that the viewer may see.
pub async fn offers(
    domain: &Domain,
    viewer: &Viewer,
    filter: OfferFilter,
    list: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let OfferFilter { search, active } = filter;
    let wanted =
        Wanted::default().search(&domain.db, &[Column::Name], search.as_deref()).is(Column::Active, active).check()?;
    let select = Entity::visible_to(viewer).apply_if(wanted, QueryFilter::filter);
    list.of(domain.db.read(), select, Column::Id).await
}

/// Adds an offer. For admins.
pub async fn create_offer(domain: &Domain, viewer: &Viewer, input: CreateOfferInput) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let CreateOfferInput { name, url, payout, currency, network_id, active } = input.check()?;
    let row = ActiveModel {
        name: Set(name),
        url: Set(kept(&url)),
        payout_micros: Set(payout.micros().unwrap_or_default()),
        currency: Set(currency),
        network_id: Set(network_id.foreign_key()),
        active: Set(active),
        ..Default::default()
    };
    let inserted = row.insert(domain.db.write()).await;
    inserted.map_err(|error| constraint::taken(error, &[("fk", "input.networkId")]))
}

/// Changes an offer; the currency stays, since sums are made of it. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_offer(domain: &Domain, viewer: &Viewer, input: UpdateOfferInput) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    let UpdateOfferInput { id: _, name, url, payout, active } = input.check()?;
    row.name.change(name);
    row.url.change(url.as_deref().map(kept));
    row.payout_micros.change(payout.as_ref().and_then(Amount::micros));
    row.active.change(active);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// The rule that a URL breaks as browsers read it: escapes make it longer.
fn wrong_url(url: &str) -> Option<Rule> {
    match Target::parse(url) {
        None => Some(Rule::Url),
        Some(target) => (target.url().len() as u64 > MAX_URL).then_some(Rule::MaxLength(MAX_URL)),
    }
}

/// The URL as it was understood, so that what is kept is what was checked.
fn kept(url: &str) -> String {
    Target::parse(url).map_or_else(String::new, |target| target.url().to_owned())
}
