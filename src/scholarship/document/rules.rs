//! Documents: files that applicants hand in and admins review.

use std::fs::File;

use async_graphql::Upload;

use crate::{
    prelude::rules::*,
    scholarship::{
        applicant,
        decision_message::DecisionMessage,
        document::row::{ActiveModel, Column, Entity, Model, ReviewStatus},
        upload::Incoming,
    },
};

/// Which documents are wanted.
#[derive(Debug, Default, InputObject)]
pub struct DocumentFilter {
    /// Only those of this review status.
    pub review_status: Option<ReviewStatus>,
    /// Only those of one of these review statuses, instead of `reviewStatus`.
    pub review_statuses: Option<Vec<ReviewStatus>>,
}

/// A document to be handed in.
#[rules]
#[derive(Debug, InputObject)]
pub struct UploadDocumentInput {
    /// The profile it is for: the caller's own (its global id or UUID), which is also the default.
    pub applicant: Option<IdOf<applicant::row::Entity>>,
    /// What it is.
    #[rule(text, max = 255)]
    pub name: String,
    /// A PDF, JPEG or PNG file of at most 5,242,880 bytes.
    pub file: Upload,
    /// What there is to say about it.
    #[rule(text, max = 5_000, optional)]
    pub description: Option<String>,
    /// Whether everybody may fetch it.
    #[graphql(default_with = "Some(false)")]
    pub published: Option<bool>,
}

/// What a review found.
#[rules]
#[derive(Debug, InputObject)]
pub struct ReviewDocumentInput {
    /// The document: its global id or its UUID.
    pub id: IdOf<Entity>,
    /// `ACCEPTED` or `REJECTED`.
    #[rule(one_of = ["ACCEPTED", "REJECTED"])]
    pub status: ReviewStatus,
    /// What the applicant should know.
    #[rule(text, max = 5_000, optional)]
    pub note: Option<String>,
}

/// A page of the documents that the viewer may see.
pub async fn documents(
    domain: &Domain,
    viewer: &Viewer,
    DocumentFilter { review_status, review_statuses }: DocumentFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    let wanted = Wanted::default()
        .one_of(Column::ReviewStatus, review_status, review_statuses.as_deref(), "filter.reviewStatuses")
        .check()?;
    let select = Entity::visible_to(viewer).apply_if(wanted, QueryFilter::filter);
    listing.of(domain.db.read(), select, Column::Id).await
}

/// Hands in a document. For applicants with a profile.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `PROFILE_REQUIRED` at `input.applicant`.
pub async fn upload_document(
    domain: &Domain,
    viewer: &Viewer,
    input: UploadDocumentInput,
    file: File,
) -> Result<Model> {
    let (UploadDocumentInput { applicant, name, description, published, .. }, found) = input.examine();
    let incoming = Incoming::receive(domain, viewer, applicant.as_ref(), found, file).await?;
    let row = ActiveModel {
        name: Set(name.clone()),
        description: Set(description),
        published: Set(published.unwrap_or_default()),
        review_status: Set(ReviewStatus::Pending),
        review_note: Set(None),
        ..Default::default()
    };
    incoming.store::<Entity>(domain, viewer, &name, row).await
}

/// Accepts or rejects a document and notifies its applicant. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`.
pub async fn review_document(domain: &Domain, viewer: &Viewer, input: ReviewDocumentInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    let ReviewDocumentInput { id: _, status, note } = input.check()?;
    row.review_status = Set(status);
    row.review_note = Set(note);
    let row = row.update(&transaction).await?;
    let event = DecisionMessage::document(&row).write(domain, &transaction, viewer, row.applicant_id).await?;
    transaction.commit().await?;
    domain.events.publish(event);
    Ok(row)
}
