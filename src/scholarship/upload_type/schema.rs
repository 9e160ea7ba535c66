//! What additional uploads can be.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use gerbang_kernel::error::{Error, Result};

use crate::{
    graphql::context::ContextExt,
    scholarship::upload_type::{row::Model, rules},
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as UploadType;

#[node("uploadType_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl UploadType {}

/// Upload types, for everybody.
#[derive(Default)]
pub struct UploadTypeQuery;

#[Object]
impl UploadTypeQuery {
    /// What additional uploads can be, in display order.
    async fn upload_types(&self, ctx: &Context<'_>) -> Result<Vec<UploadType>> {
        Ok(rules::upload_types(ctx.domain()).await?)
    }
}

/// A new upload type.
#[derive(Debug, InputObject)]
pub struct CreateUploadTypeInput {
    /// Name, at most 255 characters; unique.
    name: String,
    /// Place in the list, the lowest first; equal ones are sorted by name.
    #[graphql(default)]
    position: i32,
}

/// What changes of an upload type; what is absent or null stays as it is.
#[derive(Debug, InputObject)]
pub struct UpdateUploadTypeInput {
    /// The upload type: its global id or its UUID.
    id: ID,
    /// Name, at most 255 characters; unique.
    name: Option<String>,
    /// Place in the list, the lowest first.
    position: Option<i32>,
}

/// Which upload type is removed.
#[derive(Debug, InputObject)]
pub struct DeleteUploadTypeInput {
    /// The upload type: its global id or its UUID.
    id: ID,
}

/// The upload type after the change.
#[derive(SimpleObject)]
pub struct UploadTypePayload {
    /// The upload type; after a deletion, as it was.
    upload_type: UploadType,
}

impl From<Model> for UploadTypePayload {
    fn from(row: Model) -> Self {
        Self { upload_type: row.into() }
    }
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
        let CreateUploadTypeInput { name, position } = input;
        Ok(rules::create_upload_type(ctx.domain(), ctx.viewer(), &name, position).await?.into())
    }

    /// Changes an upload type. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TAKEN` on
    /// the name).
    async fn update_upload_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateUploadTypeInput,
    ) -> Result<UploadTypePayload> {
        let UpdateUploadTypeInput { id, name, position } = input;
        let id = parse_id(<UploadType as Node>::KIND, &id).ok_or_else(|| Error::not_found("Upload type"))?;
        Ok(rules::update_upload_type(ctx.domain(), ctx.viewer(), id, name.as_deref(), position).await?.into())
    }

    /// Removes an upload type that no upload is of. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`IN_USE`).
    async fn delete_upload_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The upload type.")] input: DeleteUploadTypeInput,
    ) -> Result<UploadTypePayload> {
        let id = parse_id(<UploadType as Node>::KIND, &input.id).ok_or_else(|| Error::not_found("Upload type"))?;
        Ok(rules::delete_upload_type(ctx.domain(), ctx.viewer(), id).await?.into())
    }
}
