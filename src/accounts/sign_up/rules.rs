//! Signing up oneself: each realm in its own way.

use async_graphql::SimpleObject;
use gerbang_kernel::identity::ClientInfo;
use sea_orm::DatabaseTransaction;

use super::attempts::{self, Attempt};
pub use super::attempts::{cancel_sign_up, confirm_sign_up, resend_sign_up, sign_up_status};
use crate::{
    accounts::{
        Role,
        realm::{password_form, phone_form},
        session::rules::open_session,
        token::rules::Issued,
        user::{
            identity::Identity,
            new_users::insert,
            row::{ActiveModel, Model},
        },
        verification::{
            codes::{self, Target},
            row::Purpose,
        },
    },
    outbox::{self, message_templates},
    prelude::rules::*,
    quotas::Quota,
};

/// What somebody signs up with.
#[rules]
#[derive(Debug, InputObject)]
pub struct SignUpInput {
    /// The user base: APEXTRACK, NOTARY or SCHOLARSHIP; accounts of the others are made by their admins.
    pub realm: Realm,
    /// Full name.
    #[rule(name, max = 255)]
    pub name: String,
    /// E-mail address; unique within the realm.
    #[rule(email)]
    pub email: String,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits; needed in SCHOLARSHIP, unique there and in NOTARY.
    #[rule(phone, by = phone_form, optional)]
    pub phone: Option<String>,
    /// Password, at least 8 characters.
    #[rule(password, by = password_form)]
    pub password: String,
    /// The password again, if it was typed twice.
    #[rule(repeats = "password")]
    pub password_confirmation: Option<String>,
}

/// What became of it.
#[derive(Debug, Default, SimpleObject)]
pub struct SignUpPayload {
    /// The account; null in NOTARY, where it is confirmed first.
    pub user: Option<Model>,
    /// What opens the account; only in SCHOLARSHIP.
    pub token: Option<Issued>,
    /// The attempt that is to be confirmed; only in NOTARY.
    pub attempt: Option<Attempt>,
}

/// Signs somebody up.
///
/// # Errors
/// `VALIDATION_FAILED`, also in realms whose accounts are made by admins; `RATE_LIMITED` after five mails in a
/// day to one address, and after too many sign-ups from where this one comes from.
pub async fn sign_up(domain: &Domain, client: &ClientInfo, input: SignUpInput) -> Result<SignUpPayload> {
    Quota::SignUp.spend(domain, client).await?;
    let (input, mut found) = input.examine();
    let SignUpInput { realm, name, email, phone, password, .. } = input;
    let role = match realm {
        Realm::Apextrack => Some(Role::Affiliate),
        Realm::Notary => Some(Role::Customer),
        Realm::Scholarship => Some(Role::Applicant),
        Realm::TalentsMapping | Realm::Staff => None,
    };
    if role.is_none() {
        found.add("input.realm", Rule::In);
    }
    if realm == Realm::Scholarship && phone.is_none() {
        found.add("input.phone", Rule::Required);
    }
    let identity = Identity::new(realm, Some(&email), None, phone.as_deref());
    found.extend(identity.taken(domain.db.read(), realm, None).await?);
    found.finish()?;
    let new = ActiveModel {
        realm: Set(realm),
        role: Set(role.ok_or_else(Error::forbidden)?),
        name: Set(name),
        email: Set(email),
        phone: Set(phone),
        password_hash: Set(domain.passwords.hash(&password).await?),
        ..Default::default()
    };
    let transaction = domain.db.begin().await?;
    let signed_up = match realm {
        Realm::Notary => {
            let attempt = attempts::begin(domain, &transaction, new, identity).await?;
            SignUpPayload { attempt: Some(attempt), ..Default::default() }
        }
        Realm::Apextrack => unverified(domain, &transaction, new).await?,
        _ => logged_in(domain, &transaction, new, client).await?,
    };
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(signed_up)
}

/// APEXTRACK: an account whose address is to be verified by the code in a mail.
async fn unverified(domain: &Domain, transaction: &DatabaseTransaction, new: ActiveModel) -> Result<SignUpPayload> {
    let now = domain.clock.now();
    let user = insert(transaction, new).await?;
    let target = Target::new(Purpose::EmailVerification, user.realm, &user.email_key);
    let code = codes::issue(domain, transaction, &target, Some(user.id)).await?;
    let message =
        message_templates::verification(&domain.config, user.realm, &user.name, &user.email, code, codes::MINUTES);
    outbox::rules::queue(transaction, now, message).await?;
    Ok(SignUpPayload { user: Some(user), ..Default::default() })
}

/// SCHOLARSHIP: an account, logged in.
async fn logged_in(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    new: ActiveModel,
    client: &ClientInfo,
) -> Result<SignUpPayload> {
    let now = domain.clock.now();
    let user = insert(transaction, new).await?;
    let token = open_session(domain, transaction, &user, client.user_agent.as_deref(), now).await?;
    Ok(SignUpPayload { user: Some(user), token: Some(token), attempt: None })
}
