//! What affiliates advertise.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `offers`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offers")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Name.
    pub name: String,
    /// Where a click leads; `{click_id}` in it is filled in.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// Most that one lead pays, in millionths of the currency.
    pub payout_micros: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The network that reports its conversions.
    pub network_id: i64,
    /// Whether new clicks are taken.
    pub active: bool,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
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

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for admins, the active ones for affiliates.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admin_or(viewer, Realm::Apextrack, |_| Some(Column::Active.eq(true))))
    }
}
