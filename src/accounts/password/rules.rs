//! New passwords: in place of a forgotten one, with a code by SMS or mail, or of the old one.

use gerbang_kernel::{
    error::{CustomRule, Error, Result, Rule},
    identity::ClientInfo,
};
use sea_orm::{
    ActiveEnum, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};

use crate::{
    accounts::{
        Realm,
        access::AccessTransaction,
        input_rules::{self, phone_key_in},
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
    domain::Domain,
    input::{
        validate::{fold, is_email},
        validator::Validator,
    },
    outbox::{self, message_templates},
    quotas::Quota,
    viewer::Viewer,
};

/// The token is one that was issued for this account and is still good.
const RESET_TOKEN: Rule = Rule::Custom(&CustomRule {
    name: "RESET_TOKEN",
    english: "The reset token is wrong, used up or expired.",
    indonesian: "Token reset salah, sudah dipakai, atau kedaluwarsa.",
});

/// An account by what a code can be sent to. One of them is needed.
#[derive(Clone, Debug)]
pub struct Forgetful {
    /// The user base.
    pub realm: Realm,
    /// The telephone number (NOTARY, SCHOLARSHIP).
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// A new password in place of a forgotten one.
#[derive(Clone, Debug)]
pub struct ResetPassword {
    /// The account, by what the code was sent to.
    pub account: Forgetful,
    /// The code.
    pub token: String,
    /// The new password.
    pub password: String,
    /// The same again, where the form asks for it.
    pub password_confirmation: Option<String>,
}

/// Sends a code that allows to set a new password. What is answered does not tell whether there is an account;
/// says how many minutes a code lives.
///
/// # Errors
/// `VALIDATION_FAILED` if it can't be an address or number; `RATE_LIMITED` within a minute of the last request for
/// it, after five in a day, for a day after ten wrong codes in a day, and after too many requests from where this one
/// comes from.
pub async fn request_password_reset(domain: &Domain, client: &ClientInfo, input: Forgetful) -> Result<i64> {
    let address = Address::new(&input)?;
    Quota::PasswordReset.spend(domain, client).await?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let user = address.find(&transaction, input.realm).await?.filter(|user| address.reaches(user));
    let target = address.target(input.realm);
    let code = codes::issue(domain, &transaction, &target, user.as_ref().map(|user| user.id)).await?;
    if let Some(user) = user {
        let message = match &address {
            Address::Phone(_) => {
                let number = user.phone.as_deref().unwrap_or_default();
                message_templates::password_reset_sms(user.realm, number, code, codes::MINUTES)
            }
            Address::Email(_) => message_templates::password_reset_mail(user.realm, &user.email, code, codes::MINUTES),
        };
        outbox::rules::queue(&transaction, now, message).await?;
    }
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(codes::MINUTES)
}

/// Sets a new password with a code, and ends all sessions of the account.
///
/// # Errors
/// `VALIDATION_FAILED`, for a wrong, used or expired code at `input.token`; `RATE_LIMITED` for a day after ten wrong
/// codes in a day, and after too many tries from where this one comes from.
pub async fn reset_password(domain: &Domain, client: &ClientInfo, input: ResetPassword) -> Result<Model> {
    let ResetPassword { account, token, password, password_confirmation } = input;
    let realm_word = account.realm.to_value();
    let mut validator = Validator::new([
        ("realm", (&realm_word).into()),
        ("phone", (&account.phone).into()),
        ("email", (&account.email).into()),
        ("token", (&token).into()),
        ("password", (&password).into()),
        ("passwordConfirmation", (&password_confirmation).into()),
    ]);
    input_rules::reset_password(&mut validator);
    validator.finish()?;
    let address = Address::new(&account)?;
    Quota::PasswordReset.spend(domain, client).await?;
    let hash = domain.passwords.hash(&password).await?;

    let mut transaction = AccessTransaction::begin(domain).await?;
    let owner = codes::redeem(domain, transaction.db(), &address.target(account.realm), &token).await?;
    let user = address.find(transaction.db(), account.realm).await?;
    let user = user.filter(|user| owner == Some(user.id) && address.reaches(user));
    let Some(mut user) = user else {
        // The wrong try counts.
        transaction.commit().await?;
        return Err(Error::violation("input.token", RESET_TOKEN));
    };
    if matches!(address, Address::Email(_)) && user.email_verified_at.is_none() {
        user = mark_verified(domain, &mut transaction, user).await?;
    }
    let user = set_password(&mut transaction, user, hash).await?;
    transaction.commit().await?;
    Ok(user)
}

/// A new password in place of the old one.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The old password.
    pub current_password: String,
    /// The new password.
    pub password: String,
    /// The same again, where the form asks for it.
    pub password_confirmation: Option<String>,
}

/// Changes the caller's password, ends all their sessions and opens a new one.
///
/// # Errors
/// `UNAUTHENTICATED`, `VALIDATION_FAILED`, `RATE_LIMITED` after five wrong tries a minute.
pub async fn change_password(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    input: ChangePassword,
) -> Result<Session> {
    let user = viewer.require_user()?;
    let ChangePassword { current_password, password, password_confirmation } = input;
    let realm_word = user.realm.to_value();
    let mut validator = Validator::new([
        ("realm", (&realm_word).into()),
        ("password", (&password).into()),
        ("passwordConfirmation", (&password_confirmation).into()),
    ]);
    input_rules::new_password(&mut validator);
    validator.finish()?;
    confirm_password(domain, user, Some(&current_password)).await?;
    let hash = domain.passwords.hash(&password).await?;
    let mut transaction = AccessTransaction::begin(domain).await?;
    let user = set_password(&mut transaction, user.clone(), hash).await?;
    let now = domain.clock.now();
    let token = open_session(domain, transaction.db(), &user, client.user_agent.as_deref(), now).await?;
    transaction.commit().await?;
    Ok(Session { user, token })
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
    fn new(account: &Forgetful) -> Result<Self> {
        let Forgetful { realm, phone, email } = account;
        let by_phone = matches!(realm, Realm::Notary | Realm::Scholarship);
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        match (given(phone).filter(|_| by_phone), given(email)) {
            (Some(phone), _) => {
                let key = phone_key_in(Some(*realm), &phone);
                key.map(Self::Phone).ok_or_else(|| Error::violation("input.phone", Rule::Phone))
            }
            (None, Some(email)) if is_email(email.trim()) => Ok(Self::Email(fold(&email))),
            (None, Some(_)) => Err(Error::violation("input.email", Rule::Email)),
            (None, None) if *realm == Realm::Scholarship => Err(Error::violation("input.phone", Rule::Required)),
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
