//! Sanctum-style tokens: `{id}|{secret}`, of which only the hash is kept.

use crate::prelude::row::*;

/// One row of `access_tokens`.
#[row(table = "access_tokens")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose token it is.
    #[refers_to(crate::accounts::user::row)]
    pub user_id: i64,
    /// The device it was issued to.
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal.
    pub token_hash: String,
    /// JSON list of what it allows; `["*"]` is everything.
    #[sea_orm(column_type = "Text")]
    pub abilities: String,
    /// When it last opened something.
    pub last_used_at: Option<DateTimeUtc>,
    /// When it dies; absent: never.
    pub expires_at: Option<DateTimeUtc>,
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
