//! Named texts of a site.

use sea_orm::entity::prelude::*;

use crate::{scope::Scoped, viewer::Viewer};

/// One row of `settings`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Its text.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Settings are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    type Key = String;
    const KEY: Column = Column::Key;

    fn visible_to(_: &Viewer) -> Select<Self> {
        Self::public()
    }
}
