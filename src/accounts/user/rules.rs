//! Users: who sees them, and who locks them out.

use async_graphql::ID;
use gerbang_graphql::id::Node;
use sea_orm::{ExprTrait, prelude::TextUuid};

use super::identity::status_of;
use crate::{
    accounts::{
        Role,
        access::AccessTransaction,
        user::row::{Column, Entity, Model, Status},
    },
    audit::notes::note_subject,
    prelude::rules::*,
};

/// Which users are wanted.
#[rules]
#[derive(Debug, Default, InputObject)]
pub struct UserFilter {
    /// Of this user base only.
    pub realm: Option<Realm>,
    /// With this role only.
    pub role: Option<Role>,
    /// In this state only.
    pub status: Option<Status>,
    /// In one of these states only, instead of `status`.
    pub statuses: Option<Vec<Status>>,
    /// Part of the name, user name, e-mail address or staff code, without regard to case; at most 255 characters.
    #[rule(text, max = MAX_SEARCH, optional)]
    pub search: Option<String>,
}

/// Which user it is about.
#[derive(Debug, InputObject)]
pub struct UserIdInput {
    /// The user: `user_17`, or the legacy id within the caller's realm.
    pub id: ID,
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
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    if !matches!(viewer.require_user()?.role, Role::Admin | Role::Employee) {
        return Err(Error::forbidden());
    }
    let UserFilter { realm, role, status, statuses, search } = filter;
    let names = [Column::Name, Column::Username, Column::Email, Column::Code];
    let wanted = Wanted::default()
        .search(&domain.db, &names, search.as_deref())
        .is(Column::Realm, realm)
        .is(Column::Role, role)
        .one_of(Column::Status, status, statuses.as_deref(), "filter.statuses")
        .check()?;
    // Pages are cut at a value, so there has to be one.
    let sorted = Some(listing.sort.column).filter(|column| matches!(column, Column::UsernameKey | Column::Code));
    let select = Entity::visible_to(viewer)
        .apply_if(wanted, QueryFilter::filter)
        .apply_if(sorted, |select, column| select.filter(column.is_not_null()));
    listing.of(domain.db.read(), select, Column::Id).await
}

/// The user that an id of any form names, if the viewer may see them: `user_17`, the number that the viewer's realm
/// knows, or a UUID.
pub async fn user(domain: &Domain, viewer: &Viewer, id: &ID) -> Result<Option<Model>> {
    let Some(realm) = viewer.realm() else { return Ok(None) };
    let row = if let Some(key) = id.strip_prefix(Model::KIND).and_then(|rest| rest.strip_prefix('_')) {
        key.parse::<i64>().ok().map(|key| Column::Id.eq(key))
    } else if let Ok(number) = id.parse::<i64>() {
        Some(Column::Realm.eq(realm).and(Column::LegacyId.eq(number)))
    } else {
        id.parse::<TextUuid>().ok().map(|uuid| Column::Uuid.eq(uuid))
    };
    let Some(row) = row else { return Ok(None) };
    let found = Entity::visible_to(viewer).filter(row).one(domain.db.read()).await?;
    if let Some(user) = &found {
        note_subject::<Model>(&user.id);
    }
    Ok(found)
}

/// Locks a user out and ends all their sessions. For admins of the realm, not for themselves.
///
/// # Errors
/// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`.
pub async fn suspend_user(domain: &Domain, viewer: &Viewer, input: UserIdInput) -> Result<Model> {
    let user = for_admin(domain, viewer, &input.id).await?;
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
pub async fn reinstate_user(domain: &Domain, viewer: &Viewer, input: UserIdInput) -> Result<Model> {
    let user = for_admin(domain, viewer, &input.id).await?;
    if user.status != Status::Suspended {
        return Ok(user);
    }
    let status = status_of(user.realm, user.email_verified_at.is_some());
    let mut transaction = AccessTransaction::begin(domain).await?;
    let row = set_status(&mut transaction, user, status).await?;
    transaction.commit().await?;
    Ok(row)
}

async fn for_admin(domain: &Domain, viewer: &Viewer, id: &ID) -> Result<Model> {
    viewer.require_user()?;
    let user = user(domain, viewer, id).await?.ok_or_else(not_found)?;
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
