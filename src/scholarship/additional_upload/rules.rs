//! Additional uploads: files that applicants add, each of a listed type.

use std::fs::File;

use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::{
    constraint,
    page::{Page, PageRequest, Sort, paginate},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, prelude::TextUuid};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    domain::Domain,
    input::validator::Validator,
    scholarship::{
        additional_upload::row::{ActiveModel, Column, Entity, Model},
        applicant::rules::{find_actor, require_applicant},
        input_rules,
        upload::{StoredUpload, inspect, new_path},
        upload_type,
    },
    scope::Scoped,
    stored_files::owner::OwnsFile,
    viewer::Viewer,
};

/// A file to be added.
#[derive(Debug)]
pub struct UploadAdditional {
    /// The profile it is for; the viewer's own, whether it is named or not.
    pub applicant: Option<TextUuid>,
    /// What it is; `None` for what can be no upload type at all.
    pub upload_type_id: Option<TextUuid>,
    /// The file.
    pub file: File,
    /// What the applicant says about it, at most 5,000 characters.
    pub description: Option<String>,
}

/// A page of the additional uploads that the viewer may see.
pub async fn additional_uploads(
    domain: &Domain,
    viewer: &Viewer,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    paginate(domain.db.read(), Entity::visible_to(viewer), sort, Column::Id, request, count).await
}

/// Adds a file. For applicants with a profile.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `EXISTS` at `input.uploadTypeId` and `PROFILE_REQUIRED` at `input.applicant`;
/// `PAYLOAD_TOO_LARGE`.
pub async fn upload_additional(domain: &Domain, viewer: &Viewer, input: UploadAdditional) -> Result<Model> {
    let user = require_applicant(viewer)?;
    let UploadAdditional { applicant, upload_type_id, file, description } = input;
    let mut validator = Validator::new([("description", (&description).into())]);
    let profile = find_actor(domain, viewer, applicant, &mut validator.found).await?;
    let upload_type = match upload_type_id {
        Some(id) => {
            let known = upload_type::row::Entity::visible_to(viewer).filter(upload_type::row::Column::Id.eq(id));
            known.one(domain.db.read()).await?
        }
        None => None,
    };
    if upload_type.is_none() {
        validator.found.add("input.uploadTypeId", Rule::Exists);
    }
    let upload = inspect(domain, file, &mut validator.found).await?;
    let description = input_rules::additional_upload(&mut validator);
    validator.finish()?;
    // Without one of them there is a violation.
    let (Some(profile), Some(upload_type), Some((upload, kind))) = (profile, upload_type, upload) else {
        return Err(Error::not_found("Applicant"));
    };
    let now = domain.clock.now();
    let path = new_path(Entity::FOLDER, user.uuid, &upload_type.name, now, kind);
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        applicant_id: Set(profile.id),
        upload_type_id: Set(upload_type.id),
        file_path: Set(path.clone()),
        content_type: Set(kind.content_type().to_owned()),
        size: Set(upload.size.cast_signed()),
        description: Set(description),
        ..Default::default()
    };
    let applicant = (Column::ApplicantId, profile.id);
    let refused = |error| constraint::taken(error, &[("fk", "input.uploadTypeId")]);
    StoredUpload::<Entity> { path, upload, row, applicant, refused }.store(domain, viewer).await
}
