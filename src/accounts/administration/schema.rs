//! Users, made and changed.

use async_graphql::SimpleObject;

use crate::{
    accounts::user::{new_users::CreateUserInput, profiles::UpdateUserInput, rules::UserIdInput, schema::User},
    graphql::mutations::mutations,
};

/// The rules behind them.
mod rules {
    pub(super) use crate::accounts::user::{
        new_users::create_user,
        profiles::update_user,
        rules::{reinstate_user, suspend_user},
    };
}

/// The user after the change.
#[derive(SimpleObject)]
pub struct UserPayload {
    /// The user.
    pub(crate) user: User,
}

mutations! {
    /// Changes to users.
    UserMutation;

    /// Makes a user. For admins of the realm. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    /// Once in an operation.
    create_user("The new user.": CreateUserInput) -> UserPayload { user };

    /// Changes a user: anybody themselves, admins everybody of the realm. Errors: `UNAUTHENTICATED`, `NOT_FOUND`,
    /// `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after 5 wrong passwords a minute. Once in an operation.
    update_user[viewer, client]("The changes.": UpdateUserInput) -> UserPayload { user };

    /// Locks a user out and ends all their sessions. For admins of the realm, not for themselves. Errors:
    /// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
    suspend_user("The user.": UserIdInput) -> UserPayload { user };

    /// Lets a suspended user in again. For admins of the realm. Errors: `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
    reinstate_user("The user.": UserIdInput) -> UserPayload { user };
}
