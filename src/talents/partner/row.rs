//! Organisations that have people assessed.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `partners`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partners")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Name of the organisation.
    pub name: String,
    /// Contact e-mail address.
    pub email: String,
    /// Contact telephone number as it was sent.
    pub phone: Option<String>,
    /// Postal address.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The people it has assessed.
    #[sea_orm(has_many = "crate::talents::client::row::Entity")]
    Clients,
}

impl Related<crate::talents::client::row::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Clients.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Every one, for whoever holds a signed link to a report.
    pub fn linked() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for admins, a partner's user their own partner.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admin_or(viewer, Realm::TalentsMapping, |user| {
            user.partner_id.map(|partner| Column::Id.eq(partner))
        }))
    }
}
