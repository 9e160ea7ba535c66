//! Organisations that have people assessed.

use crate::prelude::row::*;

/// An organisation that has people assessed.
#[row(table = "partners", object = "Partner")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// Name of the organisation.
    pub name: String,
    /// Contact e-mail address.
    pub email: String,
    /// Contact telephone number, as it was given.
    pub phone: Option<String>,
    /// Postal address.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Entity {
    /// Every one, for whoever holds a signed link to a report.
    pub fn linked() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    /// All for admins, a partner's user their own partner.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::TalentsMapping, |user| {
            user.partner_id.map(|partner| Scope::is(Column::Id, partner))
        })
    }
}
