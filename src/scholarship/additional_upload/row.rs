//! Files that an applicant adds, each of a listed type.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_kernel::error::Error;
use gerbang_platform::query::by_position::ByPosition;
use gerbang_platform::query::constraint;
use sea_orm::entity::prelude::*;

use crate::{
    scholarship::{applicant::row::all_or_own, upload::HandedIn},
    scope::{Scope, Scoped},
    stored_files::owner::{FileFacts, OwnsFile},
    viewer::Viewer,
};

/// A file that an applicant added, of a listed type.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "additional_uploads")]
#[graphql(name = "AdditionalUpload", complex)]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Whose file it is.
    #[graphql(skip)]
    pub applicant_id: TextUuid,
    /// What it is.
    #[graphql(skip)]
    pub upload_type_id: TextUuid,
    /// Where it is stored.
    #[sea_orm(column_type = "Text")]
    pub file_path: String,
    /// Media type by its leading bytes: `application/pdf`, `image/jpeg` or `image/png`.
    pub content_type: String,
    /// Bytes.
    #[graphql(skip)]
    pub size: i64,
    /// What the applicant says about it.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl OwnsFile for Entity {
    const FOLDER: &'static str = "additional_documents";
    const PATH: Column = Column::FilePath;

    fn file(row: &Model) -> FileFacts {
        FileFacts { content_type: row.content_type.clone(), public: false }
    }
}

impl HandedIn for Entity {
    const APPLICANT: Column = Column::ApplicantId;
    const CONTENT_TYPE: Column = Column::ContentType;
    const SIZE: Column = Column::Size;

    fn refused(error: DbErr) -> Error {
        constraint::taken(error, &[("fk", "input.uploadTypeId")])
    }
}

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    /// All for admins, their own for applicants.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        all_or_own(viewer, Column::ApplicantId)
    }
}
