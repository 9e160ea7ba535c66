//! Additional uploads: files that applicants add, each of a listed type.

use std::fs::File;

use async_graphql::Upload;

use crate::{
    prelude::rules::*,
    scholarship::{
        additional_upload::row::{ActiveModel, Column, Entity, Model},
        applicant::{self, rules::require_applicant},
        upload::Incoming,
        upload_type,
    },
};

/// A file to be added.
#[rules]
#[derive(Debug, InputObject)]
pub struct UploadAdditionalInput {
    /// The profile it is for: the caller's own (its global id or UUID), which is also the default.
    pub applicant: Option<IdOf<applicant::row::Entity>>,
    /// What it is: the global id or the UUID of an upload type.
    pub upload_type_id: IdOf<upload_type::row::Entity>,
    /// A PDF, JPEG or PNG file of at most 5,242,880 bytes.
    pub file: Upload,
    /// What there is to say about it.
    #[rule(text, max = 5_000, optional)]
    pub description: Option<String>,
}

/// A page of the additional uploads that the viewer may see.
pub async fn additional_uploads(domain: &Domain, viewer: &Viewer, listing: &Listing<Column>) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    listing.of(domain.db.read(), Entity::visible_to(viewer), Column::Id).await
}

/// Adds a file. For applicants with a profile.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `EXISTS` at `input.uploadTypeId` and `PROFILE_REQUIRED` at `input.applicant`.
pub async fn upload_additional(
    domain: &Domain,
    viewer: &Viewer,
    input: UploadAdditionalInput,
    file: File,
) -> Result<Model> {
    require_applicant(viewer)?;
    let upload_type = input.upload_type_id.find(domain.db.read(), viewer).await?;
    let (UploadAdditionalInput { applicant, description, .. }, mut found) = input.examine();
    if upload_type.is_none() {
        found.add("input.uploadTypeId", Rule::Exists);
    }
    let incoming = Incoming::receive(domain, viewer, applicant.as_ref(), found, file).await?;
    // Without one there is a violation.
    let upload_type = upload_type.ok_or_else(|| Error::not_found("Upload type"))?;
    let row = ActiveModel { upload_type_id: Set(upload_type.id), description: Set(description), ..Default::default() };
    incoming.store::<Entity>(domain, viewer, &upload_type.name, row).await
}
