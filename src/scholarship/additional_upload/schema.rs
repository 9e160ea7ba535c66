//! Files that applicants add.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, Upload};
use gerbang_graphql::integer::int;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::{
    batch::Children,
    page::{PageInput, PageRequest, Sort},
};
use sea_orm::prelude::TextUuid;

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, wants_total},
        context::ContextExt,
        loaders::ChildList,
    },
    scholarship::{
        additional_upload::{
            row::{Column, Entity, Model},
            rules,
        },
        applicant::{self, row as applicant_row, schema::Applicant},
        upload_type::{self, row as upload_type_row, schema::UploadType},
    },
    stored_files::signed_link,
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node, parse_id};

pub use super::row::Model as AdditionalUpload;

#[node("additionalUpload_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl AdditionalUpload {
    /// The global id of the applicant whose file it is.
    async fn applicant_id(&self) -> GlobalId {
        global_id::<applicant::row::Model>(&self.applicant_id)
    }

    /// Whose file it is.
    async fn applicant(&self, ctx: &Context<'_>) -> Result<Applicant> {
        let row = ctx.load(IdOf::<applicant_row::Entity>::new(self.applicant_id)).await?;
        row.map(Applicant::from).ok_or_else(|| Error::not_found("Applicant"))
    }

    /// The global id of what it is.
    async fn upload_type_id(&self) -> GlobalId {
        global_id::<upload_type::row::Model>(&self.upload_type_id)
    }

    /// What it is.
    async fn upload_type(&self, ctx: &Context<'_>) -> Result<UploadType> {
        let row = ctx.load(IdOf::<upload_type_row::Entity>::new(self.upload_type_id)).await?;
        row.map(UploadType::from).ok_or_else(|| Error::not_found("Upload type"))
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

#[Object]
impl AdditionalUploadQuery {
    /// Additional uploads by the time they were added: all for admins, their own for applicants. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn additional_uploads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<AdditionalUpload>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let sort = Sort { column: Column::CreatedAt, descending: direction == Some(Direction::Desc) };
        Ok(rules::additional_uploads(ctx.domain(), ctx.viewer(), sort, &request, wants_total(ctx)).await?.into())
    }
}

/// A file to be added.
#[derive(Debug, InputObject)]
pub struct UploadAdditionalInput {
    /// The profile it is for: the caller's own (its global id or UUID), which is also the default.
    applicant: Option<ID>,
    /// What it is: the global id or the UUID of an upload type.
    upload_type_id: ID,
    /// A PDF, JPEG or PNG file of at most 5,242,880 bytes.
    file: Upload,
    /// What there is to say about it, at most 5,000 characters.
    description: Option<String>,
}

/// The file that was added.
#[derive(SimpleObject)]
pub struct AdditionalUploadPayload {
    /// The file.
    additional_upload: AdditionalUpload,
}

impl From<Model> for AdditionalUploadPayload {
    fn from(row: Model) -> Self {
        Self { additional_upload: row.into() }
    }
}

/// Changes to additional uploads.
#[derive(Default)]
pub struct AdditionalUploadMutation;

#[Object]
impl AdditionalUploadMutation {
    /// Adds a file, for applicants. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `PAYLOAD_TOO_LARGE`, `VALIDATION_FAILED`
    /// (`PROFILE_REQUIRED` at `applicant`; `EXISTS` at `uploadTypeId`; `FILE` for an empty file, `FILE_TYPE` for one
    /// of another type by its leading bytes, `TOO_MANY_FILES` beyond 100).
    async fn upload_additional(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and what it is.")] input: UploadAdditionalInput,
    ) -> Result<AdditionalUploadPayload> {
        let UploadAdditionalInput { applicant, upload_type_id, file, description } = input;
        let input = rules::UploadAdditional {
            applicant: applicant::schema::named(applicant),
            upload_type_id: parse_id(<upload_type::row::Model as Node>::KIND, &upload_type_id),
            file: file.value(ctx)?.content,
            description,
        };
        Ok(rules::upload_additional(ctx.domain(), ctx.viewer(), input).await?.into())
    }
}
