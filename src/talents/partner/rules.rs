//! Partners: organisations that have people assessed. Admins see and change all, a partner's user sees their own.

use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::{
    constraint,
    page::{Page, PageRequest, Sort, paginate},
    search::contains,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::{LONG_TEXT, TEXT, Violations},
    scope::Scoped,
    talents::partner::row::{ActiveModel, Column, Entity, Model},
    viewer::Viewer,
};

/// What a new partner is made of.
#[derive(Clone, Debug)]
pub struct CreatePartner {
    /// Name of the organisation, at most 255 characters.
    pub name: String,
    /// Contact e-mail address.
    pub email: String,
    /// Contact telephone number.
    pub phone: Option<String>,
    /// Postal address, at most 5,000 characters.
    pub address: Option<String>,
}

/// What changes of a partner; `None` leaves a value as it is, `Some(None)` clears it.
#[derive(Clone, Debug, Default)]
pub struct UpdatePartner {
    /// Name of the organisation.
    pub name: Option<String>,
    /// Contact e-mail address.
    pub email: Option<String>,
    /// Contact telephone number.
    pub phone: Option<Option<String>>,
    /// Postal address.
    pub address: Option<Option<String>>,
}

/// A page of the partners that the viewer may see, whose name or address contains `search`.
pub async fn partners(
    domain: &Domain,
    viewer: &Viewer,
    search: Option<&str>,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let mut select = Entity::visible_to(viewer);
    if let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) {
        select = select.filter(contains(&[Column::Name, Column::Email], search));
    }
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The partner with this key, if the viewer may see it.
///
/// # Errors
/// `UNAUTHENTICATED` for anonymous callers.
pub async fn partner(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}

/// Adds a partner. For admins.
pub async fn create_partner(domain: &Domain, viewer: &Viewer, input: CreatePartner) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let CreatePartner { name, email, phone, address } = input;
    let mut violations = Violations::new();
    let name = violations.text("input.name", &name, TEXT);
    let email = violations.email("input.email", &email);
    let phone = violations.optional_phone("input.phone", phone.as_deref());
    let address = violations.optional_text("input.address", address.as_deref(), LONG_TEXT);
    violations.finish()?;
    let row = ActiveModel {
        name: Set(name),
        email: Set(email),
        phone: Set(phone),
        address: Set(address),
        ..Default::default()
    };
    Ok(row.insert(domain.db.write()).await?)
}

/// Changes a partner. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_partner(domain: &Domain, viewer: &Viewer, id: i64, input: UpdatePartner) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(&transaction).await?;
    let mut row = found.ok_or_else(|| Error::not_found("Partner"))?.into_active_model();
    let UpdatePartner { name, email, phone, address } = input;
    let mut violations = Violations::new();
    if let Some(name) = name {
        row.name = Set(violations.text("input.name", &name, TEXT));
    }
    if let Some(email) = email {
        row.email = Set(violations.email("input.email", &email));
    }
    if let Some(phone) = phone {
        row.phone = Set(violations.optional_phone("input.phone", phone.as_deref()));
    }
    if let Some(address) = address {
        row.address = Set(violations.optional_text("input.address", address.as_deref(), LONG_TEXT));
    }
    violations.finish()?;
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Removes a partner that nothing refers to. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`IN_USE`) while it has clients or users.
pub async fn delete_partner(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(&transaction).await?;
    let row = found.ok_or_else(|| Error::not_found("Partner"))?;
    row.clone()
        .into_active_model()
        .delete(&transaction)
        .await
        .map_err(|error| constraint::in_use(error, "input.id"))?;
    transaction.commit().await?;
    Ok(row)
}
