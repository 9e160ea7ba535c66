//! Upload types: what an additional upload can be. A short list that admins keep and everybody reads.

use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::constraint;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::{TEXT, Violations},
    scholarship::upload_type::row::{ActiveModel, Column, Entity, Model},
    scope::Scoped,
    viewer::Viewer,
};

/// All upload types in display order.
pub async fn upload_types(domain: &Domain) -> Result<Vec<Model>> {
    let in_order = Entity::public().order_by_asc(Column::Position).order_by_asc(Column::Name);
    Ok(in_order.all(domain.db.read()).await?)
}

/// Adds an upload type; those of a lower `position` come before it. For admins.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `TAKEN` on the name.
pub async fn create_upload_type(domain: &Domain, viewer: &Viewer, name: &str, position: i32) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let mut violations = Violations::new();
    let name = violations.text("input.name", name, TEXT);
    violations.finish()?;
    let row =
        ActiveModel { id: Set(Uuid::now_v7().into()), name: Set(name), position: Set(position), ..Default::default() };
    row.insert(domain.db.write()).await.map_err(name_taken)
}

/// Changes an upload type; `None` leaves a value as it is. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`, among others `TAKEN` on the name.
pub async fn update_upload_type(
    domain: &Domain,
    viewer: &Viewer,
    id: TextUuid,
    name: Option<&str>,
    position: Option<i32>,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let mut row = found.ok_or_else(|| Error::not_found("Upload type"))?.into_active_model();
    let mut violations = Violations::new();
    if let Some(name) = name {
        row.name = Set(violations.text("input.name", name, TEXT));
    }
    if let Some(position) = position {
        row.position = Set(position);
    }
    violations.finish()?;
    let row = row.update(&transaction).await.map_err(name_taken)?;
    transaction.commit().await?;
    Ok(row)
}

/// Removes an upload type that no upload is of. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`IN_USE`) while there are uploads of it.
pub async fn delete_upload_type(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let row = found.ok_or_else(|| Error::not_found("Upload type"))?;
    let deletion = row.clone().into_active_model().delete(&transaction).await;
    deletion.map_err(|error| constraint::in_use(error, "input.id"))?;
    transaction.commit().await?;
    Ok(row)
}

fn name_taken(error: DbErr) -> Error {
    constraint::taken(error, &[("uq_upload_types_name", "input.name")])
}
