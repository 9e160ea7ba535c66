//! Upload types: what an additional upload can be. A short list that admins keep and everybody reads.

use sea_orm::{DbErr, ModelTrait};
use uuid::Uuid;

use crate::{
    prelude::rules::*,
    scholarship::upload_type::row::{ActiveModel, Column, Entity, Model},
};

/// A new upload type.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateUploadTypeInput {
    /// Name; unique.
    #[rule(text, max = 255)]
    pub name: String,
    /// Place in the list, the lowest first; equal ones are sorted by name.
    #[graphql(default)]
    pub position: i32,
}

/// What changes of an upload type; what is absent or null stays as it is.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateUploadTypeInput {
    /// The upload type: its global id or its UUID.
    pub id: IdOf<Entity>,
    /// Name; unique.
    #[rule(text, max = 255)]
    pub name: Option<String>,
    /// Place in the list, the lowest first.
    pub position: Option<i32>,
}

/// Which upload type is removed.
#[derive(Debug, InputObject)]
pub struct DeleteUploadTypeInput {
    /// The upload type: its global id or its UUID.
    pub id: IdOf<Entity>,
}

/// All upload types in display order.
pub async fn upload_types(domain: &Domain) -> Result<Vec<Model>> {
    let in_order = Entity::public().order_by_asc(Column::Position).order_by_asc(Column::Name);
    Ok(in_order.all(domain.db.read()).await?)
}

/// Adds an upload type; those of a lower `position` come before it. For admins.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `TAKEN` on the name.
pub async fn create_upload_type(domain: &Domain, viewer: &Viewer, input: CreateUploadTypeInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let CreateUploadTypeInput { name, position } = input.check()?;
    let row =
        ActiveModel { id: Set(Uuid::now_v7().into()), name: Set(name), position: Set(position), ..Default::default() };
    row.insert(domain.db.write()).await.map_err(name_taken)
}

/// Changes an upload type. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`, among others `TAKEN` on the name.
pub async fn update_upload_type(domain: &Domain, viewer: &Viewer, input: UpdateUploadTypeInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    let UpdateUploadTypeInput { id: _, name, position } = input.check()?;
    row.name.change(name);
    row.position.change(position);
    let row = row.update(&transaction).await.map_err(name_taken)?;
    transaction.commit().await?;
    Ok(row)
}

/// Removes an upload type that no upload is of. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`IN_USE`) while there are uploads of it.
pub async fn delete_upload_type(domain: &Domain, viewer: &Viewer, input: DeleteUploadTypeInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let row = input.id.find_for_update(&transaction, viewer).await?;
    let deletion = row.clone().delete(&transaction).await;
    deletion.map_err(|error| constraint::in_use(error, "input.id"))?;
    transaction.commit().await?;
    Ok(row)
}

fn name_taken(error: DbErr) -> Error {
    constraint::taken(error, &[("uq_upload_types_name", "input.name")])
}
