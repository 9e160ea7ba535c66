//! One log-in with a JWT. A token is live while its `jti` is the current one and the session is not revoked.

use crate::prelude::row::*;

/// One row of `jwt_sessions`.
#[row(table = "jwt_sessions")]
pub struct Model {
    /// The session's UUID, carried by every token of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Who logged in.
    #[refers_to(crate::accounts::user::row)]
    pub user_id: i64,
    /// The id of the one token that is live.
    pub current_jti: String,
    /// The id of the token that the live one was exchanged for.
    pub previous_jti: Option<String>,
    /// When that was.
    pub exchanged_at: Option<DateTimeUtc>,
    /// When the password was given.
    pub logged_in_at: DateTimeUtc,
    /// Until when a token of this session may be exchanged for a new one.
    pub refreshable_until: DateTimeUtc,
    /// When it was ended.
    pub revoked_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl Scoped for Entity {
    /// The caller's own.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::own(viewer, Column::UserId)
    }
}
