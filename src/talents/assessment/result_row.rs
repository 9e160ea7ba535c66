//! The result of a client's assessment; its numbers are [`crate::talents::assessment::score_row`].

use crate::{prelude::row::*, talents::client};

/// One row of `assessment_results`.
#[row(table = "assessment_results")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Who was assessed; at most one result each.
    pub client_id: i64,
    /// Version of the assessment.
    pub version: String,
    /// When the assessment was made.
    pub assessed_at: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl Entity {
    /// Every one, for whoever holds a signed link to a report.
    pub fn linked() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    /// The results of the clients the caller sees.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::TalentsMapping, |user| {
            user.partner_id.map(|_| {
                scope::among(Column::ClientId, client::row::Entity::visible_to(viewer), client::row::Column::Id)
            })
        })
    }
}
