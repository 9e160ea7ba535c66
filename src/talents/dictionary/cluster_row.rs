//! Dictionary: the clusters that typologies are grouped in.

use crate::prelude::row::*;

/// A group of typologies.
#[row(table = "clusters", object = "Cluster")]
pub struct Model {
    /// Short code, such as `HM`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Proper name, the same in every language.
    pub name: String,
    /// Place in the dictionary; the first is 1.
    #[graphql(skip)]
    pub position: i32,
    /// One sentence, in Indonesian.
    #[graphql(skip)]
    #[sea_orm(column_type = "Text")]
    pub description_id: String,
    /// One sentence, in English.
    #[graphql(skip)]
    #[sea_orm(column_type = "Text")]
    pub description_en: String,
    /// When the row was made.
    #[graphql(skip)]
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    #[graphql(skip)]
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
