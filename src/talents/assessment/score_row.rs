//! One typology of a result. A cluster's score is not stored: it is the mean of its typologies'.

use crate::{prelude::row::*, talents::assessment};

/// One row of `assessment_scores`.
#[row(table = "assessment_scores")]
pub struct Model {
    /// The result it is part of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub result_id: i64,
    /// What was measured.
    #[sea_orm(primary_key, auto_increment = false)]
    pub typology_code: String,
    /// The score in tenths: 0 to 1000.
    pub score_tenths: i32,
    /// Place among the typologies of the result; 1 is the highest.
    pub rank: i32,
}

impl Entity {
    /// Every one, for whoever holds a signed link to a report.
    pub fn linked() -> Select<Self> {
        Self::find()
    }

    /// The scores of the results the caller sees.
    pub fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admin_or(viewer, Realm::TalentsMapping, |user| {
            let results = assessment::result_row::Entity::visible_to(viewer);
            user.partner_id.map(|_| scope::among(Column::ResultId, results, assessment::result_row::Column::Id))
        }))
    }
}
