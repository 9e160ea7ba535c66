//! Sanctum-style tokens: `{id}|{secret}`, of which only the hash is kept.

use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// One row of `access_tokens`.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel)]
#[sea_orm(table_name = "access_tokens")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose token it is.
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

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose token it is.
    #[sea_orm(
        belongs_to = "crate::accounts::user::row::Entity",
        from = "Column::UserId",
        to = "crate::accounts::user::row::Column::Id",
        on_delete = "Cascade"
    )]
    User,
}

impl Related<crate::accounts::user::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

gerbang_platform::stamped!();

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// The caller's own.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::own(viewer, Column::UserId)
    }
}
