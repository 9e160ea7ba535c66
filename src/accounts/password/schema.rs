//! New passwords.

use async_graphql::{Context, Object, SimpleObject};
use gerbang_graphql::integer::int;
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        password::rules::{self, ChangePasswordInput, RequestPasswordResetInput, ResetPasswordInput},
        session::rules::Session,
        user::admin_schema::UserPayload,
    },
    graphql::context::ContextExt,
};

/// The same whether there is such an account or not.
#[derive(SimpleObject)]
pub struct RequestPasswordResetPayload {
    /// Minutes that a code lives.
    expires_in_minutes: i32,
}

/// New passwords.
#[derive(Default)]
pub struct PasswordMutation;

#[Object]
impl PasswordMutation {
    /// Sends a code that allows to set a new password, if there is such an account. Errors: `VALIDATION_FAILED`,
    /// `RATE_LIMITED` within a minute of the last request, after 5 in a day, for a day after 10 wrong codes, and after
    /// many requests from one address or network. Once in an operation.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who has forgotten the password.")] input: RequestPasswordResetInput,
    ) -> Result<RequestPasswordResetPayload> {
        let expires_in_minutes = int(rules::request_password_reset(ctx.domain(), ctx.client(), input).await?);
        Ok(RequestPasswordResetPayload { expires_in_minutes })
    }

    /// Sets a new password with a code and ends all sessions of the account. Errors: `VALIDATION_FAILED`, for a wrong
    /// code at `token`; `RATE_LIMITED` for a day after 10 wrong codes, and after many tries from one address or network.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code and the new password.")] input: ResetPasswordInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::reset_password(ctx.domain(), ctx.client(), input).await? })
    }

    /// Changes the caller's password, ends all their sessions and opens a new one. Errors: `UNAUTHENTICATED`,
    /// `VALIDATION_FAILED`, `RATE_LIMITED` after 5 wrong passwords a minute.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old and the new password.")] input: ChangePasswordInput,
    ) -> Result<Session> {
        rules::change_password(ctx.domain(), ctx.viewer(), ctx.client(), input).await
    }
}
