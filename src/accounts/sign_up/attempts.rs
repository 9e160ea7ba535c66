//! Sign-ups of the notary office: until the link in a mail is opened there is no account, and the address is
//! nobody's. Who signed up holds a token that opens nothing but this attempt.

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::{
    error::{Error, ErrorCode, Result},
    identity::ClientInfo,
};
use gerbang_platform::db::Db;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, sea_query::Expr,
};

use crate::{
    accounts::{
        Realm, Role,
        authenticate::is_open,
        session::rules::{Session, open_session},
        sign_up::row::{ActiveModel, Column, Entity, Model, Status},
        token::rules::{Claims, Issued, Purpose, hash_secret, link_code, random_id},
        user::{
            self,
            identity::Identity,
            new_users::{NewUser, insert},
        },
        verification::codes,
    },
    domain::Domain,
    outbox::{self, message_templates},
    quotas::Quota,
};

/// Minutes that a link lives.
const MINUTES: i64 = 10;
/// How often a link is mailed again; a number of its own, since the contract names it.
const RESENDS: usize = 5;
/// Hours in which the token of an attempt may ask for its status. Longer than all its links are valid.
const TOKEN_HOURS: i64 = 24;

/// An attempt and the token of who made it.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The attempt.
    pub row: Model,
    /// The token.
    pub token: Issued,
}

/// How a sign-up stands.
#[derive(Clone, Debug)]
pub enum Progress {
    /// The link was not opened yet.
    Waiting(Attempt),
    /// There is an account now.
    Confirmed(Session),
}

/// Writes an attempt down in place of older ones for the same address, and mails its link.
pub(crate) async fn begin(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    new: NewUser,
    identity: Identity,
) -> Result<Attempt> {
    let now = domain.clock.now();
    let email_key = identity.email_key.unwrap_or_default();
    Db::lock(transaction, &lock_key(new.realm, &email_key)).await?;
    let older = of_address(new.realm, &email_key).order_by_desc(Column::SentAt).all(transaction).await?;
    // Who signs up anew has mistyped something and need not wait a minute; the day's number holds.
    let mails = mails_of_a_day(&older, now);
    if mails.len() >= codes::PER_DAY {
        codes::pause(&mails, codes::PER_DAY, now)?;
    }
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Replaced.to_value()))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Realm.eq(new.realm))
        .filter(Column::EmailKey.eq(&email_key))
        .filter(Column::Status.eq(Status::Pending))
        .exec(transaction)
        .await?;
    let (code, token_id) = (link_code(), random_id());
    let row = ActiveModel {
        realm: Set(new.realm),
        email: Set(new.email),
        email_key: Set(email_key),
        name: Set(new.name),
        phone: Set(new.phone),
        phone_key: Set(identity.phone_key),
        password_hash: Set(new.password_hash),
        code_hash: Set(hash_secret(&code)),
        token_id: Set(token_id),
        attempts: Set(1),
        sent_at: Set(now),
        expires_at: Set(now + TimeDelta::minutes(MINUTES)),
        status: Set(Status::Pending),
        ..Default::default()
    };
    let row = row.insert(transaction).await?;
    send(domain, transaction, &row, code, now).await?;
    let token = sign(domain, &row)?;
    Ok(Attempt { row, token })
}

/// Makes the account of the attempt whose link this code is from.
///
/// # Errors
/// `INVALID_CODE` if the code is wrong, used up, replaced or expired, or somebody has taken the address meanwhile.
pub async fn confirm(domain: &Domain, code: &str) -> Result<user::row::Model> {
    let invalid = || Error::new(ErrorCode::InvalidCode, "The code is wrong, used up or expired. Sign up again.");
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let confirmed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Confirmed.to_value()))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::CodeHash.eq(hash_secret(code.trim())))
        .filter(Column::Status.eq(Status::Pending))
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(&transaction)
        .await?;
    let attempt = confirmed.into_iter().next().ok_or_else(invalid)?;
    let new = NewUser {
        realm: attempt.realm,
        role: Role::Customer,
        name: attempt.name.clone(),
        email: attempt.email.clone(),
        username: None,
        phone: attempt.phone.clone(),
        password_hash: attempt.password_hash.clone(),
        verified_at: Some(now),
        partner_id: None,
        position_code: None,
        address: None,
    };
    let user = match insert(&transaction, new).await {
        Ok(user) => user,
        // An account must not be merged with another; who has the address has it.
        Err(error) if error.code == ErrorCode::ValidationFailed => return Err(invalid()),
        Err(error) => return Err(error),
    };
    let mut attempt = attempt.into_active_model();
    attempt.user_id = Set(Some(user.id));
    attempt.update(&transaction).await?;
    transaction.commit().await?;
    Ok(user)
}

/// How the attempt of this token stands; once it is confirmed, with an access token.
///
/// # Errors
/// `INVALID_TOKEN` if it is wrong or expired, or the attempt is cancelled, replaced or expired.
pub async fn status(domain: &Domain, client: &ClientInfo, token: &str) -> Result<Progress> {
    let (claims, row) = of_token(domain, token).await?.ok_or_else(invalid_token)?;
    let now = domain.clock.now();
    match row.status {
        Status::Pending if row.expires_at > now => {
            Ok(Progress::Waiting(Attempt { row, token: issued(token.to_owned(), &claims) }))
        }
        Status::Confirmed => {
            let id = row.user_id.ok_or_else(invalid_token)?;
            let user = user::row::Entity::find_by_id(id).one(domain.db.read()).await?;
            let user = user.filter(|user| is_open(user, row.updated_at)).ok_or_else(invalid_token)?;
            let token = open_session(domain, domain.db.write(), &user, client.user_agent.as_deref(), now).await?;
            Ok(Progress::Confirmed(Session { user, token }))
        }
        Status::Pending | Status::Cancelled | Status::Replaced => Err(invalid_token()),
    }
}

/// Mails a new link, which kills the old one and lives for ten minutes.
///
/// # Errors
/// `INVALID_TOKEN` if the token is wrong or expired, `NOT_FOUND` if the attempt is cancelled, replaced or expired,
/// `ALREADY_CONFIRMED`, `RATE_LIMITED` within a minute of the last mail, after five resends, and after too many requests
/// from where this one comes from.
pub async fn resend(domain: &Domain, client: &ClientInfo, token: &str) -> Result<Attempt> {
    Quota::Verification.spend(domain, client).await?;
    let (claims, row) = of_token(domain, token).await?.ok_or_else(invalid_token)?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    Db::lock(&transaction, &lock_key(row.realm, &row.email_key)).await?;
    let all = of_address(row.realm, &row.email_key).order_by_desc(Column::SentAt).all(&transaction).await?;
    let row = all.iter().find(|attempt| attempt.id == row.id).cloned().ok_or_else(not_found)?;
    match row.status {
        Status::Confirmed => {
            return Err(Error::new(ErrorCode::AlreadyConfirmed, "This sign-up is confirmed already. Log in."));
        }
        Status::Pending if row.expires_at > now => {}
        Status::Pending | Status::Cancelled | Status::Replaced => return Err(not_found()),
    }
    codes::pause(&mails_of_a_day(&all, now), 1 + RESENDS, now)?;
    let code = link_code();
    let attempts = row.attempts + 1;
    let mut row = row.into_active_model();
    row.code_hash = Set(hash_secret(&code));
    row.attempts = Set(attempts);
    row.sent_at = Set(now);
    row.expires_at = Set(now + TimeDelta::minutes(MINUTES));
    let row = row.update(&transaction).await?;
    send(domain, &transaction, &row, code, now).await?;
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(Attempt { row, token: issued(token.to_owned(), &claims) })
}

/// Calls an attempt off.
///
/// # Errors
/// `INVALID_TOKEN` if the token is wrong or expired, or the attempt does not wait any more.
pub async fn cancel(domain: &Domain, token: &str) -> Result<Attempt> {
    let (claims, row) = of_token(domain, token).await?.ok_or_else(invalid_token)?;
    let now = domain.clock.now();
    let cancelled = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Cancelled.to_value()))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Status.eq(Status::Pending))
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(domain.db.write())
        .await?;
    let row = cancelled.into_iter().next().ok_or_else(invalid_token)?;
    Ok(Attempt { row, token: issued(token.to_owned(), &claims) })
}

async fn of_token(domain: &Domain, token: &str) -> Result<Option<(Claims, Model)>> {
    let claims = domain.tokens.read(token).filter(|claims| {
        claims.purpose == Purpose::Signup && claims.is_of(Realm::Notary) && claims.exp > domain.clock.now().timestamp()
    });
    let Some(claims) = claims else { return Ok(None) };
    let row = Entity::find().filter(Column::TokenId.eq(&claims.jti)).one(domain.db.read()).await?;
    Ok(row.map(|row| (claims, row)))
}

fn of_address(realm: Realm, email_key: &str) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Realm.eq(realm)).filter(Column::EmailKey.eq(email_key))
}

/// When mails of these attempts (newest first) were sent within a day; earlier mails of an attempt count as sent
/// with its last.
fn mails_of_a_day(attempts: &[Model], now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    attempts
        .iter()
        .filter(|attempt| attempt.sent_at > now - TimeDelta::days(1))
        .flat_map(|attempt| (0..attempt.attempts).map(|_| attempt.sent_at))
        .collect()
}

async fn send(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    row: &Model,
    code: String,
    now: DateTime<Utc>,
) -> Result<()> {
    let message = message_templates::sign_up(&domain.config.server, &row.name, &row.email, code, MINUTES);
    outbox::rules::queue(transaction, now, message).await
}

fn sign(domain: &Domain, row: &Model) -> Result<Issued> {
    let iat = domain.clock.now().timestamp();
    let claims = Claims {
        sub: row.id.to_string(),
        realm: row.realm.to_value(),
        purpose: Purpose::Signup,
        session: String::new(),
        jti: row.token_id.clone(),
        iat,
        exp: iat + TimeDelta::hours(TOKEN_HOURS).num_seconds(),
    };
    Ok(issued(domain.tokens.sign(&claims)?, &claims))
}

fn issued(content: String, claims: &Claims) -> Issued {
    let issued_at = DateTime::from_timestamp(claims.iat, 0).unwrap_or_default();
    Issued::new(content, claims.purpose, issued_at, Some(claims.exp - claims.iat))
}

fn lock_key(realm: Realm, email_key: &str) -> String {
    format!("sign_up|{}|{email_key}", realm.to_value())
}

fn invalid_token() -> Error {
    Error::new(ErrorCode::InvalidToken, "The sign-up token is wrong or expired. Sign up again.")
}

fn not_found() -> Error {
    Error::not_found("Sign-up")
}
