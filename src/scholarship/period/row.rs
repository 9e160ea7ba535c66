//! One round of the scholarship.

use sea_orm::entity::prelude::*;

use crate::{scope::Scoped, viewer::Viewer};

/// One row of `scholarship_periods`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scholarship_periods")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TextUuid,
    /// Academic year such as `2025/2026`; unique.
    pub year: String,
    /// From when applications are taken.
    pub registration_opens_at: DateTimeUtc,
    /// Until when applications are taken.
    pub registration_closes_at: DateTimeUtc,
    /// When the scholarship starts.
    pub starts_at: DateTimeUtc,
    /// When the scholarship ends.
    pub ends_at: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Periods are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    fn visible_to(_: &Viewer) -> Select<Self> {
        Self::public()
    }
}
