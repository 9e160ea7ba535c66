//! Files that an applicant hands in and an admin reviews.

use sea_orm::Condition;

use crate::{
    prelude::row::*,
    scholarship::{applicant::row::all_or_own, upload::HandedIn},
    stored_files::owner::{FileFacts, OwnsFile},
};

/// What the reviewer decided about a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum ReviewStatus {
    /// Not decided yet.
    Pending,
    /// Fine.
    Accepted,
    /// Must be handed in again.
    Rejected,
}

/// A file that an applicant handed in.
#[row(table = "documents", object = "Document")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Whose file it is.
    #[graphql(skip)]
    pub applicant_id: TextUuid,
    /// What it is, as the applicant called it.
    pub name: String,
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
    /// Whether everybody may fetch it.
    pub published: bool,
    /// What the reviewer decided.
    pub review_status: ReviewStatus,
    /// What the reviewer says about it.
    #[sea_orm(column_type = "Text", nullable)]
    pub review_note: Option<String>,
    /// When it was handed in, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl OwnsFile for Entity {
    const FOLDER: &'static str = "documents";
    const PATH: Column = Column::FilePath;

    /// Published ones are everybody's.
    fn fetchable_by(viewer: &Viewer) -> Select<Self> {
        Self::find()
            .filter(Condition::any().add(Column::Published.eq(true)).add(all_or_own(viewer, Column::ApplicantId)))
    }

    fn file(row: &Model) -> FileFacts {
        FileFacts { content_type: row.content_type.clone(), public: row.published }
    }
}

impl HandedIn for Entity {
    const APPLICANT: Column = Column::ApplicantId;
    const CONTENT_TYPE: Column = Column::ContentType;
    const SIZE: Column = Column::Size;
}

impl Scoped for Entity {
    /// All for admins, their own for applicants.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        all_or_own(viewer, Column::ApplicantId)
    }
}
