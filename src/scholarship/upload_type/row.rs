//! What an additional upload can be.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{Scope, Scoped},
    viewer::Viewer,
};

/// What an additional upload can be, such as a certificate.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "upload_types")]
#[graphql(name = "UploadType", complex)]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Name; unique.
    pub name: String,
    /// Place in the list, the lowest first.
    pub position: i32,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Entity {
    /// Upload types are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
