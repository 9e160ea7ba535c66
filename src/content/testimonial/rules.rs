//! What people say about the scholarship. Each has a photo, which anybody may see.

use std::fs::File;

use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::files::{FileType, Upload};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    content::{
        reorder,
        testimonial::row::{ActiveModel, Column, Entity, Model},
    },
    domain::Domain,
    input::validate::{LONG_TEXT, TEXT, Violations},
    stored_files::owner::OwnsFile,
    viewer::Viewer,
};

/// The types of photos.
const PHOTOS: &[&str] = &["jpg", "png"];

/// A new testimonial.
#[derive(Debug)]
pub struct CreateTestimonial {
    /// Who says it, at most 255 characters.
    pub name: String,
    /// What they say, at most 5,000 characters.
    pub content: String,
    /// A JPEG or PNG image.
    pub photo: File,
}

/// What changes of a testimonial; `None` leaves a value as it is.
#[derive(Debug, Default)]
pub struct UpdateTestimonial {
    /// Who says it.
    pub name: Option<String>,
    /// What they say.
    pub content: Option<String>,
    /// A JPEG or PNG image.
    pub photo: Option<File>,
}

/// All testimonials, in display order. For everybody.
pub async fn testimonials(domain: &Domain) -> Result<Vec<Model>> {
    Ok(listed().all(domain.db.read()).await?)
}

/// Publishes a testimonial, behind the others. For admins of the scholarship.
pub async fn create_testimonial(domain: &Domain, viewer: &Viewer, input: CreateTestimonial) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let CreateTestimonial { name, content, photo } = input;
    let mut violations = Violations::new();
    let name = violations.text("input.name", &name, TEXT);
    let content = violations.text("input.content", &content, LONG_TEXT);
    let photo = Upload::inspect(photo).await?;
    let photo_path = check_photo(domain, &photo, &mut violations);
    violations.finish()?;
    domain.files.put(&photo_path, photo).await?;
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        name: Set(name),
        photo_path: Set(photo_path.clone()),
        content: Set(content),
        ..Default::default()
    };
    match append(domain, row).await {
        Ok(row) => Ok(row),
        Err(error) => {
            domain.files.delete(&photo_path).await?;
            Err(error)
        }
    }
}

/// Changes a testimonial; a new photo takes the place of the old one. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_testimonial(
    domain: &Domain,
    viewer: &Viewer,
    id: TextUuid,
    input: UpdateTestimonial,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    // Before the file is stored: nobody may fill the store with photos of nobody.
    find(domain.db.read(), id).await?;
    let UpdateTestimonial { name, content, photo } = input;
    let mut changes = ActiveModel { updated_at: Set(domain.clock.now().into()), ..Default::default() };
    let mut violations = Violations::new();
    if let Some(name) = name {
        changes.name = Set(violations.text("input.name", &name, TEXT));
    }
    if let Some(content) = content {
        changes.content = Set(violations.text("input.content", &content, LONG_TEXT));
    }
    let Some(photo) = photo else {
        violations.finish()?;
        return Ok(change(domain, id, changes).await?.1);
    };
    let photo = Upload::inspect(photo).await?;
    let path = check_photo(domain, &photo, &mut violations);
    violations.finish()?;
    domain.files.put(&path, photo).await?;
    changes.photo_path = Set(path.clone());
    let (superfluous, outcome) = match change(domain, id, changes).await {
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
pub async fn delete_testimonial(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let row = find(&transaction, id).await?;
    row.clone().delete(&transaction).await?;
    transaction.commit().await?;
    domain.files.delete(&row.photo_path).await?;
    Ok(row)
}

/// Shows the testimonials in this order; answers with all of them. For admins of the scholarship.
///
/// # Errors
/// `VALIDATION_FAILED` unless every testimonial is named exactly once.
pub async fn reorder_testimonials(domain: &Domain, viewer: &Viewer, ids: &[TextUuid]) -> Result<Vec<Model>> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let present: Vec<TextUuid> = listed().lock_exclusive().all(&transaction).await?.iter().map(|row| row.id).collect();
    let places = [Column::Position, Column::UpdatedAt];
    if let Some(update) = reorder::<Entity>(Column::Id, places, &present, ids, domain.clock.now())? {
        update.exec(&transaction).await?;
    }
    let rows = listed().all(&transaction).await?;
    transaction.commit().await?;
    Ok(rows)
}

fn listed() -> Select<Entity> {
    Entity::public().order_by_asc(Column::Position).order_by_asc(Column::Id)
}

async fn find(db: &impl ConnectionTrait, id: TextUuid) -> Result<Model> {
    let found = Entity::public().filter(Column::Id.eq(id)).one(db).await?;
    found.ok_or_else(|| Error::not_found("Testimonial"))
}

/// Where the photo will be stored.
fn check_photo(domain: &Domain, photo: &Upload, violations: &mut Violations) -> String {
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

async fn append(domain: &Domain, mut row: ActiveModel) -> Result<Model> {
    let transaction = domain.db.begin().await?;
    let last = Entity::public().select_only().column_as(Column::Position.max(), "last");
    let last = last.into_tuple::<Option<i32>>().one(&transaction).await?.flatten();
    row.position = Set(last.unwrap_or_default() + 1);
    let row = row.insert(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// The path of the photo before, and the row after the change.
async fn change(domain: &Domain, id: TextUuid, changes: ActiveModel) -> Result<(String, Model)> {
    let transaction = domain.db.begin().await?;
    let found = Entity::public().filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let old = found.ok_or_else(|| Error::not_found("Testimonial"))?;
    let row = ActiveModel { id: Set(id), ..changes }.update(&transaction).await?;
    transaction.commit().await?;
    Ok((old.photo_path, row))
}
