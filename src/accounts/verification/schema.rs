//! Verifying e-mail addresses.

use crate::{
    accounts::{
        administration::schema::UserPayload,
        verification::rules::{self, VerifyEmailInput},
    },
    prelude::schema::*,
};

mutations! {
    /// Verifying the caller's e-mail address.
    VerificationMutation;

    /// Proves that the caller's e-mail address is theirs. Errors: `UNAUTHENTICATED`, `ALREADY_CONFIRMED`,
    /// `INVALID_CODE`, `RATE_LIMITED` after many tries from one address or network.
    verify_email[viewer, client]("The code of the mail.": VerifyEmailInput) -> UserPayload { user };

    @also {
        /// Mails the caller a new code, which kills older ones. Errors: `UNAUTHENTICATED`, `ALREADY_CONFIRMED`,
        /// `RATE_LIMITED` within a minute of the last one, after 5 in a day, and after many from one address or network.
        /// Once in an operation.
        async fn resend_verification(&self, ctx: &Context<'_>) -> Result<UserPayload> {
            Ok(UserPayload { user: rules::resend_verification(ctx.domain(), ctx.viewer(), ctx.client()).await? })
        }
    }
}
