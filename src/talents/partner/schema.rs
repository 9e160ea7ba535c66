//! Partners.

use gerbang_graphql::integer::int;

pub use super::row::Model as Partner;
use crate::{
    prelude::schema::*,
    talents::{
        client::{
            self,
            rules::ClientFilter,
            schema::{Client, ClientOrder},
        },
        partner::{
            row::{Column, Entity},
            rules::{self, CreatePartnerInput, DeletePartnerInput, PartnerFilter, UpdatePartnerInput},
        },
    },
};

#[node("partner_3", legacy = "The id in the legacy API, such as `3`.")]
#[lists]
#[ComplexObject]
impl Partner {
    /// How many clients it has.
    async fn clients_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let read = async |partners: Vec<i64>| client::rules::count_of(ctx.domain(), ctx.viewer(), &partners).await;
        Ok(int(ctx.load(self.id, read).await?.unwrap_or_default()))
    }

    /// The people it has assessed.
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which clients are wanted.")] filter: Option<ClientFilter>,
        #[list(order)] list: List<ClientOrder>,
    ) -> Result<Connection<Client>> {
        let filter = filter.unwrap_or_default();
        let read = async |partners: Vec<i64>| {
            let selected = ctx.selected::<Client>();
            client::rules::clients_of(ctx.domain(), ctx.viewer(), &partners, &filter, &list.by(), selected).await
        };
        Ok(ctx.load(self.id, read).await?.unwrap_or_default().into())
    }
}

/// What partners are sorted by.
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum PartnerOrder {
    /// The order in which they were added.
    #[default]
    Id,
    /// Name.
    Name,
    /// When they were added.
    CreatedAt,
}

/// Partners as the viewer may see them.
#[derive(Default)]
pub struct PartnerQuery;

#[lists]
#[Object]
impl PartnerQuery {
    /// Partners: all for admins, their own for a partner's user. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partners are wanted.")] filter: Option<PartnerFilter>,
        #[list(order)] list: List<PartnerOrder>,
    ) -> Result<Connection<Partner>> {
        Ok(rules::partners(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &list.by()).await?.into())
    }

    /// The partner with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `partner_3` or the legacy id `3`.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Partner>>> {
        ctx.find(id).await.transpose()
    }
}

/// The partner after the change.
#[derive(SimpleObject)]
pub struct PartnerPayload {
    /// The partner; after a deletion, as it was.
    partner: Partner,
}

mutations! {
    /// Changes to partners, for admins of talents mapping.
    PartnerMutation;

    /// Adds a partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    create_partner("The new partner.": CreatePartnerInput) -> PartnerPayload { partner };

    /// Changes a partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    update_partner("The changes.": UpdatePartnerInput) -> PartnerPayload { partner };

    /// Removes a partner that has neither clients nor users. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`IN_USE`).
    delete_partner("The partner.": DeletePartnerInput) -> PartnerPayload { partner };
}
