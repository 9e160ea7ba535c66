//! Invitations: an admin invites by mail, the guest accepts once and becomes a user.

use chrono::TimeDelta;
use gerbang_kernel::{
    error::{Error, ErrorCode, Result, Rule, Violation},
    identity::ClientInfo,
};
use gerbang_platform::query::page::{Page, PageRequest, Sort, paginate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};

use crate::{
    accounts::{
        Realm, Role, input_rules,
        invitation::row::{ActiveModel, Column, Entity, Model},
        session::rules::{Session, open_session},
        token::rules::{hash_secret, link_code},
        user::{
            identity::Identity,
            new_users::{NewUser, insert},
        },
    },
    domain::Domain,
    input::{validate::fold, validator::Validator},
    outbox::{self, links, message_templates},
    quotas::Quota,
    scope::Scoped,
    viewer::Viewer,
};

/// Who is invited.
#[derive(Clone, Debug)]
pub struct CreateInvitation {
    /// The user base.
    pub realm: Realm,
    /// The guest's e-mail address.
    pub email: String,
    /// The role that the guest will have.
    pub role: Role,
    /// Minutes that the invitation lives.
    pub expires_in_minutes: i64,
}

/// An invitation and the link that opens it.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub row: Model,
    /// The link in the mail.
    pub link: String,
}

/// An invitation that can be accepted, as its guest sees it.
#[derive(Clone, Debug)]
pub struct Open {
    /// The invitation.
    pub row: Model,
    /// The application's page on which it is accepted.
    pub accept_url: String,
}

/// How a guest accepts.
#[derive(Clone, Debug)]
pub struct AcceptInvitation {
    /// The code in the link.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Password, at least 8 characters.
    pub password: String,
}

/// The roles that one can be invited to: those that sign-up does not give, and that need nothing but an address.
const fn invitable(realm: Realm) -> &'static [Role] {
    match realm {
        Realm::TalentsMapping | Realm::Scholarship => &[Role::Admin],
        Realm::Apextrack => &[Role::Admin, Role::Affiliate],
        Realm::Notary => &[Role::Admin, Role::Notary, Role::Ppat],
        Realm::Staff => &[],
    }
}

/// A page of invitations. For admins.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`.
pub async fn invitations(
    domain: &Domain,
    viewer: &Viewer,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    paginate(domain.db.read(), Entity::visible_to(viewer), sort, Column::Id, request, count).await
}

/// The invitation with this code, if it can still be accepted. For anybody who has the code.
pub async fn open_invitation(domain: &Domain, code: &str) -> Result<Option<Open>> {
    let row = Entity::find()
        .filter(Column::CodeHash.eq(hash_secret(code)))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(domain.clock.now()))
        .one(domain.db.read())
        .await?;
    // The stored hash found it, so the code is nothing but letters and digits.
    Ok(row.map(|row| Open { row, accept_url: links::accept_invitation(&domain.config.server, code) }))
}

/// Invites somebody by mail, in place of older invitations to the same address. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after too many from where this one comes from.
pub async fn create_invitation(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    input: CreateInvitation,
) -> Result<Invited> {
    let CreateInvitation { realm, email, role, expires_in_minutes } = input;
    let inviter = viewer.require_admin(realm)?;
    Quota::Invitation.spend(domain, client).await?;
    let mut validator = Validator::new([("email", (&email).into()), ("expiresInMinutes", expires_in_minutes.into())]);
    let email = input_rules::create_invitation(&mut validator).unwrap_or_default();
    let mut found = validator.found.into_inner();
    if !invitable(realm).contains(&role) {
        found.push(Violation::new("input.role", Rule::In));
    }
    found.extend(Identity::new(realm, Some(&email), None, None).taken(domain.db.read(), realm, None).await?);
    if !found.is_empty() {
        return Err(Error::invalid(found));
    }
    let minutes =
        i32::try_from(expires_in_minutes).map_err(|_| Error::violation("input.expiresInMinutes", Rule::Integer))?;
    let now = domain.clock.now();
    let code = link_code();
    let transaction = domain.db.begin().await?;
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Realm.eq(realm))
        .filter(Column::EmailKey.eq(fold(&email)))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(&transaction)
        .await?;
    let row = ActiveModel {
        realm: Set(realm),
        email_key: Set(fold(&email)),
        email: Set(email),
        role: Set(role),
        code_hash: Set(hash_secret(&code)),
        invited_by: Set(inviter.id),
        expires_in_minutes: Set(minutes),
        expires_at: Set((now + TimeDelta::minutes(expires_in_minutes)).into()),
        ..Default::default()
    };
    let row = row.insert(&transaction).await?;
    let link = links::open_invitation(&domain.config.server, realm, &code);
    let message = message_templates::invitation(&domain.config.server, realm, role, &row.email, code);
    outbox::rules::queue(&transaction, now, message).await?;
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(Invited { row, link })
}

/// Uses an invitation up and makes its guest a user. Of many at once, one succeeds.
///
/// # Errors
/// `NOT_FOUND` if it is unknown, used, taken back or expired; `VALIDATION_FAILED`, with `TAKEN` at `input.code` if
/// somebody has the address meanwhile (the invitation then stays open); `RATE_LIMITED` after too many from where this
/// one comes from.
pub async fn accept_invitation(domain: &Domain, client: &ClientInfo, input: AcceptInvitation) -> Result<Session> {
    let AcceptInvitation { code, name, password } = input;
    let mut validator = Validator::new([("name", (&name).into()), ("password", (&password).into())]);
    let name = input_rules::accept_invitation(&mut validator).unwrap_or_default();
    validator.finish()?;
    Quota::Invitation.spend(domain, client).await?;
    // Looked at first, so that nobody has passwords hashed without an invitation.
    open_invitation(domain, &code).await?.ok_or_else(not_found)?;
    let password_hash = domain.passwords.hash(&password).await?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let accepted = Entity::update_many()
        .col_expr(Column::AcceptedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::CodeHash.eq(hash_secret(&code)))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(&transaction)
        .await?;
    let invitation = accepted.into_iter().next().ok_or_else(not_found)?;
    let new = NewUser {
        realm: invitation.realm,
        role: invitation.role,
        name,
        email: invitation.email.clone(),
        username: None,
        phone: None,
        password_hash,
        // The code was mailed there.
        verified_at: Some(now),
        partner_id: None,
        position_code: None,
        address: None,
    };
    let user = match insert(&transaction, new).await {
        Ok(user) => user,
        Err(error) if error.code == ErrorCode::ValidationFailed => {
            return Err(Error::violation("input.code", Rule::Taken));
        }
        Err(error) => return Err(error),
    };
    let mut invitation = invitation.into_active_model();
    invitation.accepted_by = Set(Some(user.id));
    invitation.update(&transaction).await?;
    let token = open_session(domain, &transaction, &user, client.user_agent.as_deref(), now).await?;
    transaction.commit().await?;
    Ok(Session { user, token })
}

/// Takes an invitation back. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` also for one that was accepted.
pub async fn revoke_invitation(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Model> {
    viewer.require_any_admin()?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?;
    let found = found.ok_or_else(not_found)?;
    let now = domain.clock.now();
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(found.id))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec_with_returning(domain.db.write())
        .await?;
    revoked.into_iter().next().ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("Invitation")
}
