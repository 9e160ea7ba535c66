//! Clicks.

use async_graphql::Subscription;
use futures_util::Stream;

pub use super::row::Model as Click;
use crate::{
    input::id::check_id,
    prelude::schema::*,
    tracking::{
        click::{
            ingest::RecordedClick,
            recording::RecordClickInput,
            row::{Column, Entity},
            rules::{self, ClickFilter},
        },
        lead::schema::{Lead, LeadsOfClick},
        offer::{row as offer_row, schema::Offer},
    },
};

#[lists]
#[node("click_9000", legacy = "The number of the click, such as `9000`.")]
#[ComplexObject]
impl Click {
    /// What it advertised; null for an affiliate while the offer is not active.
    async fn offer(&self, ctx: &Context<'_>) -> Option<Result<Row<Offer>>> {
        ctx.get(IdOf::<offer_row::Entity>::new(self.offer_id)).await.transpose()
    }

    /// What it turned into, in the order in which it was reported; the first 100.
    #[graphql(deprecation = "Use `leadsConnection`, which gives them page by page.")]
    async fn leads(&self, ctx: &Context<'_>) -> Result<Vec<Lead>> {
        ctx.first_below::<LeadsOfClick>(self.id, 100).await
    }

    /// What it turned into, in the order in which it was reported, page by page. Errors: `VALIDATION_FAILED`.
    async fn leads_connection(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<Lead>> {
        ctx.below::<LeadsOfClick>(self.id, list).await
    }
}

/// Clicks as the viewer may see them.
#[derive(Default)]
pub struct ClickQuery;

#[lists]
#[Object]
impl ClickQuery {
    /// Clicks: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn clicks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which clicks are wanted.")] filter: Option<ClickFilter>,
        #[list(direction = Desc)] list: List,
    ) -> Result<Connection<Click>> {
        let list = list.by_column(Column::CreatedAt);
        let filter = filter.unwrap_or_default();
        check_id(ctx, filter.offer_id.as_ref(), "filter.offerId")?;
        Ok(rules::clicks(ctx.domain(), ctx.viewer(), filter, &list).await?.into())
    }

    /// The click with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn click(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `click_9000` or the number `9000`.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Click>>> {
        ctx.find(id).await.transpose()
    }
}

mutations! {
    /// Recording clicks.
    ClickMutation;

    /// Records a visit, for servers that run their own links: affiliates on their own sub ids, admins on all. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` for another's sub id or an offer that takes no clicks,
    /// `VALIDATION_FAILED`.
    record_click("The visit.": RecordClickInput) -> RecordedClick;
}

/// Clicks as they happen.
#[derive(Default)]
pub struct ClickSubscription;

#[Subscription]
impl ClickSubscription {
    /// Every click from now on: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in
    /// another realm, `VALIDATION_FAILED`, `UNAVAILABLE` at the end for a watcher that fell behind.
    async fn click_recorded(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which clicks are wanted.")] filter: Option<ClickFilter>,
    ) -> Result<impl Stream<Item = Result<Click>> + use<>> {
        rules::clicks_recorded(ctx.domain(), ctx.viewer(), filter.unwrap_or_default())
    }
}
