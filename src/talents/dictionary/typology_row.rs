//! Dictionary: what an assessment measures.

use crate::prelude::row::*;

/// One row of `typologies`.
#[row(table = "typologies")]
pub struct Model {
    /// Short code such as `CMD`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The cluster it is part of.
    pub cluster_code: String,
    /// Proper name, the same in every language.
    pub name: String,
    /// Place in the dictionary; the first is 1.
    pub position: i32,
    /// One sentence, in Indonesian.
    #[sea_orm(column_type = "Text")]
    pub description_id: String,
    /// One sentence, in English.
    #[sea_orm(column_type = "Text")]
    pub description_en: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl Entity {
    /// The dictionary is everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
