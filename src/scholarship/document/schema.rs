//! Documents that applicants hand in.

use gerbang_graphql::integer::int;
use gerbang_platform::query::{batch::Children, page::Sort};
use sea_orm::prelude::TextUuid;

pub use super::row::Model as Document;
use crate::{
    graphql::reads::ChildList,
    prelude::schema::*,
    scholarship::{
        applicant::{self, schema::Applicant},
        document::{
            row::{Column, Entity},
            rules::{self, DocumentFilter, ReviewDocumentInput, UploadDocumentInput},
        },
    },
    stored_files::signed_link,
};

#[node("document_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Document {
    /// The global id of the applicant whose document it is.
    async fn applicant_id(&self) -> GlobalId {
        global_id::<Applicant>(&self.applicant_id)
    }

    /// Whose document it is.
    async fn applicant(&self, ctx: &Context<'_>) -> Result<Row<Applicant>> {
        ctx.referred::<applicant::row::Entity>(self.applicant_id).await
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

/// Documents as the viewer may see them.
#[derive(Default)]
pub struct DocumentQuery;

#[lists]
#[Object]
impl DocumentQuery {
    /// Documents by the time they were handed in: all for admins, their own for applicants. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which documents are wanted.")] filter: Option<DocumentFilter>,
        #[list(direction = Asc)] list: List,
    ) -> Result<Connection<Document>> {
        let listing = list.by_column(Column::CreatedAt);
        Ok(rules::documents(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &listing).await?.into())
    }

    /// The document with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id or the UUID.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Document>>> {
        ctx.find(id).await.transpose()
    }
}

/// The document after the change.
#[derive(SimpleObject)]
pub struct DocumentPayload {
    /// The document.
    document: Document,
}

mutations! {
    /// Changes to documents.
    DocumentMutation;

    /// Accepts or rejects a document and tells its applicant, for admins of the scholarship. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    review_document("What the review found.": ReviewDocumentInput) -> DocumentPayload { document };

    @also {
        /// Hands in a document, for applicants. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
        /// `VALIDATION_FAILED` (`PROFILE_REQUIRED` at `applicant`; `FILE` for an empty file, `FILE_TYPE` for one of
        /// another type by its leading bytes, `FILE_SIZE` for one that is too large, `TOO_MANY_FILES` beyond 100).
        async fn upload_document(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The document.")] input: UploadDocumentInput,
        ) -> Result<DocumentPayload> {
            let file = input.file.value(ctx)?.content;
            Ok(DocumentPayload { document: rules::upload_document(ctx.domain(), ctx.viewer(), input, file).await? })
        }
    }
}
