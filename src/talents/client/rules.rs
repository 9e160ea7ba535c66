//! Clients: people whom a partner has assessed. Admins see all, a partner's user their own partner's.

use std::collections::HashMap;

use chrono::NaiveDate;
use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::{
    batch::{Children, count_by_parent, page_by_parent},
    constraint,
    page::{Page, PageRequest, Sort, paginate},
    search::contains,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, ModelTrait, QueryFilter,
    QuerySelect, Select,
};

use crate::{
    accounts::Realm,
    domain::Domain,
    input::{
        custom_rules::FUTURE,
        validate::{TEXT, Violations},
    },
    scope::Scoped,
    talents::client::row::{ActiveModel, Column, Entity, Gender, Model, Status},
    viewer::Viewer,
};

/// Which clients are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientFilter {
    /// Part of the name or e-mail address.
    pub search: Option<String>,
    /// Whose clients.
    pub partner_id: Option<i64>,
    /// How far the assessment is.
    pub status: Option<Status>,
}

impl ClientFilter {
    fn apply(&self, mut select: Select<Entity>) -> Select<Entity> {
        if let Some(search) = self.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
            select = select.filter(contains(&[Column::Name, Column::Email], search));
        }
        if let Some(partner) = self.partner_id {
            select = select.filter(Column::PartnerId.eq(partner));
        }
        if let Some(status) = self.status {
            select = select.filter(Column::Status.eq(status));
        }
        select
    }
}

/// A page of the clients that the viewer may see.
pub async fn clients(
    domain: &Domain,
    viewer: &Viewer,
    filter: &ClientFilter,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let select = filter.apply(Entity::visible_to(viewer));
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The same page under each of these partners. One statement, and a second if `count`.
pub async fn clients_of(
    domain: &Domain,
    viewer: &Viewer,
    partners: &[i64],
    filter: &ClientFilter,
    sort: Sort<Column>,
    (request, count): (&PageRequest, bool),
) -> Result<HashMap<i64, Page<Model>>> {
    let select = filter.apply(Entity::visible_to(viewer));
    let children = Children { parent: Column::PartnerId, sort, key: Column::Id };
    page_by_parent(domain.db.read(), select, children, partners, request, count).await
}

/// How many clients each of these partners has. One statement.
pub async fn count_of(domain: &Domain, viewer: &Viewer, partners: &[i64]) -> Result<HashMap<i64, u64>> {
    count_by_parent(domain.db.read(), Entity::visible_to(viewer), Column::PartnerId, partners).await
}

/// The client with this key, if the viewer may see it.
pub async fn client(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}

/// What a new client is made of.
#[derive(Clone, Debug)]
pub struct CreateClient {
    /// The partner who has them assessed; for a partner's user their own by default.
    pub partner_id: Option<i64>,
    /// Full name, at most 255 characters.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
}

/// What changes of a client; `None` leaves a value as it is, `Some(None)` clears it.
#[derive(Clone, Debug, Default)]
pub struct UpdateClient {
    /// Full name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<Option<String>>,
    /// Gender.
    pub gender: Option<Option<Gender>>,
    /// Date of birth.
    pub birth_date: Option<Option<NaiveDate>>,
}

/// Adds a client, who is invited until there is a result. For admins, and for a partner's user within their partner.
pub async fn create_client(domain: &Domain, viewer: &Viewer, input: CreateClient) -> Result<Model> {
    let user = viewer.require_realm(Realm::TalentsMapping)?;
    let CreateClient { partner_id, name, email, phone, gender, birth_date } = input;
    let mut violations = Violations::new();
    let partner_id = partner_id.or(user.partner_id);
    match partner_id {
        None => violations.add("input.partnerId", Rule::Required),
        Some(id) if !viewer.is_admin_of(Realm::TalentsMapping) && user.partner_id != Some(id) => {
            violations.add("input.partnerId", Rule::Exists);
        }
        Some(_) => (),
    }
    let name = violations.text("input.name", &name, TEXT);
    let email = violations.email("input.email", &email);
    let phone = violations.optional_phone("input.phone", phone.as_deref());
    check_birth_date(domain, birth_date, &mut violations);
    violations.finish()?;
    let row = ActiveModel {
        partner_id: Set(partner_id.unwrap_or_default()),
        name: Set(name),
        email: Set(email),
        phone: Set(phone),
        gender: Set(gender),
        birth_date: Set(birth_date.map(Into::into)),
        status: Set(Status::Invited),
        ..Default::default()
    };
    row.insert(domain.db.write()).await.map_err(|error| constraint::taken(error, &[("fk", "input.partnerId")]))
}

/// Changes a client. For admins, and for a partner's user within their partner.
///
/// # Errors
/// `NOT_FOUND` if there is none that the viewer may see.
pub async fn update_client(domain: &Domain, viewer: &Viewer, id: i64, input: UpdateClient) -> Result<Model> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let mut row = locked(&transaction, viewer, id).await?.into_active_model();
    let UpdateClient { name, email, phone, gender, birth_date } = input;
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
    if let Some(gender) = gender {
        row.gender = Set(gender);
    }
    if let Some(birth_date) = birth_date {
        check_birth_date(domain, birth_date, &mut violations);
        row.birth_date = Set(birth_date.map(Into::into));
    }
    violations.finish()?;
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Puts a client away; the result is kept. For admins, and for a partner's user within their partner.
///
/// # Errors
/// `NOT_FOUND` if there is none that the viewer may see.
pub async fn archive_client(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Model> {
    change_status(domain, viewer, id, |_| Status::Archived).await
}

/// Takes an archived client back; others stay as they are. For admins, and for a partner's user within their partner.
///
/// # Errors
/// `NOT_FOUND` if there is none that the viewer may see.
pub async fn restore_client(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Model> {
    change_status(domain, viewer, id, |client| match client.assessed_at {
        Some(_) => Status::Assessed,
        None => Status::Invited,
    })
    .await
}

/// Removes a client together with the result. For admins only: what a partner no longer needs is archived.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_client(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let row = locked(&transaction, viewer, id).await?;
    row.clone().delete(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

async fn change_status(
    domain: &Domain,
    viewer: &Viewer,
    id: i64,
    status_of: impl FnOnce(&Model) -> Status,
) -> Result<Model> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let row = locked(&transaction, viewer, id).await?;
    let status = status_of(&row);
    if row.status == status {
        return Ok(row);
    }
    let mut row = row.into_active_model();
    row.status = Set(status);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// The client, who stays as they are until the transaction ends.
pub(crate) async fn locked(transaction: &impl ConnectionTrait, viewer: &Viewer, id: i64) -> Result<Model> {
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(transaction).await?;
    found.ok_or_else(|| Error::not_found("Client"))
}

fn check_birth_date(domain: &Domain, date: Option<NaiveDate>, violations: &mut Violations) {
    if date.is_some_and(|date| date > domain.clock.now().date_naive()) {
        violations.add("input.birthDate", FUTURE);
    }
}
