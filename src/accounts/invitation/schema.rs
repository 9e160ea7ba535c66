//! Invitations.

pub use super::row::Model as Invitation;
use crate::{
    accounts::{
        invitation::{
            row::Column,
            rules::{
                self, AcceptInvitationInput, CreateInvitationInput, CreateInvitationPayload, OpenInvitation,
                RevokeInvitationInput,
            },
        },
        session::rules::Session,
        user::{self, schema::User},
    },
    prelude::schema::*,
};

#[node("invitation_17", legacy = "The number of the invitation.")]
#[ComplexObject]
impl Invitation {
    /// Who invited; null if the viewer may not see them.
    async fn invited_by(&self, ctx: &Context<'_>) -> Option<Result<Row<User>>> {
        ctx.get(IdOf::<user::row::Entity>::new(self.invited_by)).await.transpose()
    }

    /// The user that the guest became; null until then.
    async fn accepted_by(&self, ctx: &Context<'_>) -> Option<Result<Row<User>>> {
        ctx.get(IdOf::<user::row::Entity>::new(self.accepted_by?)).await.transpose()
    }
}

/// What invitations are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq, Columns)]
pub enum InvitationOrder {
    /// The order in which they were made.
    #[default]
    Id,
    /// The guest's e-mail address, without regard to case.
    #[column(EmailKey)]
    Email,
    /// When they die.
    ExpiresAt,
}

/// Invitations.
#[derive(Default)]
pub struct InvitationQuery;

#[lists]
#[Object]
impl InvitationQuery {
    /// Invitations of the realm, for its admins; of all realms for gateway admins. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[list(order)] list: List<InvitationOrder>,
    ) -> Result<Connection<Invitation>> {
        Ok(rules::invitations(ctx.domain(), ctx.viewer(), &list.by()).await?.into())
    }

    /// The invitation with the code of a mailed link; null if it is unknown, accepted, taken back or expired. For
    /// anybody who has the code.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code in the link.")] code: String,
    ) -> Option<Result<OpenInvitation>> {
        rules::open_invitation(ctx.domain(), &code).await.transpose()
    }
}

/// The invitation after the change.
#[derive(SimpleObject)]
pub struct InvitationPayload {
    /// The invitation.
    invitation: Invitation,
}

mutations! {
    /// Inviting and accepting.
    InvitationMutation;

    /// Invites somebody by mail, in place of older invitations to the same address. For admins of the realm. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after many from one address or network. Once
    /// in an operation.
    create_invitation[viewer, client]("Who is invited.": CreateInvitationInput) -> CreateInvitationPayload;

    /// Uses an invitation up, makes its guest a user and logs them in. Errors: `NOT_FOUND` if it is unknown, used,
    /// taken back or expired; `VALIDATION_FAILED`, with `TAKEN` at `code` if somebody has the address meanwhile;
    /// `RATE_LIMITED` after many from one address or network. Once in an operation.
    accept_invitation[client]("The code and the new user.": AcceptInvitationInput) -> Session;

    /// Takes an invitation back. For admins of the realm. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` also for
    /// one that was accepted.
    revoke_invitation("The invitation.": RevokeInvitationInput) -> InvitationPayload { invitation };
}
