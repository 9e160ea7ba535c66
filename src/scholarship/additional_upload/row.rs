//! Files that an applicant adds, each of a listed type.

use gerbang_kernel::error::Error;
use gerbang_platform::query::constraint;

use crate::{
    prelude::row::*,
    scholarship::{applicant::row::all_or_own, upload::HandedIn},
    stored_files::owner::{FileFacts, OwnsFile},
};

/// A file that an applicant added, of a listed type.
#[row(table = "additional_uploads", object = "AdditionalUpload")]
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
    /// All for admins, their own for applicants.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        all_or_own(viewer, Column::ApplicantId)
    }
}
