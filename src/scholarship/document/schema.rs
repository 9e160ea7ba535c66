//! Documents that applicants hand in.

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
        applicant::{self, row as applicant_row, schema::Applicant},
        document::{
            row::{Column, Entity, Model, ReviewStatus},
            rules,
        },
    },
    stored_files::signed_link,
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node, parse_id};

pub use super::row::Model as Document;

#[node("document_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Document {
    /// The global id of the applicant whose document it is.
    async fn applicant_id(&self) -> GlobalId {
        global_id::<applicant::row::Model>(&self.applicant_id)
    }

    /// Whose document it is.
    async fn applicant(&self, ctx: &Context<'_>) -> Result<Applicant> {
        let row = ctx.load(IdOf::<applicant_row::Entity>::new(self.applicant_id)).await?;
        row.map(Applicant::from).ok_or_else(|| Error::not_found("Applicant"))
    }

    /// Where it can be fetched; the link to an unpublished one works for ten minutes.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        signed_link::link(ctx.domain(), &self.file_path, self.published)
    }

    /// Size in bytes.
    async fn size(&self) -> i32 {
        int(self.size)
    }
}

/// The documents of an applicant, oldest first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DocumentsOfApplicant;

impl ChildList for DocumentsOfApplicant {
    type Entity = Entity;
    type Parent = TextUuid;
    const CHILDREN: Children<Column> =
        Children { parent: Column::ApplicantId, sort: Sort::ascending(Column::CreatedAt), key: Column::Id };
}

/// Which documents are wanted.
#[derive(Debug, Default, InputObject)]
pub struct DocumentFilter {
    /// Only those of this review status.
    review_status: Option<ReviewStatus>,
}

/// Documents as the viewer may see them.
#[derive(Default)]
pub struct DocumentQuery;

#[Object]
impl DocumentQuery {
    /// Documents by the time they were handed in: all for admins, their own for applicants. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which documents are wanted.")] filter: Option<DocumentFilter>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Document>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let status = filter.unwrap_or_default().review_status;
        let sort = Sort { column: Column::CreatedAt, descending: direction == Some(Direction::Desc) };
        Ok(rules::documents(ctx.domain(), ctx.viewer(), status, sort, &request, wants_total(ctx)).await?.into())
    }

    /// The document with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id or the UUID.")] id: ID,
    ) -> Option<Result<Document>> {
        let id = parse_id(<Document as Node>::KIND, &id)?;
        rules::document(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// A document to be handed in.
#[derive(Debug, InputObject)]
pub struct UploadDocumentInput {
    /// The profile it is for: the caller's own (its global id or UUID), which is also the default.
    applicant: Option<ID>,
    /// What it is, at most 255 characters.
    name: String,
    /// A PDF, JPEG or PNG file of at most 5,242,880 bytes.
    file: Upload,
    /// What there is to say about it, at most 5,000 characters.
    description: Option<String>,
    /// Whether everybody may fetch it; not so by default.
    published: Option<bool>,
}

/// What a review found.
#[derive(Debug, InputObject)]
pub struct ReviewDocumentInput {
    /// The document: its global id or its UUID.
    id: ID,
    /// `ACCEPTED` or `REJECTED`.
    status: ReviewStatus,
    /// What the applicant should know, at most 5,000 characters.
    note: Option<String>,
}

/// The document after the change.
#[derive(SimpleObject)]
pub struct DocumentPayload {
    /// The document.
    document: Document,
}

impl From<Model> for DocumentPayload {
    fn from(row: Model) -> Self {
        Self { document: row.into() }
    }
}

/// Changes to documents.
#[derive(Default)]
pub struct DocumentMutation;

#[Object]
impl DocumentMutation {
    /// Hands in a document, for applicants. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `PAYLOAD_TOO_LARGE`,
    /// `VALIDATION_FAILED` (`PROFILE_REQUIRED` at `applicant`; `FILE` for an empty file, `FILE_TYPE` for one of
    /// another type by its leading bytes, `TOO_MANY_FILES` beyond 100).
    async fn upload_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: UploadDocumentInput,
    ) -> Result<DocumentPayload> {
        let UploadDocumentInput { applicant, name, file, description, published } = input;
        let input = rules::UploadDocument {
            applicant: applicant::schema::named(applicant),
            name,
            file: file.value(ctx)?.content,
            description,
            published: published.unwrap_or_default(),
        };
        Ok(rules::upload_document(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Accepts or rejects a document and tells its applicant, for admins of the scholarship. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn review_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the review found.")] input: ReviewDocumentInput,
    ) -> Result<DocumentPayload> {
        let ReviewDocumentInput { id, status, note } = input;
        let id = parse_id(<Document as Node>::KIND, &id).ok_or_else(|| Error::not_found("Document"))?;
        Ok(rules::review_document(ctx.domain(), ctx.viewer(), id, status, note.as_deref()).await?.into())
    }
}
