//! The words that tracking links carry: one affiliate advertising one offer.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `sub_ids`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sub_ids")]
pub struct Model {
    /// The word itself.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Whose link it is.
    pub affiliate_id: i64,
    /// What it advertises.
    pub offer_id: i64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose link it is.
    #[sea_orm(
        belongs_to = "crate::accounts::user::row::Entity",
        from = "Column::AffiliateId",
        to = "crate::accounts::user::row::Column::Id"
    )]
    Affiliate,
    /// What it advertises.
    #[sea_orm(
        belongs_to = "crate::tracking::offer::row::Entity",
        from = "Column::OfferId",
        to = "crate::tracking::offer::row::Column::Id"
    )]
    Offer,
}

impl Related<crate::accounts::user::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Affiliate.def()
    }
}

impl Related<crate::tracking::offer::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Offer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = String;
    const KEY: Column = Column::Id;

    /// All for admins, their own for affiliates.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admin_or(viewer, Realm::Apextrack, |user| Some(Column::AffiliateId.eq(user.id))))
    }
}
