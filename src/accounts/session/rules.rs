//! Logging in and out, and exchanging tokens.

use std::{net::IpAddr, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::{
    error::{Error, Result, Rule},
    identity::ClientInfo,
};
use gerbang_limits as limits;
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
};

use crate::{
    accounts::{
        Realm,
        access::AccessTransaction,
        authenticate::is_open,
        input_rules::phone_key_in,
        password::hashing::PasswordCheck,
        session,
        token::{
            self,
            rules::{Claims, Issued, Purpose, hash_secret, random_id, sanctum_secret},
        },
        user,
    },
    domain::Domain,
    input::validate::{TEXT, Violations, fold},
    viewer::{TokenKind, Viewer},
};

/// The window of the log-in throttle.
const MINUTE: Duration = Duration::from_mins(1);

/// What somebody says to log in.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// The user base.
    pub realm: Realm,
    /// Who they say they are.
    pub name: LogInName,
    /// How they prove it.
    pub password: String,
    /// What they log in with, for Sanctum-style tokens.
    pub device_name: Option<String>,
}

/// How somebody names their account.
#[derive(Clone, Debug)]
pub enum LogInName {
    /// By whatever the realm takes: an e-mail address; in NOTARY also a telephone number, in STAFF also a user name.
    Any(String),
    /// By e-mail address.
    Email(String),
    /// By telephone number.
    Phone(String),
    /// By user name.
    Username(String),
}

/// An open log-in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who is logged in.
    pub user: user::row::Model,
    /// What opens their account from now on.
    pub token: Issued,
}

/// Logs somebody in. The realm decides the kind of token: JSON Web Tokens in `TALENTS_MAPPING`, NOTARY and
/// SCHOLARSHIP, Sanctum-style ones in APEXTRACK and STAFF.
///
/// # Errors
/// `UNAUTHENTICATED` for wrong credentials and suspended accounts, `RATE_LIMITED` after too many failures.
pub async fn login(domain: &Domain, client: &ClientInfo, input: LogIn) -> Result<Session> {
    let LogIn { realm, name, password, device_name } = input;
    let mut violations = Violations::new();
    let device_name = violations.optional_text("input.deviceName", device_name.as_deref(), TEXT);
    violations.finish()?;
    let name = Candidate::new(realm, &name)?;
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
    let user = user.filter(|user| check != PasswordCheck::Wrong && Viewer::may_act(user));
    let user = user.ok_or_else(Error::wrong_credentials)?;
    throttle.reset(domain).await;
    if check == PasswordCheck::CorrectButOutdated {
        replace_hash(domain, &user, &password).await?;
    }
    let device = device_name.or_else(|| client.user_agent.clone());
    let token = open_session(domain, domain.db.write(), &user, device.as_deref(), now).await?;
    Ok(Session { user, token })
}

async fn identify(
    domain: &Domain,
    realm: Realm,
    name: &Candidate,
    password: &str,
) -> Result<(Option<user::row::Model>, PasswordCheck)> {
    let user = name.find(domain, realm).await?;
    let check = domain.passwords.verify(password, user.as_ref().map(|user| user.password_hash.as_str())).await?;
    Ok((user, check))
}

/// Ends the session of the token that was sent.
///
/// # Errors
/// `UNAUTHENTICATED` for anonymous callers.
pub async fn logout(domain: &Domain, viewer: &Viewer) -> Result<user::row::Model> {
    let user = viewer.require_user()?;
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
    let mut transaction = AccessTransaction::begin(domain).await?;
    transaction.end_all_sessions(user.id).await?;
    transaction.commit().await?;
    Ok(user.clone())
}

/// Exchanges a JSON Web Token, which may have expired, for a new one. Of two exchanges at once, one succeeds.
///
/// # Errors
/// `UNAUTHENTICATED` if it is not the session's current token, the session was ended or is too old, or the
/// token is not of `realm`.
pub async fn refresh(domain: &Domain, realm: Option<Realm>, token: &str) -> Result<Session> {
    let refused = Error::unauthenticated;
    let claims = domain.tokens.read(token).filter(|claims| claims.purpose == Purpose::Access).ok_or_else(refused)?;
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
    if !transaction.replace_jwt(&session, &claims.jti, &jti).await? {
        return Err(refused());
    }
    transaction.commit().await?;
    let token = sign_access(domain, &user, session.id, jti, now)?;
    Ok(Session { user, token })
}

/// Opens a session for a user who has proved who they are, at `now`.
pub(crate) async fn open_session(
    domain: &Domain,
    db: &impl ConnectionTrait,
    user: &user::row::Model,
    device: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Issued> {
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
    device.chars().take(usize::try_from(TEXT).unwrap_or(usize::MAX)).collect()
}

async fn replace_hash(domain: &Domain, user: &user::row::Model, password: &str) -> Result<()> {
    let hash = domain.passwords.hash(password).await?;
    let mut transaction = AccessTransaction::begin(domain).await?;
    transaction.replace_hash(user, hash).await?;
    transaction.commit().await
}

/// A name as it is looked for.
struct Candidate {
    /// How failures are counted.
    key: String,
    email: Option<String>,
    phone: Option<String>,
    username: Option<String>,
}

impl Candidate {
    fn new(realm: Realm, name: &LogInName) -> Result<Self> {
        let (text, path) = match name {
            LogInName::Any(text) => (text, "input.login"),
            LogInName::Email(text) => (text, "input.email"),
            LogInName::Phone(text) => (text, "input.phone"),
            LogInName::Username(text) => (text, "input.username"),
        };
        if text.trim().is_empty() {
            return Err(Error::violation(path, Rule::Required));
        }
        let any = matches!(name, LogInName::Any(_));
        let email = (any || matches!(name, LogInName::Email(_))).then(|| fold(text));
        let phone = (any || matches!(name, LogInName::Phone(_))) && realm == Realm::Notary;
        let phone = if phone { phone_key_in(Some(realm), text) } else { None };
        let username = (any || matches!(name, LogInName::Username(_))) && realm == Realm::Staff;
        let username = username.then(|| fold(text));
        let key = phone.clone().unwrap_or_else(|| fold(text));
        Ok(Self { key, email, phone, username })
    }

    async fn find(&self, domain: &Domain, realm: Realm) -> Result<Option<user::row::Model>> {
        let mut any = Condition::any();
        for (column, value) in [
            (user::row::Column::EmailKey, &self.email),
            (user::row::Column::PhoneKey, &self.phone),
            (user::row::Column::UsernameKey, &self.username),
        ] {
            if let Some(value) = value {
                any = any.add(column.eq(value));
            }
        }
        if any.is_empty() {
            return Ok(None);
        }
        let mut found = user::row::Entity::find()
            .filter(user::row::Column::Realm.eq(realm))
            .filter(any)
            .all(domain.db.read())
            .await?;
        // Somebody's user name may look like another's e-mail address: the address is meant.
        found.sort_by_key(|user| Some(&user.email_key) != self.email.as_ref());
        Ok(found.into_iter().next())
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
