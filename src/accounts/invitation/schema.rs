//! Invitations.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use gerbang_graphql::timestamp::Timestamp;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    accounts::{
        Realm, Role,
        invitation::{
            row::Column,
            rules::{self as rules, AcceptInvitation, CreateInvitation, Open},
        },
        session::schema::SessionPayload,
        user::{self, schema::User},
    },
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
    },
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Invitation;

#[node("invitation_17", legacy = "The number of the invitation.")]
#[ComplexObject]
impl Invitation {
    /// Who invited; null if the viewer may not see them.
    async fn invited_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let key = IdOf::<user::row::Entity>::new(self.invited_by);
        ctx.load(key).await.transpose().map(|row| row.map(User::from))
    }

    /// The user that the guest became; null until then.
    async fn accepted_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let key = IdOf::<user::row::Entity>::new(self.accepted_by?);
        ctx.load(key).await.transpose().map(|row| row.map(User::from))
    }
}

/// An invitation that can be accepted, as its guest sees it.
pub struct OpenInvitation(Open);

/// An invitation that can be accepted, as its guest sees it.
#[Object]
impl OpenInvitation {
    /// The user base that the guest will belong to.
    async fn realm(&self) -> Realm {
        self.0.row.realm
    }

    /// The guest's e-mail address.
    async fn email(&self) -> &str {
        &self.0.row.email
    }

    /// The role that the guest will have.
    async fn role(&self) -> Role {
        self.0.row.role
    }

    /// When it dies, UTC.
    async fn expires_at(&self) -> Timestamp {
        self.0.row.expires_at.into()
    }

    /// The page of the web application on which it is accepted.
    async fn accept_url(&self) -> &str {
        &self.0.accept_url
    }
}

/// What invitations are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum InvitationOrder {
    /// The order in which they were made.
    #[default]
    Id,
    /// The guest's e-mail address, without regard to case.
    Email,
    /// When they die.
    ExpiresAt,
}

impl From<InvitationOrder> for Column {
    fn from(order: InvitationOrder) -> Self {
        match order {
            InvitationOrder::Id => Self::Id,
            InvitationOrder::Email => Self::EmailKey,
            InvitationOrder::ExpiresAt => Self::ExpiresAt,
        }
    }
}

/// Invitations.
#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// Invitations of the realm, for its admins; of all realms for gateway admins. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to sort by; `ID` by default.")] order_by: Option<InvitationOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Invitation>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let sort = sort(order_by, direction);
        Ok(rules::invitations(ctx.domain(), ctx.viewer(), sort, &request, wants_total(ctx)).await?.into())
    }

    /// The invitation with the code of a mailed link; null if it is unknown, accepted, taken back or expired. For
    /// anybody who has the code.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code in the link.")] code: String,
    ) -> Option<Result<OpenInvitation>> {
        rules::open_invitation(ctx.domain(), &code).await.transpose().map(|open| open.map(OpenInvitation))
    }
}

/// Who is invited.
#[derive(InputObject)]
pub struct CreateInvitationInput {
    /// The user base.
    realm: Realm,
    /// The guest's e-mail address.
    email: String,
    /// The role that the guest will have: ADMIN, NOTARY or PPAT in NOTARY, ADMIN or AFFILIATE in APEXTRACK, ADMIN in
    /// `TALENTS_MAPPING` and SCHOLARSHIP.
    role: Role,
    /// Minutes that the invitation lives, 1 to 43,200 (30 days).
    expires_in_minutes: i64,
}

/// The new invitation.
#[derive(SimpleObject)]
pub struct CreateInvitationPayload {
    /// The invitation.
    invitation: Invitation,
    /// The link that was mailed. It is shown only here: whoever has it can accept.
    link: String,
}

/// How a guest accepts.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// The code in the link.
    code: String,
    /// Full name, at most 255 characters.
    name: String,
    /// Password, at least 8 characters.
    password: String,
}

/// Which invitation is taken back.
#[derive(InputObject)]
pub struct RevokeInvitationInput {
    /// The invitation: `invitation_17` or `17`.
    id: ID,
}

/// The invitation after the change.
#[derive(SimpleObject)]
pub struct InvitationPayload {
    /// The invitation.
    invitation: Invitation,
}

/// Inviting and accepting.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites somebody by mail, in place of older invitations to the same address. For admins of the realm. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after many from one address or network. Once
    /// in an operation.
    async fn create_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is invited.")] input: CreateInvitationInput,
    ) -> Result<CreateInvitationPayload> {
        let CreateInvitationInput { realm, email, role, expires_in_minutes } = input;
        let input = CreateInvitation { realm, email, role, expires_in_minutes };
        let invited = rules::create_invitation(ctx.domain(), ctx.viewer(), ctx.client(), input).await?;
        Ok(CreateInvitationPayload { invitation: invited.row.into(), link: invited.link })
    }

    /// Uses an invitation up, makes its guest a user and logs them in. Errors: `NOT_FOUND` if it is unknown, used,
    /// taken back or expired; `VALIDATION_FAILED`, with `TAKEN` at `code` if somebody has the address meanwhile;
    /// `RATE_LIMITED` after many from one address or network. Once in an operation.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code and the new user.")] input: AcceptInvitationInput,
    ) -> Result<SessionPayload> {
        let AcceptInvitationInput { code, name, password } = input;
        let input = AcceptInvitation { code, name, password };
        Ok(rules::accept_invitation(ctx.domain(), ctx.client(), input).await?.into())
    }

    /// Takes an invitation back. For admins of the realm. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` also for
    /// one that was accepted.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: RevokeInvitationInput,
    ) -> Result<InvitationPayload> {
        let id = parse_id(<Invitation as Node>::KIND, &input.id).ok_or_else(|| Error::not_found("Invitation"))?;
        Ok(InvitationPayload { invitation: rules::revoke_invitation(ctx.domain(), ctx.viewer(), id).await?.into() })
    }
}
