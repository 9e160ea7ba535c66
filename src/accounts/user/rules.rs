//! Users: who sees them, and who locks them out.

use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::{
    page::{Page, PageRequest, Sort, paginate},
    search::contains,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, IntoActiveModel, QueryFilter, prelude::TextUuid,
};

use super::identity::status_of;
use crate::{
    accounts::{
        Realm, Role,
        access::AccessTransaction,
        user::row::{Column, Entity, Model, Status},
    },
    domain::Domain,
    scope::Scoped,
    viewer::Viewer,
};

/// How a user is named by a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// By primary key.
    Id(i64),
    /// By the number that the caller's realm knows.
    Legacy(i64),
    /// By UUID.
    Uuid(TextUuid),
}

/// Which users are wanted.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Of this user base.
    pub realm: Option<Realm>,
    /// With this role.
    pub role: Option<Role>,
    /// In this state.
    pub status: Option<Status>,
    /// Whose name, user name, address or code contains this.
    pub search: Option<String>,
}

/// The roles that users of a realm may have.
pub const fn roles_of(realm: Realm) -> &'static [Role] {
    match realm {
        Realm::TalentsMapping => &[Role::Admin, Role::Partner],
        Realm::Apextrack => &[Role::Admin, Role::Affiliate],
        Realm::Notary => &[Role::Admin, Role::Notary, Role::Ppat, Role::Customer],
        Realm::Scholarship => &[Role::Admin, Role::Applicant],
        Realm::Staff => &[Role::Admin, Role::Employee],
    }
}

/// A page of users: all of the realm for admins and employees.
///
/// # Errors
/// `UNAUTHENTICATED` for anonymous callers, `FORBIDDEN` for others.
pub async fn users(
    domain: &Domain,
    viewer: &Viewer,
    filter: UserFilter,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    if !matches!(viewer.require_user()?.role, Role::Admin | Role::Employee) {
        return Err(Error::forbidden());
    }
    let UserFilter { realm, role, status, search } = filter;
    let mut select = Entity::visible_to(viewer);
    if let Some(realm) = realm {
        select = select.filter(Column::Realm.eq(realm));
    }
    if let Some(role) = role {
        select = select.filter(Column::Role.eq(role));
    }
    if let Some(status) = status {
        select = select.filter(Column::Status.eq(status));
    }
    if let Some(search) = search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        select = select.filter(contains(&[Column::Name, Column::Username, Column::Email, Column::Code], search));
    }
    // Pages are cut at a value, so there has to be one.
    if matches!(sort.column, Column::UsernameKey | Column::Code) {
        select = select.filter(sort.column.is_not_null());
    }
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The user, if the viewer may see them.
pub async fn user(domain: &Domain, viewer: &Viewer, which: UserRef) -> Result<Option<Model>> {
    find(domain.db.read(), viewer, which).await
}

pub(crate) async fn find(db: &impl ConnectionTrait, viewer: &Viewer, which: UserRef) -> Result<Option<Model>> {
    let Some(realm) = viewer.realm() else { return Ok(None) };
    let row = match which {
        UserRef::Id(id) => Column::Id.eq(id).into(),
        UserRef::Legacy(number) => Condition::all().add(Column::Realm.eq(realm)).add(Column::LegacyId.eq(number)),
        UserRef::Uuid(uuid) => Column::Uuid.eq(uuid).into(),
    };
    Ok(Entity::visible_to(viewer).filter(row).one(db).await?)
}

/// Locks a user out and ends all their sessions. For admins of the realm, not for themselves.
///
/// # Errors
/// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
pub async fn suspend_user(domain: &Domain, viewer: &Viewer, which: UserRef) -> Result<Model> {
    let user = for_admin(domain, viewer, which).await?;
    let mut transaction = AccessTransaction::begin(domain).await?;
    let row = set_status(&mut transaction, user, Status::Suspended).await?;
    transaction.end_all_sessions(row.id).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Lets a suspended user in again. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
pub async fn reinstate_user(domain: &Domain, viewer: &Viewer, which: UserRef) -> Result<Model> {
    let user = for_admin(domain, viewer, which).await?;
    if user.status != Status::Suspended {
        return Ok(user);
    }
    let status = status_of(user.realm, user.email_verified_at.map(Into::into));
    let mut transaction = AccessTransaction::begin(domain).await?;
    let row = set_status(&mut transaction, user, status).await?;
    transaction.commit().await?;
    Ok(row)
}

async fn for_admin(domain: &Domain, viewer: &Viewer, which: UserRef) -> Result<Model> {
    viewer.require_user()?;
    let user = find(domain.db.read(), viewer, which).await?.ok_or_else(not_found)?;
    if viewer.is_admin_of(user.realm) && !viewer.is_user(user.id) { Ok(user) } else { Err(Error::forbidden()) }
}

async fn set_status(transaction: &mut AccessTransaction, user: Model, status: Status) -> Result<Model> {
    let mut row = user.into_active_model();
    row.status = Set(status);
    Ok(transaction.update_user(row).await?)
}

pub(crate) fn not_found() -> Error {
    Error::not_found("User")
}
