//! What an additional upload can be.

use crate::prelude::row::*;

/// What an additional upload can be, such as a certificate.
#[row(table = "upload_types", object = "UploadType")]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// Name; unique.
    pub name: String,
    /// Place in the list, the lowest first.
    pub position: i32,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Entity {
    /// Upload types are everybody's.
    pub fn public() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
