//! Clients.

pub use super::row::Model as Client;
use crate::{
    input::id::check_id,
    prelude::schema::*,
    talents::{
        assessment::schema::AssessmentResult,
        client::{
            row::{Column, Entity},
            rules::{
                self, ArchiveClientInput, ClientFilter, CreateClientInput, DeleteClientInput, RestoreClientInput,
                UpdateClientInput,
            },
        },
        partner::{row as partner_row, schema::Partner},
    },
};

#[node("client_17", legacy = "The id in the legacy API, such as `17`.")]
#[ComplexObject]
impl Client {
    /// The global id of the partner who has them assessed, such as `partner_3`.
    async fn partner_id(&self) -> GlobalId {
        global_id::<Partner>(&self.partner_id)
    }

    /// The partner who has them assessed.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Row<Partner>> {
        ctx.referred::<partner_row::Entity>(self.partner_id).await
    }

    /// What the assessment found; null while there is none.
    async fn assessment_result(&self, ctx: &Context<'_>) -> Option<Result<Row<AssessmentResult>>> {
        ctx.found::<AssessmentResult>(self.id).await.transpose()
    }
}

/// What clients are sorted by.
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq, Hash)]
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

/// Clients as the viewer may see them.
#[derive(Default)]
pub struct ClientQuery;

#[lists]
#[Object]
impl ClientQuery {
    /// Clients: all for admins, their own for a partner's user. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which clients are wanted.")] filter: Option<ClientFilter>,
        #[list(order)] list: List<ClientOrder>,
    ) -> Result<Connection<Client>> {
        let filter = filter.unwrap_or_default();
        check_id(ctx, filter.partner_id.as_ref(), "filter.partnerId")?;
        Ok(rules::clients(ctx.domain(), ctx.viewer(), &filter, &list.by()).await?.into())
    }

    /// The client with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `client_17` or the legacy id `17`.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Client>>> {
        ctx.find(id).await.transpose()
    }
}

/// The client after the change.
#[derive(SimpleObject)]
pub struct ClientPayload {
    /// The client; after a deletion, as they were.
    client: Client,
}

mutations! {
    /// Changes to clients, for admins of talents mapping and for partners among their own.
    ClientMutation;

    /// Adds a client, who is `INVITED` until there is a result. For admins, and for a partner's user within their
    /// partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    create_client("The new client.": CreateClientInput) -> ClientPayload { client };

    /// Changes a client. For admins, and for a partner's user within their partner. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    update_client("The changes.": UpdateClientInput) -> ClientPayload { client };

    /// Puts a client away as `ARCHIVED`; the result is kept. For admins, and for a partner's user within their
    /// partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    archive_client("The client.": ArchiveClientInput) -> ClientPayload { client };

    /// Takes an archived client back: `ASSESSED` with a result, else `INVITED`. For admins, and for a partner's user
    /// within their partner. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    restore_client("The client.": RestoreClientInput) -> ClientPayload { client };

    /// Removes a client together with the result. For admins. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    delete_client("The client.": DeleteClientInput) -> ClientPayload { client };
}
