//! What a user is told inside the product.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// What a user is told inside the product.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
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

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    /// The caller's own.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::own(viewer, Column::UserId)
    }
}
