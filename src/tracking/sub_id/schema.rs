//! Sub ids.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    accounts::user::schema::User,
    graphql::{
        connection::{Connection, wants_total},
        context::ContextExt,
    },
    tracking::{
        offer::{self, row as offer_row, schema::Offer},
        sub_id::rules,
    },
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node, parse_id};

pub use super::row::Model as SubId;

#[node("subId_user123", legacy = "The word itself, such as `user123`.")]
#[ComplexObject]
impl SubId {
    /// The global id of the affiliate whose link it is, such as `user_7`.
    async fn affiliate_id(&self) -> GlobalId {
        global_id::<User>(&self.affiliate_id)
    }

    /// What it advertises; null for an affiliate while the offer is not active.
    async fn offer(&self, ctx: &Context<'_>) -> Option<Result<Offer>> {
        let key = IdOf::<offer_row::Entity>::new(self.offer_id);
        ctx.load(key).await.transpose().map(|row| row.map(Offer::from))
    }

    /// The link to spread.
    async fn tracking_url(&self, ctx: &Context<'_>) -> String {
        rules::tracking_url(ctx.domain(), &self.id)
    }
}

/// Sub ids as the viewer may see them.
#[derive(Default)]
pub struct SubIdQuery;

#[Object]
impl SubIdQuery {
    /// Sub ids in alphabetical order: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in
    /// another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn sub_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<SubId>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        Ok(rules::sub_ids(ctx.domain(), ctx.viewer(), &request, wants_total(ctx)).await?.into())
    }
}

/// What a new sub id is made of.
#[derive(Debug, InputObject)]
pub struct CreateSubIdInput {
    /// The word itself: up to 64 letters, digits, `-` and `_`; unique.
    #[graphql(name = "subId")]
    word: String,
    /// What it advertises: `offer_4` or `4`; an active offer for affiliates.
    offer_id: ID,
    /// Whose link it is, such as `user_7`: for admins. Affiliates make their own.
    affiliate_id: Option<ID>,
}

/// The sub id after the change.
#[derive(SimpleObject)]
pub struct SubIdPayload {
    /// The sub id.
    sub_id: SubId,
}

/// Changes to sub ids.
#[derive(Default)]
pub struct SubIdMutation;

#[Object]
impl SubIdMutation {
    /// Adds a sub id: for affiliates their own, for admins any affiliate's. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED`.
    async fn create_sub_id(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new sub id.")] input: CreateSubIdInput,
    ) -> Result<SubIdPayload> {
        let CreateSubIdInput { word, offer_id, affiliate_id } = input;
        // Nothing has the key 0, as nothing has an id of another format.
        let offer_id = parse_id(<offer::row::Model as Node>::KIND, &offer_id).unwrap_or_default();
        let affiliate_id = affiliate_id.map(|id| parse_id(<User as Node>::KIND, &id).unwrap_or_default());
        let input = rules::CreateSubId { id: word, offer_id, affiliate_id };
        Ok(SubIdPayload { sub_id: rules::create_sub_id(ctx.domain(), ctx.viewer(), input).await?.into() })
    }
}
