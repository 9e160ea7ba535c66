//! What additional uploads can be.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use gerbang_graphql::id::node;
use gerbang_kernel::error::Result;

pub use super::row::Model as UploadType;
use crate::{
    graphql::context::ContextExt,
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

/// Changes to upload types, for admins of the scholarship.
#[derive(Default)]
pub struct UploadTypeMutation;

#[Object]
impl UploadTypeMutation {
    /// Adds an upload type. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED` (`TAKEN` on the name).
    async fn create_upload_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new upload type.")] input: CreateUploadTypeInput,
    ) -> Result<UploadTypePayload> {
        Ok(UploadTypePayload { upload_type: rules::create_upload_type(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Changes an upload type. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TAKEN` on
    /// the name).
    async fn update_upload_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateUploadTypeInput,
    ) -> Result<UploadTypePayload> {
        Ok(UploadTypePayload { upload_type: rules::update_upload_type(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Removes an upload type that no upload is of. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`IN_USE`).
    async fn delete_upload_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The upload type.")] input: DeleteUploadTypeInput,
    ) -> Result<UploadTypePayload> {
        Ok(UploadTypePayload { upload_type: rules::delete_upload_type(ctx.domain(), ctx.viewer(), input).await? })
    }
}
