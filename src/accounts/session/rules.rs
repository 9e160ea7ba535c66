//! Logging in and out, and exchanging tokens.

use std::{net::IpAddr, time::Duration};

use async_graphql::{OneofObject, SimpleObject};
use gerbang_graphql::rules::text::fold;
use gerbang_kernel::{error::ErrorCode, identity::ClientInfo};
use gerbang_limits as limits;
use sea_orm::{ActiveEnum, ConnectionTrait};

use crate::{
    accounts::{
        access::AccessTransaction,
        authenticate::is_open,
        password::hashing::PasswordCheck,
        session,
        token::{
            self,
            rules::{Claims, Issued, Purpose, hash_secret, random_id, sanctum_secret},
        },
        user::{self, identity::Identity},
    },
    audit::{
        notes::{note, note_actor, note_subject},
        row::AuditKind,
    },
    prelude::rules::*,
    viewer::TokenKind,
};

/// The window of the log-in throttle.
const MINUTE: Duration = Duration::from_mins(1);

/// How long an exchanged token gives the same successor: two tabs find out at the same time that theirs has expired, and a
/// client whose answer was lost asks again.
pub const GRACE: TimeDelta = TimeDelta::seconds(30);

/// Characters of the name of a device.
const DEVICE: usize = 255;

gerbang_kernel::custom_rule! {
    /// An account is named once.
    ONE_NAME: "Name the account in one way only.", "Sebutkan akun dengan satu cara saja."
}

/// The name of an account.
#[derive(Debug, OneofObject)]
pub enum AccountName {
    /// Whatever the realm takes: an e-mail address; in NOTARY also a telephone number, in STAFF also a user name.
    Login(String),
    /// The e-mail address.
    Email(String),
    /// The telephone number (NOTARY).
    Phone(String),
    /// The user name (STAFF).
    Username(String),
}

/// Who logs in. The account is named by `account`, or by exactly one of `login`, `email`, `phone` and `username`.
#[rules]
#[derive(Debug, InputObject)]
pub struct LoginInput {
    /// The user base.
    pub realm: Realm,
    /// The name of the account: one of its members, so that generated types can't miss it.
    pub account: Option<AccountName>,
    /// Whatever the realm takes: an e-mail address; in NOTARY also a telephone number, in STAFF also a user name.
    pub login: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number (NOTARY).
    pub phone: Option<String>,
    /// The user name (STAFF).
    pub username: Option<String>,
    /// The password.
    pub password: String,
    /// What the user calls the device (APEXTRACK, STAFF).
    #[rule(text, max = 255, optional)]
    pub device_name: Option<String>,
}

/// Which token is exchanged.
#[derive(Debug, InputObject)]
pub struct RefreshTokenInput {
    /// The session's newest token; it may have expired.
    pub token: String,
    /// If it is given, the token must be of this user base.
    pub realm: Option<Realm>,
}

/// An open log-in.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "SessionPayload")]
pub struct Session {
    /// What opens the account from now on.
    pub token: Issued,
    /// Who is logged in.
    pub user: user::row::Model,
}

/// Logs somebody in. The realm decides the kind of token: JSON Web Tokens in `TALENTS_MAPPING`, NOTARY and
/// SCHOLARSHIP, Sanctum-style ones in APEXTRACK and STAFF.
///
/// # Errors
/// `UNAUTHENTICATED` for wrong credentials and suspended accounts, `RATE_LIMITED` after too many failures.
pub async fn login(domain: &Domain, client: &ClientInfo, input: LoginInput) -> Result<Session> {
    let name = name_of(&input)?;
    let LoginInput { realm, password, device_name, .. } = input.check()?;
    note(AuditKind::Login, realm);
    let name = Candidate::new(realm, name)?;
    let throttle = Throttle::count(domain, client.ip, realm, &name.key).await?;
    // Taken before the password is looked at, so that a reset in between ends this session, too.
    let now = domain.clock.now();
    let (user, check) = match identify(domain, realm, &name, &password).await {
        Ok(found) => found,
        Err(fault) => {
            throttle.refund(domain).await;
            return Err(fault);
        }
    };
    if let Some(user) = &user {
        note_subject::<user::row::Model>(&user.id);
    }
    let user = user.filter(|user| check != PasswordCheck::Wrong && Viewer::may_act(user));
    let user = user.ok_or_else(Error::wrong_credentials)?;
    throttle.reset(domain).await;
    if check == PasswordCheck::CorrectButOutdated {
        replace_hash(domain, &user, &password).await?;
    }
    let device = device_name.or_else(|| client.user_agent.clone());
    let token = open_session(domain, domain.db.write(), &user, device.as_deref(), now).await?;
    Ok(Session { token, user })
}

async fn identify(
    domain: &Domain,
    realm: Realm,
    name: &Candidate,
    password: &str,
) -> Result<(Option<user::row::Model>, PasswordCheck)> {
    let mut found = name.identity.holders(domain.db.read(), realm).await?;
    // Somebody's user name may look like another's e-mail address: the address is meant.
    found.sort_by_key(|user| Some(&user.email_key) != name.identity.email_key.as_ref());
    let user = found.into_iter().next();
    let check = domain.passwords.verify(password, user.as_ref().map(|user| user.password_hash.as_str())).await?;
    Ok((user, check))
}

/// Ends the session of the token that was sent.
///
/// # Errors
/// `UNAUTHENTICATED` for anonymous callers.
pub async fn logout(domain: &Domain, viewer: &Viewer) -> Result<user::row::Model> {
    let user = viewer.require_user()?;
    note(AuditKind::Logout, user.realm);
    let mut transaction = AccessTransaction::begin(domain).await?;
    match viewer.token() {
        Some(TokenKind::Jwt { session }) => transaction.end_jwt_session(user.id, session).await?,
        Some(TokenKind::Sanctum { id }) => transaction.remove_access_token(user.id, *id).await?,
        None => {}
    }
    transaction.commit().await?;
    Ok(user.clone())
}

/// Ends all sessions of the caller.
///
/// # Errors
/// `UNAUTHENTICATED` for anonymous callers.
pub async fn logout_everywhere(domain: &Domain, viewer: &Viewer) -> Result<user::row::Model> {
    let user = viewer.require_user()?;
    note(AuditKind::Logout, user.realm);
    let mut transaction = AccessTransaction::begin(domain).await?;
    transaction.end_all_sessions(user.id).await?;
    transaction.commit().await?;
    Ok(user.clone())
}

/// What becomes of a token that was exchanged already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It gives the same successor for [`GRACE`].
    SameSuccessor,
    /// It is dead.
    Refused,
}

/// Exchanges a JSON Web Token, which may have expired, for a new one. Of two exchanges at once, one makes the new token;
/// the other is given the same.
///
/// # Errors
/// `UNAUTHENTICATED` if it is neither the session's current token nor the one before within [`GRACE`], the session was ended
/// or is too old, or the token is not of `realm`.
pub async fn refresh_token(
    domain: &Domain,
    RefreshTokenInput { token, realm }: RefreshTokenInput,
    again: Again,
) -> Result<Session> {
    let refused = Error::unauthenticated;
    if token.contains('|') {
        return Err(Error::new(
            ErrorCode::Unauthenticated,
            "A token of this kind is not exchanged: it is valid until it is ended. Go on with it, or log in again.",
        ));
    }
    let claims = domain.tokens.read(&token).filter(|claims| claims.purpose == Purpose::Access).ok_or_else(refused)?;
    let found = session::row::Entity::find_by_id(claims.session.clone())
        .find_also_related(user::row::Entity)
        .one(domain.db.read())
        .await?;
    let Some((session, Some(user))) = found else { return Err(refused()) };
    let now = domain.clock.now();
    let valid = claims.is_of(user.realm)
        && realm.is_none_or(|realm| realm == user.realm)
        && session.refreshable_until > now
        && is_open(&user, session.logged_in_at);
    if !valid {
        return Err(refused());
    }
    let jti = random_id();
    let mut transaction = AccessTransaction::begin(domain).await?;
    let (jti, exchanged_at) = match transaction.replace_jwt(&session, &claims.jti, &jti).await? {
        Some(exchanged_at) => {
            transaction.commit().await?;
            (jti, exchanged_at)
        }
        None if again == Again::SameSuccessor => {
            // Not held while another connection is asked for.
            drop(transaction);
            let successor = successor(domain, &claims).await?;
            successor.ok_or_else(|| refused_again(&session, &user))?
        }
        None => return Err(refused_again(&session, &user)),
    };
    let token = sign_access(domain, &user, session.id, jti, exchanged_at)?;
    Ok(Session { token, user })
}

/// Refuses a token that is none any more: of a session that goes on, since it was exchanged.
fn refused_again(session: &session::row::Model, user: &user::row::Model) -> Error {
    if session.revoked_at.is_none() {
        note(AuditKind::TokenReuse, user.realm);
        note_subject::<user::row::Model>(&user.id);
    }
    Error::unauthenticated()
}

/// The token that this one was exchanged for a moment ago, and when.
async fn successor(domain: &Domain, claims: &Claims) -> Result<Option<(String, DateTime<Utc>)>> {
    let since = domain.clock.now() - GRACE;
    let session = session::row::Entity::find_by_id(claims.session.clone())
        .filter(session::row::Column::PreviousJti.eq(&claims.jti))
        .filter(session::row::Column::ExchangedAt.gte(since))
        .filter(session::row::Column::RevokedAt.is_null())
        .one(domain.db.write())
        .await?;
    Ok(session.and_then(|session| Some((session.current_jti, session.exchanged_at?))))
}

/// Opens a session for a user who has proved who they are, at `now`.
pub(crate) async fn open_session(
    domain: &Domain,
    db: &impl ConnectionTrait,
    user: &user::row::Model,
    device: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Issued> {
    note(AuditKind::Login, user.realm);
    note_actor(user.id);
    note_subject::<user::row::Model>(&user.id);
    match user.realm {
        Realm::TalentsMapping | Realm::Notary | Realm::Scholarship => {
            let (id, jti) = (random_id(), random_id());
            let row = session::row::ActiveModel {
                id: Set(id.clone()),
                user_id: Set(user.id),
                current_jti: Set(jti.clone()),
                logged_in_at: Set(now),
                refreshable_until: Set(now + TimeDelta::days(domain.config.auth.refresh_days.into())),
                revoked_at: Set(None),
                ..Default::default()
            };
            row.insert(db).await?;
            sign_access(domain, user, id, jti, now)
        }
        Realm::Apextrack | Realm::Staff => {
            let days = i64::from(domain.config.auth.sanctum_days);
            let seconds = (days > 0).then(|| TimeDelta::days(days).num_seconds());
            let secret = sanctum_secret();
            let row = token::row::ActiveModel {
                user_id: Set(user.id),
                name: Set(device_name(device)),
                token_hash: Set(hash_secret(&secret)),
                abilities: Set(r#"["*"]"#.to_owned()),
                last_used_at: Set(None),
                expires_at: Set(seconds.map(|seconds| now + TimeDelta::seconds(seconds))),
                ..Default::default()
            };
            let id = row.insert(db).await?.id;
            Ok(Issued::new(format!("{id}|{secret}"), Purpose::Access, now, seconds))
        }
    }
}

fn sign_access(
    domain: &Domain,
    user: &user::row::Model,
    session: String,
    jti: String,
    now: DateTime<Utc>,
) -> Result<Issued> {
    let seconds = i64::from(domain.config.auth.access_ttl_seconds);
    let iat = now.timestamp();
    let claims = Claims {
        sub: user.id.to_string(),
        realm: user.realm.to_value(),
        purpose: Purpose::Access,
        session,
        jti,
        iat,
        exp: iat + seconds,
    };
    Ok(Issued::new(domain.tokens.sign(&claims)?, Purpose::Access, now, Some(seconds)))
}

fn device_name(device: Option<&str>) -> String {
    // What a browser says of itself may be longer than a name.
    let device = device.map(str::trim).filter(|device| !device.is_empty()).unwrap_or("unknown");
    device.chars().take(DEVICE).collect()
}

async fn replace_hash(domain: &Domain, user: &user::row::Model, password: &str) -> Result<()> {
    let hash = domain.passwords.hash(password).await?;
    let mut transaction = AccessTransaction::begin(domain).await?;
    transaction.replace_hash(user, hash).await?;
    transaction.commit().await
}

/// What a name may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Email,
    Phone,
    Username,
}

/// A name as it is given, and where.
struct Given {
    kind: Kind,
    path: &'static str,
    text: String,
}

/// How the account is named.
///
/// # Errors
/// `VALIDATION_FAILED`: `REQUIRED` if it is not, `ONE_NAME` at a second name.
fn name_of(LoginInput { account, login, email, phone, username, .. }: &LoginInput) -> Result<Given> {
    let account = account.as_ref().map(|account| match account {
        AccountName::Login(text) => (Kind::Any, "input.account.login", text),
        AccountName::Email(text) => (Kind::Email, "input.account.email", text),
        AccountName::Phone(text) => (Kind::Phone, "input.account.phone", text),
        AccountName::Username(text) => (Kind::Username, "input.account.username", text),
    });
    let names = [
        account,
        login.as_ref().map(|text| (Kind::Any, "input.login", text)),
        email.as_ref().map(|text| (Kind::Email, "input.email", text)),
        phone.as_ref().map(|text| (Kind::Phone, "input.phone", text)),
        username.as_ref().map(|text| (Kind::Username, "input.username", text)),
    ];
    let mut given = names.into_iter().flatten();
    let (kind, path, text) = given.next().ok_or_else(|| Error::violation("input.login", Rule::Required))?;
    match given.next() {
        Some((_, second, _)) => Err(Error::violation(second, ONE_NAME)),
        None => Ok(Given { kind, path, text: text.clone() }),
    }
}

/// A name as it is looked for.
struct Candidate {
    /// How failures are counted.
    key: String,
    identity: Identity,
}

impl Candidate {
    fn new(realm: Realm, Given { kind, path, text }: Given) -> Result<Self> {
        let text = text.as_str();
        if text.trim().is_empty() {
            return Err(Error::violation(path, Rule::Required));
        }
        let may_be = |wanted: Kind| kind == wanted || kind == Kind::Any;
        let phone = may_be(Kind::Phone) && realm == Realm::Notary;
        let username = may_be(Kind::Username) && realm == Realm::Staff;
        let identity = Identity {
            email_key: may_be(Kind::Email).then(|| fold(text)),
            username_key: username.then(|| fold(text)),
            phone_key: phone.then(|| realm.phone_key(text)).flatten(),
        };
        let key = identity.phone_key.clone().unwrap_or_else(|| fold(text));
        Ok(Self { key, identity })
    }
}

/// Counts failed log-ins: an attempt counts as failed until it has succeeded, so that concurrent ones count, too.
struct Throttle {
    by_name: String,
    by_address: String,
}

impl Throttle {
    async fn count(domain: &Domain, ip: IpAddr, realm: Realm, name: &str) -> Result<Self> {
        let limits = &domain.config.limits;
        let address = limits::address(ip);
        let by_name = format!("login|{address}|{}|{name}", realm.to_value());
        let by_address = format!("login|{address}");
        domain.limiter.hit(&by_address, limits.login_attempts_per_address.saturating_mul(limits.scale), MINUTE).await?;
        let own = domain.limiter.hit(&by_name, limits.login_failures.saturating_mul(limits.scale), MINUTE).await;
        if let Err(wait) = own {
            // A refused attempt is not counted.
            domain.limiter.refund(&by_address).await;
            return Err(wait.into());
        }
        Ok(Self { by_name, by_address })
    }

    /// After a success: the failures of this name are forgotten.
    async fn reset(self, domain: &Domain) {
        domain.limiter.clear(&self.by_name).await;
        domain.limiter.refund(&self.by_address).await;
    }

    /// The attempt could not be made, so it does not count.
    async fn refund(self, domain: &Domain) {
        domain.limiter.refund(&self.by_name).await;
        domain.limiter.refund(&self.by_address).await;
    }
}
