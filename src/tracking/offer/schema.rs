//! Offers.

pub use super::row::Model as Offer;
use crate::{
    prelude::schema::*,
    tracking::{
        money::Money,
        network::{row as network_row, schema::Network},
        offer::{
            row::{Column, Entity},
            rules::{self, CreateOfferInput, OfferFilter, UpdateOfferInput},
        },
    },
};

#[node("offer_4", legacy = "The number of the offer, such as `4`.")]
#[ComplexObject]
impl Offer {
    /// Most that one lead pays, in the currency.
    async fn payout(&self) -> Money {
        Money::from_micros(self.payout_micros)
    }

    /// The network that reports its conversions, for admins; null for others.
    async fn network(&self, ctx: &Context<'_>) -> Option<Result<Row<Network>>> {
        ctx.get(IdOf::<network_row::Entity>::new(self.network_id)).await.transpose()
    }
}

/// What offers are sorted by.
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum OfferOrder {
    /// The order in which they were added.
    #[default]
    Id,
    /// Name.
    Name,
    /// Most that one lead pays, whatever the currency.
    #[graphql(name = "PAYOUT")]
    PayoutMicros,
}

/// Offers as the viewer may see them.
#[derive(Default)]
pub struct OfferQuery;

#[lists]
#[Object]
impl OfferQuery {
    /// Offers: all for admins, the active ones for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offers are wanted.")] filter: Option<OfferFilter>,
        #[list(order)] list: List<OfferOrder>,
    ) -> Result<Connection<Offer>> {
        Ok(rules::offers(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &list.by()).await?.into())
    }

    /// The offer with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `offer_4` or the number `4`.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Offer>>> {
        ctx.find(id).await.transpose()
    }
}

/// The offer after the change.
#[derive(SimpleObject)]
pub struct OfferPayload {
    /// The offer.
    offer: Offer,
}

mutations! {
    /// Changes to offers, for admins of affiliate tracking.
    OfferMutation;

    /// Adds an offer. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    create_offer("The new offer.": CreateOfferInput) -> OfferPayload { offer };

    /// Changes an offer. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    update_offer("The changes.": UpdateOfferInput) -> OfferPayload { offer };
}
