//! The words that tracking links carry: one affiliate advertising one offer.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// The word that a tracking link carries: one affiliate advertising one offer.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "sub_ids")]
#[graphql(name = "SubId", complex)]
pub struct Model {
    /// The word itself.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: String,
    /// Whose link it is.
    #[graphql(skip)]
    pub affiliate_id: i64,
    /// What it advertises.
    #[graphql(skip)]
    pub offer_id: i64,
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// What it advertises.
    #[sea_orm(
        belongs_to = "crate::tracking::offer::row::Entity",
        from = "Column::OfferId",
        to = "crate::tracking::offer::row::Column::Id"
    )]
    Offer,
}

impl Related<crate::tracking::offer::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Offer.def()
    }
}

gerbang_platform::stamped!();

impl Scoped for Entity {
    type Key = String;
    const KEY: Column = Column::Id;

    /// All for admins, their own for affiliates.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Apextrack, |user| Some(Scope::is(Column::AffiliateId, user.id)))
    }
}
