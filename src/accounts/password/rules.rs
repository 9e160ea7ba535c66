//! New passwords: in place of a forgotten one, with a code by SMS or mail, or of the old one.

use async_graphql::InputType;
use gerbang_graphql::{integer::int, rules::text::fold};
use gerbang_kernel::identity::ClientInfo;
use sea_orm::DatabaseTransaction;

use crate::{
    accounts::{
        access::AccessTransaction,
        realm::{password_form, phone_form},
        session::rules::{Session, open_session},
        user::{
            profiles::confirm_password,
            row::{Column, Entity, Model, Status},
        },
        verification::{
            codes::{self, Target},
            row::Purpose,
            rules::mark_verified,
        },
    },
    audit::{
        notes::{note, note_actor, note_subject},
        row::AuditKind,
    },
    outbox::{self, message_templates},
    prelude::rules::*,
    quotas::Quota,
};

gerbang_kernel::custom_rule! {
    /// The token is one that was issued for this account and is still good.
    RESET_TOKEN: "The reset token is wrong, used up or expired.", "Token reset salah, sudah dipakai, atau kedaluwarsa."
}

/// Who has forgotten the password, by telephone number or e-mail address.
#[rules]
#[derive(Debug, InputObject)]
pub struct RequestPasswordResetInput {
    /// The user base.
    pub realm: Realm,
    /// The telephone number (NOTARY, SCHOLARSHIP); the code comes by SMS.
    #[rule(phone, by = phone_form, optional)]
    pub phone: Option<String>,
    /// The e-mail address, which must be verified; the code comes by mail.
    #[rule(email, optional)]
    pub email: Option<String>,
}

/// A new password in place of a forgotten one.
#[rules]
#[derive(Debug, InputObject)]
pub struct ResetPasswordInput {
    /// The user base.
    pub realm: Realm,
    /// The telephone number that the code was sent to.
    #[rule(phone, by = phone_form, optional)]
    pub phone: Option<String>,
    /// The e-mail address that the code was sent to.
    #[rule(email, optional)]
    pub email: Option<String>,
    /// The code.
    #[rule(text)]
    pub token: String,
    /// The new password, at least 8 characters (STAFF: 6).
    #[rule(password, by = password_form)]
    pub password: String,
    /// The new password again, if it was typed twice.
    #[rule(repeats = "password")]
    pub password_confirmation: Option<String>,
}

/// A new password in place of the old one.
#[rules]
#[derive(Debug, InputObject)]
pub struct ChangePasswordInput {
    /// The old password.
    pub current_password: String,
    /// The new password, at least 8 characters (STAFF: 6).
    #[rule(password, by = password_form)]
    pub password: String,
    /// The new password again, if it was typed twice.
    #[rule(repeats = "password")]
    pub password_confirmation: Option<String>,
}

/// Sends a code that allows to set a new password. What is answered does not tell whether there is an account;
/// says how many minutes a code lives.
///
/// # Errors
/// `VALIDATION_FAILED` if it can't be an address or number; `RATE_LIMITED` within a minute of the last request for
/// it, after five in a day, for a day after ten wrong codes in a day, and after too many requests from where this one
/// comes from.
pub async fn request_password_reset(
    domain: &Domain,
    client: &ClientInfo,
    input: RequestPasswordResetInput,
) -> Result<i32> {
    let RequestPasswordResetInput { realm, phone, email } = input.check()?;
    let address = Address::new(realm, phone, email)?;
    Quota::PasswordReset.spend(domain, client).await?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let user = address.find(&transaction, realm).await?.filter(|user| address.reaches(user));
    let target = address.target(realm);
    let code = codes::issue(domain, &transaction, &target, user.as_ref().map(|user| user.id)).await?;
    if let Some(user) = user {
        let message = match &address {
            Address::Phone(_) => {
                let number = user.phone.as_deref().unwrap_or_default();
                message_templates::password_reset_sms(&domain.config, user.realm, number, code, codes::MINUTES)
            }
            Address::Email(_) => message_templates::password_reset_mail(
                &domain.config,
                user.realm,
                &user.name,
                &user.email,
                code,
                codes::MINUTES,
            ),
        };
        outbox::rules::queue(&transaction, now, message).await?;
    }
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(int(codes::MINUTES))
}

/// Sets a new password with a code, and ends all sessions of the account.
///
/// # Errors
/// `VALIDATION_FAILED`, for a wrong, used or expired code at `input.token`; `RATE_LIMITED` for a day after ten wrong
/// codes in a day, and after too many tries from where this one comes from.
pub async fn reset_password(domain: &Domain, client: &ClientInfo, input: ResetPasswordInput) -> Result<Model> {
    let ResetPasswordInput { realm, phone, email, token, password, .. } = input.check()?;
    note(AuditKind::Password, realm);
    let address = Address::new(realm, phone, email)?;
    Quota::PasswordReset.spend(domain, client).await?;
    let hash = domain.passwords.hash(&password).await?;

    let mut transaction = AccessTransaction::begin(domain).await?;
    let owner = codes::redeem(domain, transaction.db(), &address.target(realm), &token).await?;
    let user = address.find(transaction.db(), realm).await?;
    if let Some(user) = &user {
        note_subject::<Model>(&user.id);
    }
    let user = user.filter(|user| owner == Some(user.id) && address.reaches(user));
    let Some(mut user) = user else {
        // The wrong try counts.
        transaction.commit().await?;
        return Err(Error::violation("input.token", RESET_TOKEN));
    };
    note_actor(user.id);
    if matches!(address, Address::Email(_)) && user.email_verified_at.is_none() {
        user = mark_verified(domain, &mut transaction, user).await?;
    }
    let user = set_password(&mut transaction, user, hash).await?;
    transaction.commit().await?;
    Ok(user)
}

/// Changes the caller's password, ends all their sessions and opens a new one.
///
/// # Errors
/// `UNAUTHENTICATED`, `VALIDATION_FAILED`, `RATE_LIMITED` after five wrong tries a minute.
pub async fn change_password(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    input: ChangePasswordInput,
) -> Result<Session> {
    let user = viewer.require_user()?;
    note(AuditKind::Password, user.realm);
    let (ChangePasswordInput { current_password, password, .. }, found) =
        input.examine_beside([("realm", user.realm.to_value())]);
    found.finish()?;
    confirm_password(domain, user, Some(&current_password)).await?;
    let hash = domain.passwords.hash(&password).await?;
    let mut transaction = AccessTransaction::begin(domain).await?;
    let user = set_password(&mut transaction, user.clone(), hash).await?;
    let now = domain.clock.now();
    let token = open_session(domain, transaction.db(), &user, client.user_agent.as_deref(), now).await?;
    transaction.commit().await?;
    Ok(Session { token, user })
}

async fn set_password(transaction: &mut AccessTransaction, user: Model, hash: String) -> Result<Model> {
    let id = user.id;
    let mut row = user.into_active_model();
    row.password_hash = Set(hash);
    transaction.update_user(row).await?;
    transaction.end_all_sessions(id).await?;
    let user = Entity::find_by_id(id).one(transaction.db()).await?;
    user.ok_or_else(crate::accounts::user::rules::not_found)
}

/// What a code is sent to, as it is compared.
enum Address {
    Phone(String),
    Email(String),
}

impl Address {
    fn new(realm: Realm, phone: Option<String>, email: Option<String>) -> Result<Self> {
        let by_phone = matches!(realm, Realm::Notary | Realm::Scholarship);
        match (phone.filter(|_| by_phone), email) {
            (Some(phone), _) => {
                let key = realm.phone_key(&phone);
                key.map(Self::Phone).ok_or_else(|| Error::violation("input.phone", Rule::Phone))
            }
            (None, Some(email)) => Ok(Self::Email(fold(&email))),
            (None, None) if realm == Realm::Scholarship => Err(Error::violation("input.phone", Rule::Required)),
            (None, None) => Err(Error::violation("input.email", Rule::Required)),
        }
    }

    fn target(&self, realm: Realm) -> Target {
        let (Self::Phone(address) | Self::Email(address)) = self;
        Target::new(Purpose::PasswordReset, realm, address)
    }

    async fn find(&self, transaction: &DatabaseTransaction, realm: Realm) -> Result<Option<Model>> {
        let row = match self {
            Self::Phone(key) => Column::PhoneKey.eq(key),
            Self::Email(key) => Column::EmailKey.eq(key),
        };
        Ok(Entity::find().filter(Column::Realm.eq(realm)).filter(row).one(transaction).await?)
    }

    /// Whether a code that is sent here reaches the account's owner. A colleague may have changed the address, so it
    /// must be verified; an account that was never verified has its first one still.
    fn reaches(&self, user: &Model) -> bool {
        let is_proved = match self {
            Self::Phone(_) => true,
            Self::Email(_) => user.email_verified_at.is_some() || user.status == Status::Pending,
        };
        is_proved && user.status != Status::Suspended
    }
}
