//! New passwords.

use async_graphql::SimpleObject;

use crate::{
    accounts::{
        administration::schema::UserPayload,
        password::rules::{self, ChangePasswordInput, RequestPasswordResetInput, ResetPasswordInput},
        session::rules::Session,
    },
    graphql::mutations::mutations,
};

/// The same whether there is such an account or not.
#[derive(SimpleObject)]
pub struct RequestPasswordResetPayload {
    /// Minutes that a code lives.
    expires_in_minutes: i32,
}

mutations! {
    /// New passwords.
    PasswordMutation;

    /// Sends a code that allows to set a new password, if there is such an account. Errors: `VALIDATION_FAILED`,
    /// `RATE_LIMITED` within a minute of the last request, after 5 in a day, for a day after 10 wrong codes, and after
    /// many requests from one address or network. Once in an operation.
    request_password_reset[client]("Who has forgotten the password.": RequestPasswordResetInput)
        -> RequestPasswordResetPayload { expires_in_minutes };

    /// Sets a new password with a code and ends all sessions of the account. Errors: `VALIDATION_FAILED`, for a wrong
    /// code at `token`; `RATE_LIMITED` for a day after 10 wrong codes, and after many tries from one address or network.
    reset_password[client]("The code and the new password.": ResetPasswordInput) -> UserPayload { user };

    /// Changes the caller's password, ends all their sessions and opens a new one. Errors: `UNAUTHENTICATED`,
    /// `VALIDATION_FAILED`, `RATE_LIMITED` after 5 wrong passwords a minute.
    change_password[viewer, client]("The old and the new password.": ChangePasswordInput) -> Session;
}
