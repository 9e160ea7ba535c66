//! What additional uploads can be.

pub use super::row::Model as UploadType;
use crate::{
    prelude::schema::*,
    scholarship::upload_type::rules::{self, CreateUploadTypeInput, DeleteUploadTypeInput, UpdateUploadTypeInput},
};

#[node(
    "uploadType_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e",
    legacy = "The id in the legacy API, a UUID.",
    name = "Upload type"
)]
#[ComplexObject]
impl UploadType {}

/// Upload types, for everybody.
#[derive(Default)]
pub struct UploadTypeQuery;

#[Object]
impl UploadTypeQuery {
    /// What additional uploads can be, in display order.
    async fn upload_types(&self, ctx: &Context<'_>) -> Result<Vec<UploadType>> {
        rules::upload_types(ctx.domain()).await
    }
}

/// The upload type after the change.
#[derive(SimpleObject)]
pub struct UploadTypePayload {
    /// The upload type; after a deletion, as it was.
    upload_type: UploadType,
}

mutations! {
    /// Changes to upload types, for admins of the scholarship.
    UploadTypeMutation;

    /// Adds an upload type. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED` (`TAKEN` on the name).
    create_upload_type("The new upload type.": CreateUploadTypeInput) -> UploadTypePayload { upload_type };

    /// Changes an upload type. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TAKEN` on
    /// the name).
    update_upload_type("The changes.": UpdateUploadTypeInput) -> UploadTypePayload { upload_type };

    /// Removes an upload type that no upload is of. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`IN_USE`).
    delete_upload_type("The upload type.": DeleteUploadTypeInput) -> UploadTypePayload { upload_type };
}
