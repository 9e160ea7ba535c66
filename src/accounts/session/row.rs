//! One log-in with a JWT. A token is live while its `jti` is the current one and the session is not revoked.

use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// One row of `jwt_sessions`.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel)]
#[sea_orm(table_name = "jwt_sessions")]
pub struct Model {
    /// The session's UUID, carried by every token of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Who logged in.
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

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who logged in.
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
    type Key = String;
    const KEY: Column = Column::Id;

    /// The caller's own.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::own(viewer, Column::UserId)
    }
}
