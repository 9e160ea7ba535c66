//! Signing up.

use async_graphql::{Context, Object, SimpleObject};
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        sign_up::{
            attempts::{self, Attempt, ConfirmSignUpInput, Progress, SignUpTokenInput},
            rules::{self, SignUpInput, SignUpPayload},
        },
        user::admin_schema::UserPayload,
    },
    graphql::context::ContextExt,
};

/// The attempt after the change.
#[derive(SimpleObject)]
pub struct SignUpAttemptPayload {
    /// The attempt.
    attempt: Attempt,
}

/// Signing up.
#[derive(Default)]
pub struct SignUpMutation;

#[Object]
impl SignUpMutation {
    /// Signs up. APEXTRACK: makes an account and mails a code for `verifyEmail`. NOTARY: mails a link for
    /// `confirmSignUp`. SCHOLARSHIP: makes an account and logs in. Errors: `VALIDATION_FAILED`, `RATE_LIMITED` after 5
    /// mails to one address in a day, and after many sign-ups from one address or network. Once in an operation.
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs up.")] input: SignUpInput,
    ) -> Result<SignUpPayload> {
        rules::sign_up(ctx.domain(), ctx.client(), input).await
    }

    /// Makes the account of a sign-up of the notary office. Errors: `INVALID_CODE`. Once in an operation.
    async fn confirm_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the mailed link.")] input: ConfirmSignUpInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: attempts::confirm(ctx.domain(), input).await? })
    }

    /// How a sign-up stands; once it is confirmed, this logs in. Errors: `INVALID_TOKEN`.
    async fn sign_up_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the sign-up.")] input: SignUpTokenInput,
    ) -> Result<Progress> {
        attempts::status(ctx.domain(), ctx.client(), input).await
    }

    /// Mails a new link, which kills the old one. Errors: `INVALID_TOKEN`, `NOT_FOUND`, `ALREADY_CONFIRMED`,
    /// `RATE_LIMITED` within a minute of the last mail, after 5, and after many from one address or network. Once in an
    /// operation.
    async fn resend_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the sign-up.")] input: SignUpTokenInput,
    ) -> Result<SignUpAttemptPayload> {
        Ok(SignUpAttemptPayload { attempt: attempts::resend(ctx.domain(), ctx.client(), input).await? })
    }

    /// Calls a sign-up off. Errors: `INVALID_TOKEN`.
    async fn cancel_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the sign-up.")] input: SignUpTokenInput,
    ) -> Result<SignUpAttemptPayload> {
        Ok(SignUpAttemptPayload { attempt: attempts::cancel(ctx.domain(), input).await? })
    }
}
