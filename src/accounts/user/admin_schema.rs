//! Users, made and changed.

use async_graphql::{Context, Object, SimpleObject};
use gerbang_kernel::error::Result;

use super::{
    new_users::{self, CreateUserInput},
    profiles::{self, UpdateUserInput},
    rules::{self, UserIdInput},
    schema::User,
};
use crate::graphql::context::ContextExt;

/// The user after the change.
#[derive(SimpleObject)]
pub struct UserPayload {
    /// The user.
    pub(crate) user: User,
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
        Ok(UserPayload { user: new_users::create_user(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Changes a user: anybody themselves, admins everybody of the realm. Errors: `UNAUTHENTICATED`, `NOT_FOUND`,
    /// `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after 5 wrong passwords a minute. Once in an operation.
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateUserInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: profiles::update_user(ctx.domain(), ctx.viewer(), ctx.client(), input).await? })
    }

    /// Locks a user out and ends all their sessions. For admins of the realm, not for themselves. Errors:
    /// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
    async fn suspend_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: UserIdInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::suspend_user(ctx.domain(), ctx.viewer(), &input.id).await? })
    }

    /// Lets a suspended user in again. For admins of the realm. Errors: `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
    async fn reinstate_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: UserIdInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::reinstate_user(ctx.domain(), ctx.viewer(), &input.id).await? })
    }
}
