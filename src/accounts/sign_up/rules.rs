//! Signing up oneself: each realm in its own way.

use gerbang_kernel::{
    error::{Error, Result, Rule, Violation},
    identity::ClientInfo,
};
use sea_orm::{ActiveEnum, DatabaseTransaction};

use super::attempts::{self, Attempt};
use crate::{
    accounts::{
        Realm, Role, input_rules,
        session::rules::{Session, open_session},
        user::{
            identity::Identity,
            new_users::{NewUser, insert},
            row::Model,
        },
        verification::{
            codes::{self, Target},
            row::Purpose,
        },
    },
    domain::Domain,
    input::validator::Validator,
    outbox::{self, message_templates},
    quotas::Quota,
};

/// What somebody signs up with.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The user base.
    pub realm: Realm,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number; needed in SCHOLARSHIP.
    pub phone: Option<String>,
    /// Password, at least 8 characters.
    pub password: String,
    /// The same again, where the form asks for it.
    pub password_confirmation: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum SignedUp {
    /// APEXTRACK: an account whose address is to be verified by the code in a mail.
    Unverified(Model),
    /// NOTARY: no account until the link in a mail is opened.
    Attempt(Attempt),
    /// SCHOLARSHIP: an account, logged in.
    LoggedIn(Session),
}

/// Signs somebody up.
///
/// # Errors
/// `VALIDATION_FAILED`, also in realms whose accounts are made by admins; `RATE_LIMITED` after five mails in a
/// day to one address, and after too many sign-ups from where this one comes from.
pub async fn sign_up(domain: &Domain, client: &ClientInfo, input: SignUp) -> Result<SignedUp> {
    Quota::SignUp.spend(domain, client).await?;
    let SignUp { realm, name, email, phone, password, password_confirmation } = input;
    let realm_word = realm.to_value();
    let mut validator = Validator::new([
        ("realm", (&realm_word).into()),
        ("name", (&name).into()),
        ("email", (&email).into()),
        ("phone", (&phone).into()),
        ("password", (&password).into()),
        ("passwordConfirmation", (&password_confirmation).into()),
    ]);
    let person = input_rules::sign_up(&mut validator);
    let identity = Identity::new(realm, person.email.as_deref(), None, person.phone.as_deref());
    let mut found = validator.found.into_inner();
    if matches!(realm, Realm::TalentsMapping | Realm::Staff) {
        found.push(Violation::new("input.realm", Rule::In));
    }
    if realm == Realm::Scholarship && person.phone.is_none() {
        found.push(Violation::new("input.phone", Rule::Required));
    }
    found.extend(identity.taken(domain.db.read(), realm, None).await?);
    if !found.is_empty() {
        return Err(Error::invalid(found));
    }
    let role = match realm {
        Realm::Apextrack => Role::Affiliate,
        Realm::Notary => Role::Customer,
        Realm::Scholarship => Role::Applicant,
        Realm::TalentsMapping | Realm::Staff => return Err(Error::forbidden()),
    };
    let new = NewUser {
        realm,
        role,
        name: person.name.unwrap_or_default(),
        email: person.email.unwrap_or_default(),
        username: None,
        phone: person.phone,
        password_hash: domain.passwords.hash(&password).await?,
        verified_at: None,
        partner_id: None,
        position_code: None,
        address: None,
    };
    let transaction = domain.db.begin().await?;
    let signed_up = match realm {
        Realm::Notary => SignedUp::Attempt(attempts::begin(domain, &transaction, new, identity).await?),
        Realm::Apextrack => SignedUp::Unverified(unverified(domain, &transaction, new).await?),
        _ => SignedUp::LoggedIn(logged_in(domain, &transaction, new, client).await?),
    };
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(signed_up)
}

async fn unverified(domain: &Domain, transaction: &DatabaseTransaction, new: NewUser) -> Result<Model> {
    let now = domain.clock.now();
    let user = insert(transaction, new).await?;
    let target = Target::new(Purpose::EmailVerification, user.realm, &user.email_key);
    let code = codes::issue(domain, transaction, &target, Some(user.id)).await?;
    let message = message_templates::verification(user.realm, &user.name, &user.email, code, codes::MINUTES);
    outbox::rules::queue(transaction, now, message).await?;
    Ok(user)
}

async fn logged_in(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    new: NewUser,
    client: &ClientInfo,
) -> Result<Session> {
    let now = domain.clock.now();
    let user = insert(transaction, new).await?;
    let token = open_session(domain, transaction, &user, client.user_agent.as_deref(), now).await?;
    Ok(Session { user, token })
}
