//! What affiliates advertise.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// What affiliates advertise.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "offers")]
#[graphql(name = "Offer", complex)]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// Name.
    pub name: String,
    /// Where a click leads; `{click_id}` in it is filled in.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// Most that one lead pays, in millionths of the currency.
    #[graphql(skip)]
    pub payout_micros: i64,
    /// The currency's ISO 4217 code, such as `USD`.
    pub currency: String,
    /// The network that reports its conversions.
    #[graphql(skip)]
    pub network_id: i64,
    /// Whether it takes new clicks.
    pub active: bool,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The network that reports its conversions.
    #[sea_orm(
        belongs_to = "crate::tracking::network::row::Entity",
        from = "Column::NetworkId",
        to = "crate::tracking::network::row::Column::Id"
    )]
    Network,
}

impl Related<crate::tracking::network::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Network.def()
    }
}

gerbang_platform::stamped!();

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for admins, the active ones for affiliates.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Apextrack, |_| Some(Scope::is(Column::Active, true)))
    }
}
