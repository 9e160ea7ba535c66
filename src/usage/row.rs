//! Who still calls which legacy route.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `legacy_usage`: a route and a client.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legacy_usage")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The realm whose users the API serves.
    pub realm: Realm,
    /// The API's slug.
    pub api: String,
    /// The name of the route's operation.
    pub operation: String,
    /// The name of the token or the product of the `User-Agent`.
    pub client: String,
    /// How often it was called.
    pub requests: i64,
    /// When it was called first.
    pub created_at: DateTimeUtc,
    /// When it was called last.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// That of their API for the admins of a realm, all of it for gateway admins.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admins(viewer, Column::Realm))
    }
}
