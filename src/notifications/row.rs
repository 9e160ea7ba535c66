//! What a user is told inside the product.

use async_graphql::SimpleObject;
use gerbang_graphql::timestamp::Timestamp;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{self, Scoped},
    viewer::Viewer,
};

/// What a user is told inside the product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "notifications")]
#[graphql(name = "Notification", complex)]
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

gerbang_platform::stamped!();

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    /// The caller's own.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::own(viewer, Column::UserId))
    }
}
