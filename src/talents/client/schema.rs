//! Clients.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject, dataloader::Loader,
};
use chrono::NaiveDate;
use gerbang_graphql::date::Date;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{Page, PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
        loaders::Batches,
    },
    talents::{
        assessment::schema::{AssessmentResult, ResultOf},
        client::{
            row::{Column, Gender, Model, Status},
            rules,
        },
        partner::{self, row as partner_row, schema::Partner},
    },
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node, parse_id};

pub use super::row::Model as Client;

#[node("client_17", legacy = "The id in the legacy API, such as `17`.")]
#[ComplexObject]
impl Client {
    /// The global id of the partner who has them assessed, such as `partner_3`.
    async fn partner_id(&self) -> GlobalId {
        global_id::<partner::row::Model>(&self.partner_id)
    }

    /// The partner who has them assessed.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner> {
        let row = ctx.load(IdOf::<partner_row::Entity>::new(self.partner_id)).await?;
        row.map(Partner::from).ok_or_else(|| Error::not_found("Partner"))
    }

    /// What the assessment found; null while there is none.
    async fn assessment_result(&self, ctx: &Context<'_>) -> Option<Result<AssessmentResult>> {
        ctx.load(ResultOf(self.id)).await.transpose().map(|result| result.map(AssessmentResult))
    }
}

/// What clients are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq, Hash)]
pub enum ClientOrder {
    /// The order in which they were added.
    #[default]
    Id,
    /// Name.
    Name,
    /// E-mail address.
    Email,
    /// When they were added.
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
}

impl From<ClientOrder> for Column {
    fn from(order: ClientOrder) -> Self {
        match order {
            ClientOrder::Id => Self::Id,
            ClientOrder::Name => Self::Name,
            ClientOrder::Email => Self::Email,
            ClientOrder::CreatedAt => Self::CreatedAt,
            ClientOrder::UpdatedAt => Self::UpdatedAt,
        }
    }
}

/// Which clients are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ClientFilter {
    /// Part of the name or e-mail address, without regard to case.
    search: Option<String>,
    /// Only those of this partner: `partner_3` or `3`.
    partner_id: Option<ID>,
    /// Only those whose assessment is this far.
    status: Option<Status>,
}

impl From<ClientFilter> for rules::ClientFilter {
    fn from(ClientFilter { search, partner_id, status }: ClientFilter) -> Self {
        // No partner has the key 0, as none has an id of another format.
        let partner_id = partner_id.map(|id| parse_id(<partner::row::Model as Node>::KIND, &id).unwrap_or_default());
        Self { search, partner_id, status }
    }
}

/// Clients as the viewer may see them.
#[derive(Default)]
pub struct ClientQuery;

#[Object]
impl ClientQuery {
    /// Clients: all for admins, their own for a partner's user. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
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
        let sort = sort(order_by, direction);
        Ok(rules::clients(ctx.domain(), ctx.viewer(), &filter, sort, &request, wants_total(ctx)).await?.into())
    }

    /// The client with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `client_17` or the legacy id `17`.")] id: ID,
    ) -> Option<Result<Client>> {
        let id = parse_id(<Client as Node>::KIND, &id)?;
        rules::client(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// What a new client is made of.
#[derive(Debug, InputObject)]
pub struct CreateClientInput {
    /// The partner who has them assessed: `partner_3` or `3`; a partner's user may leave it out.
    partner_id: Option<ID>,
    /// Full name, at most 255 characters.
    name: String,
    /// E-mail address.
    email: String,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits.
    phone: Option<String>,
    /// Gender.
    gender: Option<Gender>,
    /// Date of birth, not in the future.
    birth_date: Option<Date>,
}

/// What changes of a client; what is absent stays as it is, null clears.
#[derive(Debug, InputObject)]
pub struct UpdateClientInput {
    /// The client: `client_17` or `17`.
    id: ID,
    /// Full name, at most 255 characters.
    name: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Telephone number; null clears it.
    phone: MaybeUndefined<String>,
    /// Gender; null clears it.
    gender: MaybeUndefined<Gender>,
    /// Date of birth, not in the future; null clears it.
    birth_date: MaybeUndefined<Date>,
}

/// Which client is put away.
#[derive(Debug, InputObject)]
pub struct ArchiveClientInput {
    /// The client: `client_17` or `17`.
    id: ID,
}

/// Which client is taken back.
#[derive(Debug, InputObject)]
pub struct RestoreClientInput {
    /// The client: `client_17` or `17`.
    id: ID,
}

/// Which client is removed.
#[derive(Debug, InputObject)]
pub struct DeleteClientInput {
    /// The client: `client_17` or `17`.
    id: ID,
}

/// The client after the change.
#[derive(SimpleObject)]
pub struct ClientPayload {
    /// The client; after a deletion, as they were.
    client: Client,
}

impl From<Model> for ClientPayload {
    fn from(row: Model) -> Self {
        Self { client: row.into() }
    }
}

/// The key in an id that an input names.
pub(crate) fn key(id: &ID) -> Result<i64> {
    parse_id(<Client as Node>::KIND, id).ok_or_else(|| Error::not_found("Client"))
}

/// Changes to clients, for admins of talents mapping and for partners among their own.
#[derive(Default)]
pub struct ClientMutation;

#[Object]
impl ClientMutation {
    /// Adds a client, who is `INVITED` until there is a result. For admins, and for a partner's user within their
    /// partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn create_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new client.")] input: CreateClientInput,
    ) -> Result<ClientPayload> {
        let CreateClientInput { partner_id, name, email, phone, gender, birth_date } = input;
        let partner_id = partner_id.map(|id| parse_id(<partner::row::Model as Node>::KIND, &id).unwrap_or_default());
        let birth_date = birth_date.map(NaiveDate::from);
        let input = rules::CreateClient { partner_id, name, email, phone, gender, birth_date };
        Ok(rules::create_client(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Changes a client. For admins, and for a partner's user within their partner. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn update_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateClientInput,
    ) -> Result<ClientPayload> {
        let UpdateClientInput { id, name, email, phone, gender, birth_date } = input;
        let (phone, gender, birth_date) = (phone.into(), gender.into(), birth_date.map_value(NaiveDate::from).into());
        let changes = rules::UpdateClient { name, email, phone, gender, birth_date };
        Ok(rules::update_client(ctx.domain(), ctx.viewer(), key(&id)?, changes).await?.into())
    }

    /// Puts a client away as `ARCHIVED`; the result is kept. For admins, and for a partner's user within their
    /// partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn archive_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client.")] input: ArchiveClientInput,
    ) -> Result<ClientPayload> {
        Ok(rules::archive_client(ctx.domain(), ctx.viewer(), key(&input.id)?).await?.into())
    }

    /// Takes an archived client back: `ASSESSED` with a result, else `INVITED`. For admins, and for a partner's user
    /// within their partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn restore_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client.")] input: RestoreClientInput,
    ) -> Result<ClientPayload> {
        Ok(rules::restore_client(ctx.domain(), ctx.viewer(), key(&input.id)?).await?.into())
    }

    /// Removes a client together with the result. For admins. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn delete_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client.")] input: DeleteClientInput,
    ) -> Result<ClientPayload> {
        Ok(rules::delete_client(ctx.domain(), ctx.viewer(), key(&input.id)?).await?.into())
    }
}

/// A page of the clients of one partner.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientsOf {
    /// The partner.
    pub partner_id: i64,
    /// Which page of which list.
    pub list: Arc<ClientList>,
}

/// Which clients are wanted, in which order, and which page of them.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ClientList {
    /// Which clients are wanted.
    pub filter: rules::ClientFilter,
    /// What they are sorted by.
    pub order_by: Option<ClientOrder>,
    /// Which way.
    pub direction: Option<Direction>,
    /// Which page.
    pub request: PageRequest,
    /// Whether the whole list is to be counted.
    pub count: bool,
}

impl Loader<ClientsOf> for Batches {
    type Value = Page<Model>;
    type Error = Error;

    async fn load(&self, keys: &[ClientsOf]) -> Result<HashMap<ClientsOf, Page<Model>>> {
        let mut partners_by_list: HashMap<&Arc<ClientList>, Vec<i64>> = HashMap::new();
        for key in keys {
            partners_by_list.entry(&key.list).or_default().push(key.partner_id);
        }
        let mut pages = HashMap::with_capacity(keys.len());
        for (list, partners) in partners_by_list {
            let ClientList { filter, order_by, direction, request, count } = &**list;
            let page = (request, *count);
            let sort = sort(*order_by, *direction);
            let found = rules::clients_of(&self.domain, &self.viewer, &partners, filter, sort, page).await?;
            pages.extend(
                found.into_iter().map(|(partner_id, page)| (ClientsOf { partner_id, list: Arc::clone(list) }, page)),
            );
        }
        Ok(pages)
    }
}

/// How many clients the partner with this key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientCount(pub i64);

impl Loader<ClientCount> for Batches {
    type Value = u64;
    type Error = Error;

    async fn load(&self, keys: &[ClientCount]) -> Result<HashMap<ClientCount, u64>> {
        let partners: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let counts = rules::count_of(&self.domain, &self.viewer, &partners).await?;
        Ok(counts.into_iter().map(|(partner, count)| (ClientCount(partner), count)).collect())
    }
}
