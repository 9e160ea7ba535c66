//! New passwords.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use gerbang_graphql::integer::int;
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        Realm,
        password::{
            self,
            rules::{ChangePassword, Forgetful, ResetPassword},
        },
        session::schema::SessionPayload,
        user::admin_schema::UserPayload,
    },
    graphql::context::ContextExt,
};

/// Who has forgotten the password, by telephone number or e-mail address.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The user base.
    realm: Realm,
    /// The telephone number (NOTARY, SCHOLARSHIP); the code comes by SMS.
    phone: Option<String>,
    /// The e-mail address, which must be verified; the code comes by mail.
    email: Option<String>,
}

/// The same whether there is such an account or not.
#[derive(SimpleObject)]
pub struct RequestPasswordResetPayload {
    /// Minutes that a code lives.
    expires_in_minutes: i32,
}

/// A new password in place of a forgotten one.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// The user base.
    realm: Realm,
    /// The telephone number that the code was sent to.
    phone: Option<String>,
    /// The e-mail address that the code was sent to.
    email: Option<String>,
    /// The code.
    token: String,
    /// The new password, at least 8 characters (STAFF: 6).
    password: String,
    /// The new password again, if it was typed twice.
    password_confirmation: Option<String>,
}

/// A new password in place of the old one.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The old password.
    current_password: String,
    /// The new password, at least 8 characters (STAFF: 6).
    password: String,
    /// The new password again, if it was typed twice.
    password_confirmation: Option<String>,
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
        let RequestPasswordResetInput { realm, phone, email } = input;
        let input = Forgetful { realm, phone, email };
        let expires_in_minutes = int(password::rules::request_password_reset(ctx.domain(), ctx.client(), input).await?);
        Ok(RequestPasswordResetPayload { expires_in_minutes })
    }

    /// Sets a new password with a code and ends all sessions of the account. Errors: `VALIDATION_FAILED`, for a wrong
    /// code at `token`; `RATE_LIMITED` for a day after 10 wrong codes, and after many tries from one address or network.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code and the new password.")] input: ResetPasswordInput,
    ) -> Result<UserPayload> {
        let ResetPasswordInput { realm, phone, email, token, password, password_confirmation } = input;
        let account = Forgetful { realm, phone, email };
        let input = ResetPassword { account, token, password, password_confirmation };
        Ok(UserPayload { user: password::rules::reset_password(ctx.domain(), ctx.client(), input).await?.into() })
    }

    /// Changes the caller's password, ends all their sessions and opens a new one. Errors: `UNAUTHENTICATED`,
    /// `VALIDATION_FAILED`, `RATE_LIMITED` after 5 wrong passwords a minute.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old and the new password.")] input: ChangePasswordInput,
    ) -> Result<SessionPayload> {
        let ChangePasswordInput { current_password, password, password_confirmation } = input;
        let input = ChangePassword { current_password, password, password_confirmation };
        Ok(password::rules::change_password(ctx.domain(), ctx.viewer(), ctx.client(), input).await?.into())
    }
}
