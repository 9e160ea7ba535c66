//! Rows that stored files belong to: who may have a file is what its row says.

use sea_orm::Select;

use crate::{scope::Scoped, viewer::Viewer};

/// A table with a file a row.
pub trait OwnsFile: Scoped {
    /// The folder that the files stand in.
    const FOLDER: &'static str;
    /// Where the path of the file stands.
    const PATH: Self::Column;

    /// The rows whose files `viewer` may fetch.
    fn fetchable_by(viewer: &Viewer) -> Select<Self> {
        Self::visible_to(viewer)
    }

    /// The rows whose files may be fetched by whoever holds a signed link.
    fn linked() -> Select<Self> {
        Self::find()
    }

    /// What is said of the file.
    fn file(row: &Self::Model) -> FileFacts;
}

/// What is said of a file where it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Its media type.
    pub content_type: String,
    /// Whether it is everybody's.
    pub public: bool,
}
