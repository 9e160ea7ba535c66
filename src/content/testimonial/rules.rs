//! What people say about the scholarship. Each has a photo, which anybody may see.

use std::{fs::File, sync::Arc};

use async_graphql::Upload;
use gerbang_graphql::id::Node;
use gerbang_platform::files::{FileType, Upload as FileUpload};
use sea_orm::ActiveValue::Unchanged;
use uuid::Uuid;

use crate::{
    audit::notes::note_subject,
    constants::{table::Table, transaction::ConstantTransaction},
    content::{
        ordered,
        testimonial::row::{ActiveModel, Entity, Model},
    },
    prelude::rules::*,
    stored_files::owner::OwnsFile,
};

/// The types of photos.
const PHOTOS: &[&str] = &["jpg", "png"];

/// A new testimonial.
#[rules]
#[derive(InputObject)]
pub struct CreateTestimonialInput {
    /// Who says it.
    #[rule(text, max = 255)]
    pub name: String,
    /// What they say.
    #[rule(text, max = 5_000)]
    pub content: String,
    /// Their photo: JPEG or PNG, at most 5 MB (5,242,880 bytes).
    pub photo: Upload,
}

/// What changes of a testimonial; what is absent stays as it is.
#[rules]
#[derive(InputObject)]
pub struct UpdateTestimonialInput {
    /// The testimonial: `testimonial_0190a5f0-...` or the UUID alone.
    pub id: IdOf<Entity>,
    /// Who says it.
    #[rule(text, max = 255)]
    pub name: Option<String>,
    /// What they say.
    #[rule(text, max = 5_000)]
    pub content: Option<String>,
    /// Their photo: JPEG or PNG, at most 5 MB (5,242,880 bytes). It takes the place of the old one.
    pub photo: Option<Upload>,
}

/// Which testimonial is removed.
#[derive(Debug, InputObject)]
pub struct DeleteTestimonialInput {
    /// The testimonial: `testimonial_0190a5f0-...` or the UUID alone.
    pub id: IdOf<Entity>,
}

/// A new display order.
#[derive(Debug, InputObject)]
pub struct ReorderTestimonialsInput {
    /// Every testimonial exactly once, the first to be shown first.
    pub ids: Vec<IdOf<Entity>>,
}

/// All testimonials, in display order. For everybody.
pub async fn testimonials(domain: &Domain) -> Result<Arc<Vec<Model>>> {
    ordered::listed::<Entity>(domain).await
}

/// Publishes a testimonial, behind the others. For admins of the scholarship.
pub async fn create_testimonial(
    domain: &Domain,
    viewer: &Viewer,
    input: CreateTestimonialInput,
    photo: File,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let (CreateTestimonialInput { name, content, .. }, mut violations) = input.examine();
    let photo = FileUpload::inspect(photo).await?;
    let path = check_photo(domain, &photo, &mut violations);
    violations.finish()?;
    domain.files.put(&path, photo).await?;
    let row =
        ActiveModel { name: Set(name), photo_path: Set(path.clone()), content: Set(content), ..Default::default() };
    let added = ordered::append::<Entity>(domain, row).await;
    match &added {
        Ok(row) => note_subject::<Model>(&row.id),
        Err(_) => domain.files.delete(&path).await?,
    }
    added
}

/// Changes a testimonial; a new photo takes the place of the old one. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_testimonial(
    domain: &Domain,
    viewer: &Viewer,
    input: UpdateTestimonialInput,
    photo: Option<File>,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    // Before the file is stored: nobody may fill the store with photos of nobody.
    input.id.find(domain.db.read(), viewer).await?.ok_or_else(|| Error::not_found(Model::NAME))?;
    let (UpdateTestimonialInput { id, name, content, .. }, mut violations) = input.examine();
    let mut changes = <ActiveModel as Default>::default();
    changes.name.change(name);
    changes.content.change(content);
    let Some(photo) = photo else {
        violations.finish()?;
        return Ok(change(domain, viewer, &id, changes).await?.1);
    };
    let photo = FileUpload::inspect(photo).await?;
    let path = check_photo(domain, &photo, &mut violations);
    violations.finish()?;
    domain.files.put(&path, photo).await?;
    changes.photo_path = Set(path.clone());
    let (superfluous, outcome) = match change(domain, viewer, &id, changes).await {
        Ok((old_path, row)) => (old_path, Ok(row)),
        Err(error) => (path, Err(error)),
    };
    domain.files.delete(&superfluous).await?;
    outcome
}

/// Takes a testimonial off the site, with its photo. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_testimonial(domain: &Domain, viewer: &Viewer, input: DeleteTestimonialInput) -> Result<Model> {
    let row = ordered::delete(domain, viewer, &input.id).await?;
    domain.files.delete(&row.photo_path).await?;
    Ok(row)
}

/// Shows the testimonials in this order; answers with all of them. For admins of the scholarship.
///
/// # Errors
/// `VALIDATION_FAILED` unless every testimonial is named exactly once.
pub async fn reorder_testimonials(
    domain: &Domain,
    viewer: &Viewer,
    input: ReorderTestimonialsInput,
) -> Result<Vec<Model>> {
    ordered::reorder(domain, viewer, &input.ids).await
}

/// Where the photo will be stored.
fn check_photo(domain: &Domain, photo: &FileUpload, violations: &mut Violations) -> String {
    let largest = domain.config.limits.file_bytes;
    let rule = match photo.kind {
        _ if photo.size == 0 => Some(Rule::File),
        _ if photo.size > largest => Some(Rule::FileSize(largest / 1_024)),
        Some(FileType::Jpeg | FileType::Png) => None,
        Some(FileType::Pdf) | None => Some(Rule::FileType(PHOTOS)),
    };
    if let Some(rule) = rule {
        violations.add("input.photo", rule);
    }
    let extension = photo.kind.map_or("", FileType::extension);
    format!("{}/{}.{extension}", Entity::FOLDER, Uuid::new_v4())
}

/// The path of the photo before, and the row after the change.
async fn change(domain: &Domain, viewer: &Viewer, id: &IdOf<Entity>, changes: ActiveModel) -> Result<(String, Model)> {
    let transaction = ConstantTransaction::begin(domain, Table::Testimonials).await?;
    let old = id.find_for_update(transaction.db(), viewer).await?;
    let row = ActiveModel { id: Unchanged(old.id), ..changes }.update(transaction.db()).await?;
    transaction.commit().await?;
    Ok((old.photo_path, row))
}
