//! Named texts of a site.

use crate::prelude::row::*;

/// A named text of the site.
#[row(table = "settings", object = "Setting")]
pub struct Model {
    /// Its name, such as `hero_title`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Its text.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Entity {
    /// Settings are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
