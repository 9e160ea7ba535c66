//! Sub ids.

pub use super::row::Model as SubId;
use crate::{
    accounts::user::schema::User,
    prelude::schema::*,
    tracking::{
        offer::{row as offer_row, schema::Offer},
        sub_id::{
            row::Column,
            rules::{self, CreateSubIdInput},
        },
    },
};

#[node("subId_user123", legacy = "The word itself, such as `user123`.")]
#[ComplexObject]
impl SubId {
    /// The word itself, such as `user123`, which clicks and leads name as their `subId`.
    async fn sub_id(&self) -> &str {
        &self.id
    }

    /// The global id of the affiliate whose link it is, such as `user_7`.
    async fn affiliate_id(&self) -> GlobalId {
        global_id::<User>(&self.affiliate_id)
    }

    /// What it advertises; null for an affiliate while the offer is not active.
    async fn offer(&self, ctx: &Context<'_>) -> Option<Result<Row<Offer>>> {
        ctx.get(IdOf::<offer_row::Entity>::new(self.offer_id)).await.transpose()
    }

    /// The link to spread.
    async fn tracking_url(&self, ctx: &Context<'_>) -> String {
        rules::tracking_url(ctx.domain(), &self.id)
    }
}

/// Sub ids as the viewer may see them.
#[derive(Default)]
pub struct SubIdQuery;

#[lists]
#[Object]
impl SubIdQuery {
    /// Sub ids in alphabetical order: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in
    /// another realm.
    async fn sub_ids(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<SubId>> {
        Ok(rules::sub_ids(ctx.domain(), ctx.viewer(), &list.by_column(Column::Id)).await?.into())
    }
}

/// The sub id after the change.
#[derive(SimpleObject)]
pub struct SubIdPayload {
    /// The sub id.
    sub_id: SubId,
}

mutations! {
    /// Changes to sub ids.
    SubIdMutation;

    /// Adds a sub id: for affiliates their own, for admins any affiliate's. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED`.
    create_sub_id("The new sub id.": CreateSubIdInput) -> SubIdPayload { sub_id };
}
