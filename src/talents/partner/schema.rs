//! Partners.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use gerbang_graphql::integer::int;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
    },
    talents::{
        client::schema::{Client, ClientCount, ClientFilter, ClientList, ClientOrder, ClientsOf},
        partner::{row::Column, rules},
    },
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Partner;

#[node("partner_3", legacy = "The id in the legacy API, such as `3`.")]
#[ComplexObject]
impl Partner {
    /// How many clients it has.
    async fn clients_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(ctx.load(ClientCount(self.id)).await?.unwrap_or_default()))
    }

    /// The people it has assessed.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which clients are wanted.")] filter: Option<ClientFilter>,
        #[graphql(desc = "What to sort by; `ID` by default.")] order_by: Option<ClientOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Client>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let wanted = ClientList { filter, order_by, direction, request, count: wants_total(ctx) };
        let key = ClientsOf { partner_id: self.id, list: Arc::new(wanted) };
        Ok(ctx.load(key).await?.unwrap_or_default().into())
    }
}

/// What partners are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum PartnerOrder {
    /// The order in which they were added.
    #[default]
    Id,
    /// Name.
    Name,
    /// When they were added.
    CreatedAt,
}

impl From<PartnerOrder> for Column {
    fn from(order: PartnerOrder) -> Self {
        match order {
            PartnerOrder::Id => Self::Id,
            PartnerOrder::Name => Self::Name,
            PartnerOrder::CreatedAt => Self::CreatedAt,
        }
    }
}

/// Which partners are wanted.
#[derive(Debug, Default, InputObject)]
pub struct PartnerFilter {
    /// Part of the name or e-mail address, without regard to case.
    search: Option<String>,
}

/// Partners as the viewer may see them.
#[derive(Default)]
pub struct PartnerQuery;

#[Object]
impl PartnerQuery {
    /// Partners: all for admins, their own for a partner's user. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partners are wanted.")] filter: Option<PartnerFilter>,
        #[graphql(desc = "What to sort by; `ID` by default.")] order_by: Option<PartnerOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Partner>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let search = filter.unwrap_or_default().search;
        let sort = sort(order_by, direction);
        let page =
            rules::partners(ctx.domain(), ctx.viewer(), search.as_deref(), sort, &request, wants_total(ctx)).await?;
        Ok(page.into())
    }

    /// The partner with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `partner_3` or the legacy id `3`.")] id: ID,
    ) -> Option<Result<Partner>> {
        let id = parse_id(<Partner as Node>::KIND, &id)?;
        rules::partner(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// What a new partner is made of.
#[derive(Debug, InputObject)]
pub struct CreatePartnerInput {
    /// Name of the organisation, at most 255 characters.
    name: String,
    /// Contact e-mail address.
    email: String,
    /// Contact telephone number: `+` or a leading 0 and 8 to 15 digits.
    phone: Option<String>,
    /// Postal address, at most 5,000 characters.
    address: Option<String>,
}

/// What changes of a partner; what is absent stays as it is, null clears.
#[derive(Debug, InputObject)]
pub struct UpdatePartnerInput {
    /// The partner: `partner_3` or `3`.
    id: ID,
    /// Name of the organisation, at most 255 characters.
    name: Option<String>,
    /// Contact e-mail address.
    email: Option<String>,
    /// Contact telephone number; null clears it.
    phone: MaybeUndefined<String>,
    /// Postal address; null clears it.
    address: MaybeUndefined<String>,
}

/// Which partner is removed.
#[derive(Debug, InputObject)]
pub struct DeletePartnerInput {
    /// The partner: `partner_3` or `3`.
    id: ID,
}

/// The partner after the change.
#[derive(SimpleObject)]
pub struct PartnerPayload {
    /// The partner; after a deletion, as it was.
    partner: Partner,
}

/// Changes to partners, for admins of talents mapping.
#[derive(Default)]
pub struct PartnerMutation;

#[Object]
impl PartnerMutation {
    /// Adds a partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn create_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new partner.")] input: CreatePartnerInput,
    ) -> Result<PartnerPayload> {
        let CreatePartnerInput { name, email, phone, address } = input;
        let input = rules::CreatePartner { name, email, phone, address };
        Ok(PartnerPayload { partner: rules::create_partner(ctx.domain(), ctx.viewer(), input).await?.into() })
    }

    /// Changes a partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn update_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartnerInput,
    ) -> Result<PartnerPayload> {
        let UpdatePartnerInput { id, name, email, phone, address } = input;
        let id = parse_id(<Partner as Node>::KIND, &id).ok_or_else(|| Error::not_found("Partner"))?;
        let changes = rules::UpdatePartner { name, email, phone: phone.into(), address: address.into() };
        Ok(PartnerPayload { partner: rules::update_partner(ctx.domain(), ctx.viewer(), id, changes).await?.into() })
    }

    /// Removes a partner that has neither clients nor users. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`IN_USE`).
    async fn delete_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner.")] input: DeletePartnerInput,
    ) -> Result<PartnerPayload> {
        let id = parse_id(<Partner as Node>::KIND, &input.id).ok_or_else(|| Error::not_found("Partner"))?;
        Ok(PartnerPayload { partner: rules::delete_partner(ctx.domain(), ctx.viewer(), id).await?.into() })
    }
}
