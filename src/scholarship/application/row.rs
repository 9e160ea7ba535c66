//! Applications; one of each applicant in each period.

use crate::{prelude::row::*, scholarship::applicant::row::all_or_own};

/// How far an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "ScholarshipApplicationStatus")]
pub enum Status {
    /// Handed in.
    Submitted,
    /// Being looked at.
    Pending,
    /// Gets the scholarship.
    Accepted,
    /// Does not get the scholarship.
    Rejected,
}

/// An application of an applicant in a period.
#[row(table = "scholarship_applications", object = "ScholarshipApplication")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// What they apply for.
    #[graphql(skip)]
    pub period_id: TextUuid,
    /// Who applies.
    #[graphql(skip)]
    pub applicant_id: TextUuid,
    /// How far it is.
    pub status: Status,
    /// What the deciding admin says about it.
    #[sea_orm(column_type = "Text", nullable)]
    pub decision_note: Option<String>,
    /// When it was handed in, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// All for admins, their own for applicants.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        all_or_own(viewer, Column::ApplicantId)
    }
}
