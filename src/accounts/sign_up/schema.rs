//! Signing up.

use async_graphql::SimpleObject;

use crate::{
    accounts::{
        administration::schema::UserPayload,
        sign_up::{
            attempts::{Attempt, ConfirmSignUpInput, Progress, SignUpTokenInput},
            rules::{self, SignUpInput, SignUpPayload},
        },
    },
    graphql::mutations::mutations,
};

/// The attempt after the change.
#[derive(SimpleObject)]
pub struct SignUpAttemptPayload {
    /// The attempt.
    attempt: Attempt,
}

mutations! {
    /// Signing up.
    SignUpMutation;

    /// Signs up. APEXTRACK: makes an account and mails a code for `verifyEmail`. NOTARY: mails a link for
    /// `confirmSignUp`. SCHOLARSHIP: makes an account and logs in. Errors: `VALIDATION_FAILED`, `RATE_LIMITED` after 5
    /// mails to one address in a day, and after many sign-ups from one address or network. Once in an operation.
    sign_up[client]("Who signs up.": SignUpInput) -> SignUpPayload;

    /// Makes the account of a sign-up of the notary office. Errors: `INVALID_CODE`. Once in an operation.
    confirm_sign_up[]("The code of the mailed link.": ConfirmSignUpInput) -> UserPayload { user };

    /// How a sign-up stands; once it is confirmed, this logs in. Errors: `INVALID_TOKEN`.
    sign_up_status[client]("The token of the sign-up.": SignUpTokenInput) -> Progress;

    /// Mails a new link, which kills the old one. Errors: `INVALID_TOKEN`, `NOT_FOUND`, `ALREADY_CONFIRMED`,
    /// `RATE_LIMITED` within a minute of the last mail, after 5, and after many from one address or network. Once in an
    /// operation.
    resend_sign_up[client]("The token of the sign-up.": SignUpTokenInput) -> SignUpAttemptPayload { attempt };

    /// Calls a sign-up off. Errors: `INVALID_TOKEN`.
    cancel_sign_up[]("The token of the sign-up.": SignUpTokenInput) -> SignUpAttemptPayload { attempt };
}
