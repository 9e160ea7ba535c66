//! The profile of a user who applies; one each.

use gerbang_graphql::{date, integer::Rupiah};
use sea_orm::{
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use crate::prelude::row::*;

/// The profile of a user who applies for the scholarship.
#[row(table = "applicants", object = "Applicant")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Whose profile it is.
    #[graphql(skip)]
    pub user_id: i64,
    /// Place of birth.
    pub birth_place: String,
    /// Date of birth.
    pub birth_date: date::Date,
    /// Name of the father.
    pub father_name: String,
    /// What the father does.
    pub father_occupation: String,
    /// Name of the mother.
    pub mother_name: String,
    /// What the mother does.
    pub mother_occupation: String,
    /// What the parents earn together a month.
    #[graphql(skip, derived(name = "parents_income", into = "Rupiah", owned))]
    pub parents_income: i64,
    /// Postal address.
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

/// Rows of all applicants for admins, their own for applicants; `applicant_id` says whose they are.
pub(crate) fn all_or_own<C: ColumnTrait>(viewer: &Viewer, applicant_id: C) -> Scope<C> {
    scope::admin_or(viewer, Realm::Scholarship, |user| {
        // There is one at most, and an index leads to its rows only where the database knows that.
        let own = Entity::find().select_only().column(Column::Id).filter(Column::UserId.eq(user.id)).into_query();
        Some(Scope::Matching(applicant_id.into_expr().eq(Expr::from(own)).into_condition()))
    })
}

impl Scoped for Entity {
    /// All for admins, their own for applicants.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Scholarship, |user| Some(Scope::is(Column::UserId, user.id)))
    }
}
