//! What a user is told inside the product.

use sea_orm::entity::prelude::*;

use crate::{
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `notifications`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TextUuid,
    /// Who is told.
    pub user_id: i64,
    /// Headline.
    pub title: String,
    /// The text.
    #[sea_orm(column_type = "Text")]
    pub message: String,
    /// When it was read.
    pub read_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who is told.
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

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    /// The caller's own.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::own(viewer, Column::UserId))
    }
}
