//! Affiliate networks, which report conversions.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// An affiliate network, which reports conversions. Its secret is shown only when it is made.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "networks")]
#[graphql(name = "Network", complex)]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// What its postbacks must carry.
    #[graphql(skip)]
    pub secret: Option<String>,
    /// Whether its postbacks are taken as long as it has no secret.
    pub allow_unsigned: bool,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for admins, none for others: rows hold secrets.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins_of(viewer, Realm::Apextrack)
    }
}
