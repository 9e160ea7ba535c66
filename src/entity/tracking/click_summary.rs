//! Sums by link and hour, so that reports need not count clicks.

use sea_orm::entity::prelude::*;

use crate::entity::{Viewer, accounts::Realm, scope};

/// One row of `click_summaries`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "click_summaries")]
pub struct Model {
    /// The link.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sub_id: String,
    /// Start of the hour.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour: DateTimeUtc,
    /// Whose link it is.
    pub affiliate_id: i64,
    /// Clicks.
    pub clicks: i64,
    /// Leads, whatever their status.
    pub leads: i64,
    /// Approved leads.
    pub approved_leads: i64,
    /// What the approved ones pay, in millionths of the currency.
    pub payout_micros: i64,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The link.
    #[sea_orm(belongs_to = "super::sub_id::Entity", from = "Column::SubId", to = "super::sub_id::Column::Id")]
    SubId,
    /// Whose link it is.
    #[sea_orm(
        belongs_to = "crate::entity::accounts::user::Entity",
        from = "Column::AffiliateId",
        to = "crate::entity::accounts::user::Column::Id"
    )]
    Affiliate,
}

impl Related<super::sub_id::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::SubId.def()
    }
}

impl Related<crate::entity::accounts::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Affiliate.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// All for admins, their own for affiliates.
    pub fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admin_or(viewer, Realm::Apextrack, |user| Some(Column::AffiliateId.eq(user.id))))
    }
}
