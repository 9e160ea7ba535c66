//! Verifying e-mail addresses.

use async_graphql::{Context, InputObject, Object};
use gerbang_kernel::error::Result;

use crate::{
    accounts::{user::admin_schema::UserPayload, verification::rules},
    graphql::context::ContextExt,
};

/// The code of a mail.
#[derive(InputObject)]
pub struct VerifyEmailInput {
    /// The six digits.
    code: String,
}

/// Verifying the caller's e-mail address.
#[derive(Default)]
pub struct VerificationMutation;

#[Object]
impl VerificationMutation {
    /// Proves that the caller's e-mail address is theirs. Errors: `UNAUTHENTICATED`, `ALREADY_CONFIRMED`,
    /// `INVALID_CODE`, `RATE_LIMITED` after many tries from one address or network.
    async fn verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the mail.")] input: VerifyEmailInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::verify_email(ctx.domain(), ctx.viewer(), ctx.client(), &input.code).await? })
    }

    /// Mails the caller a new code, which kills older ones. Errors: `UNAUTHENTICATED`, `ALREADY_CONFIRMED`,
    /// `RATE_LIMITED` within a minute of the last one, after 5 in a day, and after many from one address or network.
    /// Once in an operation.
    async fn resend_verification(&self, ctx: &Context<'_>) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::resend_verification(ctx.domain(), ctx.viewer(), ctx.client()).await? })
    }
}
