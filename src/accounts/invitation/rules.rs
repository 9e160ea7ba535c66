//! Invitations: an admin invites by mail, the guest accepts once and becomes a user.

use async_graphql::SimpleObject;
use gerbang_graphql::{rules::text::fold, timestamp::Timestamp};
use gerbang_kernel::{error::ErrorCode, identity::ClientInfo};
use sea_orm::{Condition, UpdateMany, sea_query::Expr};

use crate::{
    accounts::{
        Role,
        invitation::row::{ActiveModel, Column, Entity, Model},
        session::rules::{Session, open_session},
        token::rules::{hash_secret, link_code},
        user::{self, identity::Identity, new_users::insert},
    },
    audit::notes::note_subject,
    outbox::{self, links, message_templates},
    prelude::rules::*,
    quotas::Quota,
};

/// Who is invited.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateInvitationInput {
    /// The user base.
    pub realm: Realm,
    /// The guest's e-mail address.
    #[rule(email)]
    pub email: String,
    /// The role that the guest will have: ADMIN, NOTARY or PPAT in NOTARY, ADMIN or AFFILIATE in APEXTRACK, ADMIN in
    /// `TALENTS_MAPPING` and SCHOLARSHIP.
    pub role: Role,
    /// Minutes that the invitation lives; 30 days at most.
    #[rule(number, min = 1, max = 43_200)]
    pub expires_in_minutes: i64,
}

/// The new invitation.
#[derive(Debug, SimpleObject)]
pub struct CreateInvitationPayload {
    /// The invitation.
    pub invitation: Model,
    /// The link that was mailed. It is shown only here: whoever has it can accept.
    pub link: String,
}

/// An invitation that can be accepted, as its guest sees it.
#[derive(Debug, SimpleObject)]
pub struct OpenInvitation {
    /// The user base that the guest will belong to.
    pub realm: Realm,
    /// The guest's e-mail address.
    pub email: String,
    /// The role that the guest will have.
    pub role: Role,
    /// When it dies, UTC.
    pub expires_at: Timestamp,
    /// The page of the web application on which it is accepted.
    pub accept_url: String,
    #[graphql(skip)]
    invited_by: i64,
}

/// How a guest accepts.
#[rules]
#[derive(Debug, InputObject)]
pub struct AcceptInvitationInput {
    /// The code in the link.
    pub code: String,
    /// Full name.
    #[rule(name, max = 255)]
    pub name: String,
    /// Password.
    #[rule(password)]
    pub password: String,
}

/// Which invitation is taken back.
#[derive(Debug, InputObject)]
pub struct RevokeInvitationInput {
    /// The invitation: `invitation_17` or `17`.
    pub id: IdOf<Entity>,
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
pub async fn invitations(domain: &Domain, viewer: &Viewer, listing: &Listing<Column>) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    listing.of(domain.db.read(), Entity::visible_to(viewer), Column::Id).await
}

/// Those that were neither accepted nor taken back.
fn waiting() -> Condition {
    Condition::all().add(Column::AcceptedAt.is_null()).add(Column::RevokedAt.is_null())
}

/// The one with this code, as long as it can be accepted.
fn acceptable(code: &str, now: DateTime<Utc>) -> Condition {
    waiting().add(Column::CodeHash.eq(hash_secret(code))).add(Column::ExpiresAt.gt(now))
}

/// Notes in a column that something happened now.
fn note(column: Column, now: DateTime<Utc>) -> UpdateMany<Entity> {
    Entity::update_many().col_expr(column, Expr::value(now)).col_expr(Column::UpdatedAt, Expr::value(now))
}

/// The invitation with this code, if it can still be accepted. For anybody who has the code.
pub async fn open_invitation(domain: &Domain, code: &str) -> Result<Option<OpenInvitation>> {
    let row = Entity::find().filter(acceptable(code, domain.clock.now())).one(domain.db.read()).await?;
    Ok(row.map(|Model { realm, email, role, expires_at, invited_by, .. }| {
        // The stored hash found it, so the code is nothing but letters and digits.
        let accept_url = links::accept_invitation(&domain.config.server, code);
        OpenInvitation { realm, email, role, expires_at, accept_url, invited_by }
    }))
}

/// Who invites, by name. For anybody who has the code.
pub(crate) async fn inviter_name(domain: &Domain, invitation: &OpenInvitation) -> Result<String> {
    let inviter = user::row::Entity::find_by_id(invitation.invited_by).one(domain.db.read()).await?;
    Ok(inviter.map(|user| user.name).unwrap_or_default())
}

/// Invites somebody by mail, in place of older invitations to the same address. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`, `RATE_LIMITED` after too many from where this one comes from.
pub async fn create_invitation(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    input: CreateInvitationInput,
) -> Result<CreateInvitationPayload> {
    let realm = input.realm;
    let inviter = viewer.require_admin(realm)?;
    Quota::Invitation.spend(domain, client).await?;
    let (CreateInvitationInput { email, role, expires_in_minutes, .. }, mut found) = input.examine();
    if !invitable(realm).contains(&role) {
        found.add("input.role", Rule::In);
    }
    found.extend(Identity::new(realm, Some(&email), None, None).taken(domain.db.read(), realm, None).await?);
    found.finish()?;
    let minutes =
        i32::try_from(expires_in_minutes).map_err(|_| Error::violation("input.expiresInMinutes", Rule::Integer))?;
    let now = domain.clock.now();
    let code = link_code();
    let transaction = domain.db.begin().await?;
    note(Column::RevokedAt, now)
        .filter(waiting())
        .filter(Column::Realm.eq(realm))
        .filter(Column::EmailKey.eq(fold(&email)))
        .exec(&transaction)
        .await?;
    let invitation = ActiveModel {
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
    let invitation = invitation.insert(&transaction).await?;
    let link = links::open_invitation(&domain.config.server, realm, &code);
    let message = message_templates::invitation(
        &domain.config,
        realm,
        &inviter.name,
        role,
        &invitation.email,
        code,
        expires_in_minutes,
    );
    outbox::rules::queue(&transaction, now, message).await?;
    transaction.commit().await?;
    note_subject::<Model>(&invitation.id);
    domain.outbox.wake();
    Ok(CreateInvitationPayload { invitation, link })
}

/// Uses an invitation up and makes its guest a user. Of many at once, one succeeds.
///
/// # Errors
/// `NOT_FOUND` if it is unknown, used, taken back or expired; `VALIDATION_FAILED`, with `TAKEN` at `input.code` if
/// somebody has the address meanwhile (the invitation then stays open); `RATE_LIMITED` after too many from where this
/// one comes from.
pub async fn accept_invitation(domain: &Domain, client: &ClientInfo, input: AcceptInvitationInput) -> Result<Session> {
    let AcceptInvitationInput { code, name, password } = input.check()?;
    Quota::Invitation.spend(domain, client).await?;
    // Looked at first, so that nobody has passwords hashed without an invitation.
    open_invitation(domain, &code).await?.ok_or_else(not_found)?;
    let password_hash = domain.passwords.hash(&password).await?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let accepted =
        note(Column::AcceptedAt, now).filter(acceptable(&code, now)).exec_with_returning(&transaction).await?;
    let invitation = accepted.into_iter().next().ok_or_else(not_found)?;
    let new = user::row::ActiveModel {
        realm: Set(invitation.realm),
        role: Set(invitation.role),
        name: Set(name),
        email: Set(invitation.email.clone()),
        password_hash: Set(password_hash),
        // The code was mailed there.
        email_verified_at: Set(Some(now.into())),
        ..Default::default()
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
    Ok(Session { token, user })
}

/// Takes an invitation back. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` also for one that was accepted.
pub async fn revoke_invitation(domain: &Domain, viewer: &Viewer, input: RevokeInvitationInput) -> Result<Model> {
    viewer.require_any_admin()?;
    let found = input.id.find(domain.db.read(), viewer).await?.ok_or_else(not_found)?;
    let revoked = note(Column::RevokedAt, domain.clock.now()).filter(waiting()).filter(Column::Id.eq(found.id));
    revoked.exec_with_returning(domain.db.write()).await?.into_iter().next().ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("Invitation")
}
