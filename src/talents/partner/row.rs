//! Organisations that have people assessed.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// An organisation that has people assessed.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "partners")]
#[graphql(name = "Partner", complex)]
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

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

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
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::TalentsMapping, |user| {
            user.partner_id.map(|partner| Scope::is(Column::Id, partner))
        })
    }
}
