//! Files that applicants add.

use gerbang_graphql::integer::int;
use gerbang_platform::query::{batch::Children, page::Sort};
use sea_orm::prelude::TextUuid;

pub use super::row::Model as AdditionalUpload;
use crate::{
    graphql::reads::ChildList,
    prelude::schema::*,
    scholarship::{
        additional_upload::{
            row::{Column, Entity},
            rules::{self, UploadAdditionalInput},
        },
        applicant::{self, schema::Applicant},
        upload_type::{self, schema::UploadType},
    },
    stored_files::signed_link,
};

#[node("additionalUpload_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl AdditionalUpload {
    /// The global id of the applicant whose file it is.
    async fn applicant_id(&self) -> GlobalId {
        global_id::<Applicant>(&self.applicant_id)
    }

    /// Whose file it is.
    async fn applicant(&self, ctx: &Context<'_>) -> Result<Row<Applicant>> {
        ctx.referred::<applicant::row::Entity>(self.applicant_id).await
    }

    /// The global id of what it is.
    async fn upload_type_id(&self) -> GlobalId {
        global_id::<UploadType>(&self.upload_type_id)
    }

    /// What it is.
    async fn upload_type(&self, ctx: &Context<'_>) -> Result<Row<UploadType>> {
        ctx.referred::<upload_type::row::Entity>(self.upload_type_id).await
    }

    /// Where it can be fetched; the link works for ten minutes.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        signed_link::link(ctx.domain(), &self.file_path, false)
    }

    /// Size in bytes.
    async fn size(&self) -> i32 {
        int(self.size)
    }
}

/// The additional uploads of an applicant, oldest first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UploadsOfApplicant;

impl ChildList for UploadsOfApplicant {
    type Entity = Entity;
    type Parent = TextUuid;
    const CHILDREN: Children<Column> =
        Children { parent: Column::ApplicantId, sort: Sort::ascending(Column::CreatedAt), key: Column::Id };
}

/// Additional uploads as the viewer may see them.
#[derive(Default)]
pub struct AdditionalUploadQuery;

#[lists]
#[Object]
impl AdditionalUploadQuery {
    /// Additional uploads by the time they were added: all for admins, their own for applicants. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn additional_uploads(
        &self,
        ctx: &Context<'_>,
        #[list(direction = Asc)] list: List,
    ) -> Result<Connection<AdditionalUpload>> {
        let listing = list.by_column(Column::CreatedAt);
        Ok(rules::additional_uploads(ctx.domain(), ctx.viewer(), &listing).await?.into())
    }
}

/// The file that was added.
#[derive(SimpleObject)]
pub struct AdditionalUploadPayload {
    /// The file.
    additional_upload: AdditionalUpload,
}

/// Changes to additional uploads.
#[derive(Default)]
pub struct AdditionalUploadMutation;

#[Object]
impl AdditionalUploadMutation {
    /// Adds a file, for applicants. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`
    /// (`PROFILE_REQUIRED` at `applicant`; `EXISTS` at `uploadTypeId`; `FILE` for an empty file, `FILE_TYPE` for one
    /// of another type by its leading bytes, `FILE_SIZE` for one that is too large, `TOO_MANY_FILES` beyond 100).
    async fn upload_additional(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and what it is.")] input: UploadAdditionalInput,
    ) -> Result<AdditionalUploadPayload> {
        let file = input.file.value(ctx)?.content;
        let additional_upload = rules::upload_additional(ctx.domain(), ctx.viewer(), input, file).await?;
        Ok(AdditionalUploadPayload { additional_upload })
    }
}
