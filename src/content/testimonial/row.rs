//! What people say about the scholarship.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    constants::table::Table,
    content::ordered::Ordered,
    scope::{Scope, Scoped},
    stored_files::owner::{FileFacts, OwnsFile},
    viewer::Viewer,
};

/// What somebody says about the scholarship.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "testimonials")]
#[graphql(name = "Testimonial", complex)]
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

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Ordered for Entity {
    const POSITION: Column = Column::Position;
    const UPDATED_AT: Column = Column::UpdatedAt;
    const TABLE: Table = Table::Testimonials;
}

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

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
