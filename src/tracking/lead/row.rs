//! Conversions that a network reported. A lead is one click and one transaction.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// What the network decided about a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "LeadStatus")]
pub enum Status {
    /// Not decided yet.
    Pending,
    /// Pays.
    Approved,
    /// Does not pay.
    Rejected,
}

/// One row of `leads`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leads")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The click that led to it (the row's key).
    pub click_id: i64,
    /// Who earns.
    pub affiliate_id: i64,
    /// The link that was followed.
    pub sub_id: String,
    /// The network that reported it.
    pub network_id: i64,
    /// The network's transaction; empty if it named none.
    pub txid: String,
    /// What the network decided.
    pub status: Status,
    /// What it pays, in millionths of the currency.
    pub payout_micros: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Two capital letters (ISO 3166-1).
    pub country_code: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The click that led to it.
    #[sea_orm(
        belongs_to = "crate::tracking::click::row::Entity",
        from = "Column::ClickId",
        to = "crate::tracking::click::row::Column::Id"
    )]
    Click,
    /// Who earns.
    #[sea_orm(
        belongs_to = "crate::accounts::user::row::Entity",
        from = "Column::AffiliateId",
        to = "crate::accounts::user::row::Column::Id"
    )]
    Affiliate,
    /// The link that was followed.
    #[sea_orm(
        belongs_to = "crate::tracking::sub_id::row::Entity",
        from = "Column::SubId",
        to = "crate::tracking::sub_id::row::Column::Id"
    )]
    SubId,
    /// The network that reported it.
    #[sea_orm(
        belongs_to = "crate::tracking::network::row::Entity",
        from = "Column::NetworkId",
        to = "crate::tracking::network::row::Column::Id"
    )]
    Network,
}

impl Related<crate::tracking::click::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Click.def()
    }
}

impl Related<crate::accounts::user::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Affiliate.def()
    }
}

impl Related<crate::tracking::sub_id::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::SubId.def()
    }
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

    /// All for admins, their own for affiliates.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admin_or(viewer, Realm::Apextrack, |user| Some(Column::AffiliateId.eq(user.id))))
    }
}
