//! What a user is told inside the product.

use crate::prelude::row::*;

/// What a user is told inside the product.
#[row(table = "notifications", object = "Notification")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Who is told.
    #[graphql(skip)]
    pub user_id: i64,
    /// Headline.
    pub title: String,
    /// The text.
    #[sea_orm(column_type = "Text")]
    pub message: String,
    /// When it was first read, UTC; null until then.
    pub read_at: Option<Timestamp>,
    /// When it was written, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// The caller's own.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::own(viewer, Column::UserId)
    }
}
