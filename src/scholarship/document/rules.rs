//! Documents: files that applicants hand in and admins review.

use std::fs::File;

use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::page::{Page, PageRequest, Sort, paginate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect, prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    domain::Domain,
    input::{
        validate::{LONG_TEXT, Violations},
        validator::Validator,
    },
    scholarship::{
        applicant::rules::{find_actor, require_applicant},
        decision_message::DecisionMessage,
        document::row::{ActiveModel, Column, Entity, Model, ReviewStatus},
        input_rules,
        upload::{StoredUpload, inspect, new_path},
    },
    scope::Scoped,
    stored_files::owner::OwnsFile,
    viewer::Viewer,
};

/// A document to be handed in.
#[derive(Debug)]
pub struct UploadDocument {
    /// The profile it is for; the viewer's own, whether it is named or not.
    pub applicant: Option<TextUuid>,
    /// What it is, at most 255 characters.
    pub name: String,
    /// The file.
    pub file: File,
    /// What the applicant says about it, at most 5,000 characters.
    pub description: Option<String>,
    /// Whether everybody may fetch it.
    pub published: bool,
}

/// A page of the documents that the viewer may see, of this review status if one is given.
pub async fn documents(
    domain: &Domain,
    viewer: &Viewer,
    review_status: Option<ReviewStatus>,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    let mut select = Entity::visible_to(viewer);
    if let Some(status) = review_status {
        select = select.filter(Column::ReviewStatus.eq(status));
    }
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The document with this key, if the viewer may see it.
pub async fn document(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}

/// Hands in a document. For applicants with a profile.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `PROFILE_REQUIRED` at `input.applicant`; `PAYLOAD_TOO_LARGE`.
pub async fn upload_document(domain: &Domain, viewer: &Viewer, input: UploadDocument) -> Result<Model> {
    let user = require_applicant(viewer)?;
    let UploadDocument { applicant, name, file, description, published } = input;
    let mut validator = Validator::new([("name", (&name).into()), ("description", (&description).into())]);
    let profile = find_actor(domain, viewer, applicant, &mut validator.found).await?;
    let (name, description) = input_rules::document(&mut validator);
    let upload = inspect(domain, file, &mut validator.found).await?;
    validator.finish()?;
    // Without one of them there is a violation.
    let (Some(profile), Some(name), Some((upload, kind))) = (profile, name, upload) else {
        return Err(Error::not_found("Applicant"));
    };
    let now = domain.clock.now();
    let path = new_path(Entity::FOLDER, user.uuid, &name, now, kind);
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        applicant_id: Set(profile.id),
        name: Set(name),
        file_path: Set(path.clone()),
        content_type: Set(kind.content_type().to_owned()),
        size: Set(upload.size.cast_signed()),
        description: Set(description),
        published: Set(published),
        review_status: Set(ReviewStatus::Pending),
        review_note: Set(None),
        ..Default::default()
    };
    let applicant = (Column::ApplicantId, profile.id);
    StoredUpload::<Entity> { path, upload, row, applicant, refused: Error::from }.store(domain, viewer).await
}

/// Accepts or rejects a document and notifies its applicant. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`.
pub async fn review_document(
    domain: &Domain,
    viewer: &Viewer,
    id: TextUuid,
    status: ReviewStatus,
    note: Option<&str>,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let mut row = found.ok_or_else(|| Error::not_found("Document"))?.into_active_model();
    let mut violations = Violations::new();
    if status == ReviewStatus::Pending {
        violations.add("input.status", Rule::In);
    }
    row.review_note = Set(violations.optional_text("input.note", note, LONG_TEXT));
    violations.finish()?;
    row.review_status = Set(status);
    let row = row.update(&transaction).await?;
    let event = DecisionMessage::document(&row).write(domain, &transaction, viewer, row.applicant_id).await?;
    transaction.commit().await?;
    domain.events.publish(event);
    Ok(row)
}
