//! One round of the scholarship.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    scope::{Scope, Scoped},
    viewer::Viewer,
};

/// One round of the scholarship.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "scholarship_periods")]
#[graphql(name = "ScholarshipPeriod", complex)]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// `2025` or `2025/2026`; unique.
    pub year: String,
    /// From when applications are taken, UTC.
    pub registration_opens_at: Timestamp,
    /// Until when applications are taken, UTC.
    pub registration_closes_at: Timestamp,
    /// When the scholarship starts, UTC.
    pub starts_at: Timestamp,
    /// When the scholarship ends, UTC.
    pub ends_at: Timestamp,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Entity {
    /// Periods are everybody's.
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
