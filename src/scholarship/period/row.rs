//! One round of the scholarship.

use crate::prelude::row::*;

/// One round of the scholarship.
#[row(table = "scholarship_periods", object = "ScholarshipPeriod")]
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

impl Entity {
    /// Periods are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
