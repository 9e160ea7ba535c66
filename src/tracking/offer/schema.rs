//! Offers.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
    },
    tracking::{
        money::schema::{Amount, Money},
        network::{self, row as network_row, schema::Network},
        offer::{row::Column, rules},
    },
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Offer;

#[node("offer_4", legacy = "The number of the offer, such as `4`.")]
#[ComplexObject]
impl Offer {
    /// Most that one lead pays, in the currency.
    async fn payout(&self) -> Money {
        Money::from_micros(self.payout_micros)
    }

    /// The network that reports its conversions, for admins; null for others.
    async fn network(&self, ctx: &Context<'_>) -> Option<Result<Network>> {
        let key = IdOf::<network_row::Entity>::new(self.network_id);
        ctx.load(key).await.transpose().map(|row| row.map(Network::from))
    }
}

/// What offers are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum OfferOrder {
    /// The order in which they were added.
    #[default]
    Id,
    /// Name.
    Name,
    /// Most that one lead pays, whatever the currency.
    Payout,
}

impl From<OfferOrder> for Column {
    fn from(order: OfferOrder) -> Self {
        match order {
            OfferOrder::Id => Self::Id,
            OfferOrder::Name => Self::Name,
            OfferOrder::Payout => Self::PayoutMicros,
        }
    }
}

/// Which offers are wanted.
#[derive(Debug, Default, InputObject)]
pub struct OfferFilter {
    /// Part of the name, without regard to case.
    search: Option<String>,
    /// Only those that take new clicks, or only those that don't (which affiliates never see).
    active: Option<bool>,
}

/// Offers as the viewer may see them.
#[derive(Default)]
pub struct OfferQuery;

#[Object]
impl OfferQuery {
    /// Offers: all for admins, the active ones for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offers are wanted.")] filter: Option<OfferFilter>,
        #[graphql(desc = "What to sort by; `ID` by default.")] order_by: Option<OfferOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Offer>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let OfferFilter { search, active } = filter.unwrap_or_default();
        let (filter, sort) = (rules::OfferFilter { search, active }, sort(order_by, direction));
        Ok(rules::offers(ctx.domain(), ctx.viewer(), filter, sort, &request, wants_total(ctx)).await?.into())
    }

    /// The offer with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `offer_4` or the number `4`.")] id: ID,
    ) -> Option<Result<Offer>> {
        let id = parse_id(<Offer as Node>::KIND, &id)?;
        rules::offer(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// What a new offer is made of.
#[derive(Debug, InputObject)]
pub struct CreateOfferInput {
    /// Name, at most 255 characters.
    name: String,
    /// Where a click leads: an http or https URL of at most 5,000 characters; `{click_id}` in it is filled in.
    url: String,
    /// Most that one lead pays, in the currency.
    payout: Amount,
    /// The currency's ISO 4217 code, such as `USD`. It can't be changed later.
    currency: String,
    /// The network that reports its conversions: `network_2` or `2`.
    network_id: ID,
    /// Whether it takes clicks; true by default.
    #[graphql(default = true)]
    active: bool,
}

/// What changes of an offer; what is absent stays as it is.
#[derive(Debug, InputObject)]
pub struct UpdateOfferInput {
    /// The offer: `offer_4` or `4`.
    id: ID,
    /// Name, at most 255 characters.
    name: Option<String>,
    /// Where a click leads: an http or https URL of at most 5,000 characters; `{click_id}` in it is filled in.
    url: Option<String>,
    /// Most that one lead pays from now on, in the currency.
    payout: Option<Amount>,
    /// Whether it takes new clicks.
    active: Option<bool>,
}

/// The offer after the change.
#[derive(SimpleObject)]
pub struct OfferPayload {
    /// The offer.
    offer: Offer,
}

/// Changes to offers, for admins of affiliate tracking.
#[derive(Default)]
pub struct OfferMutation;

#[Object]
impl OfferMutation {
    /// Adds an offer. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn create_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new offer.")] input: CreateOfferInput,
    ) -> Result<OfferPayload> {
        let CreateOfferInput { name, url, payout: Amount(payout), currency, network_id, active } = input;
        // No network has the key 0, as none has an id of another format.
        let network_id = parse_id(<network::row::Model as Node>::KIND, &network_id).unwrap_or_default();
        let input = rules::CreateOffer { name, url, payout, currency, network_id, active };
        Ok(OfferPayload { offer: rules::create_offer(ctx.domain(), ctx.viewer(), input).await?.into() })
    }

    /// Changes an offer. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn update_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateOfferInput,
    ) -> Result<OfferPayload> {
        let UpdateOfferInput { id, name, url, payout, active } = input;
        let id = parse_id(<Offer as Node>::KIND, &id).ok_or_else(|| Error::not_found("Offer"))?;
        let changes = rules::UpdateOffer { name, url, payout: payout.map(|Amount(payout)| payout), active };
        Ok(OfferPayload { offer: rules::update_offer(ctx.domain(), ctx.viewer(), id, changes).await?.into() })
    }
}
