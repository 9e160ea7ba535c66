//! Users, made and changed.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use gerbang_kernel::error::{Error, Result, Rule};

use super::schema::{User, user_ref};
use crate::{
    accounts::{
        Realm, Role,
        user::{
            self,
            new_users::{self, CreateUser},
            profiles::{self, UpdateUser},
            rules::UserRef,
        },
    },
    graphql::context::ContextExt,
    talents::partner::schema::Partner,
};
use gerbang_graphql::id::{Node, parse_id};

/// What a new user is made of.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// The user base.
    realm: Realm,
    /// What the user may do; one of the realm's roles.
    role: Role,
    /// Full name, at most 255 characters.
    name: String,
    /// E-mail address; unique within the realm. The admin vouches that it is the user's.
    email: String,
    /// User name, 2 to 100 characters; needed in STAFF, unique within the realm.
    username: Option<String>,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits.
    phone: Option<String>,
    /// First password, at least 8 characters (STAFF: 6).
    password: String,
    /// The partner that a PARTNER is bound to: `partner_3` or `3`.
    partner_id: Option<ID>,
    /// Code of the job position (STAFF); grants nothing.
    position_code: Option<String>,
    /// Postal address, at most 5,000 characters.
    address: Option<String>,
}

/// What changes of a user; what is absent stays as it is, null clears.
#[derive(InputObject)]
pub struct UpdateUserInput {
    /// The user: `user_17`, or the legacy id within the caller's realm.
    id: ID,
    /// Full name, at most 255 characters.
    name: Option<String>,
    /// E-mail address; a new one is to be verified again, and the old one is told.
    email: Option<String>,
    /// User name, 2 to 100 characters.
    username: Option<String>,
    /// Telephone number; null clears it.
    phone: MaybeUndefined<String>,
    /// Postal address; null clears it.
    address: MaybeUndefined<String>,
    /// Code of the job position (STAFF); null clears it.
    position_code: MaybeUndefined<String>,
    /// What the user may do; for admins, and not for themselves.
    role: Option<Role>,
    /// The partner that a PARTNER is bound to; for admins.
    partner_id: Option<ID>,
    /// The caller's own password; needed to change one's own e-mail address without being an admin.
    current_password: Option<String>,
}

/// Which user it is about.
#[derive(InputObject)]
pub struct UserIdInput {
    /// The user: `user_17`, or the legacy id within the caller's realm.
    id: ID,
}

/// The user after the change.
#[derive(SimpleObject)]
pub struct UserPayload {
    /// The user.
    pub(crate) user: User,
}

pub(crate) fn required_user(id: &ID) -> Result<UserRef> {
    user_ref(id).ok_or_else(|| Error::not_found("User"))
}

fn partner_key(id: Option<ID>) -> Result<Option<i64>> {
    id.map(|id| parse_id(<Partner as Node>::KIND, &id).ok_or_else(|| Error::violation("input.partnerId", Rule::Exists)))
        .transpose()
}

/// Changes to users.
#[derive(Default)]
pub struct UserMutation;

#[Object]
impl UserMutation {
    /// Makes a user. For admins of the realm. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    /// Once in an operation.
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new user.")] input: CreateUserInput,
    ) -> Result<UserPayload> {
        let CreateUserInput { realm, role, name, email, username, phone, password, partner_id, position_code, address } =
            input;
        let partner_id = partner_key(partner_id)?;
        let input =
            CreateUser { realm, role, name, email, username, phone, password, partner_id, position_code, address };
        Ok(UserPayload { user: new_users::create_user(ctx.domain(), ctx.viewer(), input).await?.into() })
    }

    /// Changes a user: anybody themselves, admins everybody of the realm. Errors: `UNAUTHENTICATED`, `NOT_FOUND`,
    /// `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after 5 wrong passwords a minute. Once in an operation.
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateUserInput,
    ) -> Result<UserPayload> {
        let UpdateUserInput {
            id,
            name,
            email,
            username,
            phone,
            address,
            position_code,
            role,
            partner_id,
            current_password,
        } = input;
        let which = required_user(&id)?;
        let changes = UpdateUser {
            name,
            email,
            username,
            phone: phone.into(),
            address: address.into(),
            position_code: position_code.into(),
            role,
            partner_id: partner_key(partner_id)?.map(Some),
            current_password,
        };
        Ok(UserPayload {
            user: profiles::update_user(ctx.domain(), ctx.viewer(), ctx.client(), which, changes).await?.into(),
        })
    }

    /// Locks a user out and ends all their sessions. For admins of the realm, not for themselves. Errors:
    /// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
    async fn suspend_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: UserIdInput,
    ) -> Result<UserPayload> {
        let which = required_user(&input.id)?;
        Ok(UserPayload { user: user::rules::suspend_user(ctx.domain(), ctx.viewer(), which).await?.into() })
    }

    /// Lets a suspended user in again. For admins of the realm. Errors: `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
    async fn reinstate_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: UserIdInput,
    ) -> Result<UserPayload> {
        let which = required_user(&input.id)?;
        Ok(UserPayload { user: user::rules::reinstate_user(ctx.domain(), ctx.viewer(), which).await?.into() })
    }
}
