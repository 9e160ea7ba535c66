//! People who are assessed.

use gerbang_graphql::date;

use crate::prelude::row::*;

/// Gender of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
}

/// How far a client's assessment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "ClientStatus")]
pub enum Status {
    /// Not assessed yet.
    Invited,
    /// Has a result.
    Assessed,
    /// Put away; the result is kept.
    Archived,
}

/// A person whom a partner has assessed.
#[row(table = "clients", object = "Client")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The partner who has them assessed.
    #[graphql(skip)]
    pub partner_id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number, as it was given.
    pub phone: Option<String>,
    /// Gender, if given.
    pub gender: Option<Gender>,
    /// Date of birth, if given.
    pub birth_date: Option<date::Date>,
    /// How far the assessment is.
    pub status: Status,
    /// When the assessment was made, UTC; null while there is none.
    pub assessed_at: Option<Timestamp>,
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
    /// All for admins, their own partner's for a partner's user.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::TalentsMapping, |user| {
            user.partner_id.map(|partner| Scope::is(Column::PartnerId, partner))
        })
    }
}
