//! What people say about the scholarship.

use crate::{
    constants::table::Table,
    content::ordered::Ordered,
    prelude::row::*,
    stored_files::owner::{FileFacts, OwnsFile},
};

/// What somebody says about the scholarship.
#[row(table = "testimonials", object = "Testimonial")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Who says it.
    pub name: String,
    /// Where their photo is, below `/storage/`.
    #[sea_orm(column_type = "Text")]
    pub photo_path: String,
    /// What they say.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// Place in the list; smaller numbers come first.
    pub position: i32,
    /// When it was published, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Ordered for Entity {
    const POSITION: Column = Column::Position;
    const UPDATED_AT: Column = Column::UpdatedAt;
    const TABLE: Table = Table::Testimonials;
}

impl Scoped for Entity {
    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}

impl OwnsFile for Entity {
    const FOLDER: &'static str = "testimonials";
    const PATH: Column = Column::PhotoPath;

    fn file(row: &Model) -> FileFacts {
        FileFacts { content_type: image_type(&row.photo_path).to_owned(), public: true }
    }
}

/// Photos are named after what they are.
fn image_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "png")) => "image/png",
        _ => "image/jpeg",
    }
}
