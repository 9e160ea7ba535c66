//! Named texts of a site.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{Scope, Scoped},
    viewer::Viewer,
};

/// A named text of the site.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "settings")]
#[graphql(name = "Setting", complex)]
pub struct Model {
    /// Its name, such as `hero_title`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Its text.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Entity {
    /// Settings are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    type Key = String;
    const KEY: Column = Column::Key;

    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
