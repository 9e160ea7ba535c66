//! Affiliate networks, which report conversions.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `networks`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "networks")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// What its postbacks must carry.
    pub secret: Option<String>,
    /// Whether postbacks without a secret are taken.
    pub allow_unsigned: bool,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for admins, none for others: rows hold secrets.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admins_of(viewer, Realm::Apextrack))
    }
}
