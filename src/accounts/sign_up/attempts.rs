//! Sign-ups of the notary office: until the link in a mail is opened there is no account, and the address is
//! nobody's. Who signed up holds a token that opens nothing but this attempt.

use async_graphql::{SimpleObject, Union};
use gerbang_graphql::{id::GlobalId, timestamp::Timestamp};
use gerbang_kernel::{error::ErrorCode, identity::ClientInfo};
use gerbang_platform::db::Db;
use sea_orm::{ActiveEnum, DatabaseTransaction, Select, UpdateMany, sea_query::Expr};

use crate::{
    accounts::{
        Role,
        authenticate::is_open,
        session::rules::open_session,
        sign_up::row::{ActiveModel, Column, Entity, Model, Status},
        token::rules::{Claims, Issued, Purpose, hash_secret, link_code, random_id},
        user::{self, identity::Identity, new_users::insert},
        verification::codes,
    },
    outbox::{self, message_templates},
    prelude::rules::*,
    quotas::Quota,
};

/// Minutes that a link lives.
const MINUTES: i64 = 10;
/// How often a link is mailed again; a number of its own, since the contract names it.
const RESENDS: usize = 5;
/// Hours in which the token of an attempt may ask for its status. Longer than all its links are valid.
const TOKEN_HOURS: i64 = 24;

/// A sign-up of the notary office that waits for its confirmation.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "SignUpAttempt")]
pub struct Attempt {
    /// The global id, such as `signUpAttempt_17`.
    id: GlobalId,
    /// What opens this attempt, and nothing else.
    token: Issued,
    /// Where the link was sent.
    email: String,
    /// When the last mail was sent, UTC.
    sent_at: Timestamp,
    /// Until when the link in it can be opened, UTC.
    expires_at: Timestamp,
    /// Mails sent so far; the first is 1.
    attempts: i32,
}

impl Attempt {
    fn new(row: Model, token: Issued) -> Self {
        let Model { id, email, sent_at, expires_at, attempts, .. } = row;
        let id = GlobalId::new("signUpAttempt", &id);
        Self { id, token, email, sent_at: sent_at.into(), expires_at: expires_at.into(), attempts }
    }
}

/// A sign-up that became an account.
#[derive(Clone, Debug, SimpleObject)]
pub struct ConfirmedSignUp {
    /// What opens the account.
    token: Issued,
    /// The account.
    user: user::row::Model,
}

/// How a sign-up stands.
#[derive(Clone, Debug, Union)]
#[graphql(name = "SignUpStatus")]
#[expect(clippy::large_enum_variant, reason = "it lives for one answer")]
pub enum Progress {
    /// The link was not opened yet.
    Waiting(Attempt),
    /// There is an account now.
    Confirmed(ConfirmedSignUp),
}

/// The code of a mailed link.
#[derive(Debug, InputObject)]
pub struct ConfirmSignUpInput {
    /// The code.
    pub code: String,
}

/// The token of a sign-up.
#[derive(Debug, InputObject)]
pub struct SignUpTokenInput {
    /// The token that `signUp` gave.
    pub token: String,
}

/// Writes an attempt down in place of older ones for the same address, and mails its link.
pub(crate) async fn begin(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    new: user::row::ActiveModel,
    identity: Identity,
) -> Result<Attempt> {
    let now = domain.clock.now();
    let realm = *new.realm.as_ref();
    let email_key = identity.email_key.unwrap_or_default();
    Db::lock(transaction, &lock_key(realm, &email_key)).await?;
    let older = of_address(realm, &email_key).order_by_desc(Column::SentAt).all(transaction).await?;
    // Who signs up anew has mistyped something and need not wait a minute; the day's number holds.
    let mails = mails_of_a_day(&older, now);
    if mails.len() >= codes::PER_DAY {
        codes::pause(&mails, codes::PER_DAY, now)?;
    }
    end(Status::Replaced, now)
        .filter(Column::Realm.eq(realm))
        .filter(Column::EmailKey.eq(&email_key))
        .exec(transaction)
        .await?;
    let (code, token_id) = (link_code(), random_id());
    let row = ActiveModel {
        realm: new.realm,
        email: new.email,
        email_key: Set(email_key),
        name: new.name,
        phone: new.phone,
        phone_key: Set(identity.phone_key),
        password_hash: new.password_hash,
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
    Ok(Attempt::new(row, token))
}

/// Makes the account of the attempt whose link this code is from.
///
/// # Errors
/// `INVALID_CODE` if the code is wrong, used up, replaced or expired, or somebody has taken the address meanwhile.
pub async fn confirm_sign_up(
    domain: &Domain,
    ConfirmSignUpInput { code }: ConfirmSignUpInput,
) -> Result<user::row::Model> {
    let invalid = || Error::new(ErrorCode::InvalidCode, "The code is wrong, used up or expired. Sign up again.");
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let confirmed = end(Status::Confirmed, now)
        .filter(Column::CodeHash.eq(hash_secret(code.trim())))
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(&transaction)
        .await?;
    let attempt = confirmed.into_iter().next().ok_or_else(invalid)?;
    let new = user::row::ActiveModel {
        realm: Set(attempt.realm),
        role: Set(Role::Customer),
        name: Set(attempt.name.clone()),
        email: Set(attempt.email.clone()),
        phone: Set(attempt.phone.clone()),
        password_hash: Set(attempt.password_hash.clone()),
        email_verified_at: Set(Some(now.into())),
        ..Default::default()
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
pub async fn sign_up_status(
    domain: &Domain,
    client: &ClientInfo,
    SignUpTokenInput { token }: SignUpTokenInput,
) -> Result<Progress> {
    let (claims, row) = of_token(domain, &token).await?.ok_or_else(invalid_token)?;
    let now = domain.clock.now();
    match row.status {
        Status::Pending if row.expires_at > now => Ok(Progress::Waiting(Attempt::new(row, issued(token, &claims)))),
        Status::Confirmed => {
            let id = row.user_id.ok_or_else(invalid_token)?;
            let user = user::row::Entity::find_by_id(id).one(domain.db.read()).await?;
            let user = user.filter(|user| is_open(user, row.updated_at)).ok_or_else(invalid_token)?;
            let token = open_session(domain, domain.db.write(), &user, client.user_agent.as_deref(), now).await?;
            Ok(Progress::Confirmed(ConfirmedSignUp { token, user }))
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
pub async fn resend_sign_up(
    domain: &Domain,
    client: &ClientInfo,
    SignUpTokenInput { token }: SignUpTokenInput,
) -> Result<Attempt> {
    Quota::Verification.spend(domain, client).await?;
    let (claims, row) = of_token(domain, &token).await?.ok_or_else(invalid_token)?;
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
    Ok(Attempt::new(row, issued(token, &claims)))
}

/// Calls an attempt off.
///
/// # Errors
/// `INVALID_TOKEN` if the token is wrong or expired, or the attempt does not wait any more.
pub async fn cancel_sign_up(domain: &Domain, SignUpTokenInput { token }: SignUpTokenInput) -> Result<Attempt> {
    let (claims, row) = of_token(domain, &token).await?.ok_or_else(invalid_token)?;
    let now = domain.clock.now();
    let cancelled = end(Status::Cancelled, now)
        .filter(Column::Id.eq(row.id))
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(domain.db.write())
        .await?;
    let row = cancelled.into_iter().next().ok_or_else(invalid_token)?;
    Ok(Attempt::new(row, issued(token, &claims)))
}

async fn of_token(domain: &Domain, token: &str) -> Result<Option<(Claims, Model)>> {
    let claims = domain.tokens.read(token).filter(|claims| {
        claims.purpose == Purpose::Signup && claims.is_of(Realm::Notary) && claims.exp > domain.clock.now().timestamp()
    });
    let Some(claims) = claims else { return Ok(None) };
    let row = Entity::find().filter(Column::TokenId.eq(&claims.jti)).one(domain.db.read()).await?;
    Ok(row.map(|row| (claims, row)))
}

/// What waits gets another status.
fn end(status: Status, now: DateTime<Utc>) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.to_value()))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Status.eq(Status::Pending))
}

fn of_address(realm: Realm, email_key: &str) -> Select<Entity> {
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
    let message = message_templates::sign_up(&domain.config, row.realm, &row.name, &row.email, code, MINUTES);
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
