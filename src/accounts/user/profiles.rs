//! Changing users, and what follows from a new e-mail address.

use std::time::Duration;

use gerbang_kernel::{
    error::{CustomRule, Error, Result, Rule, Violation},
    identity::ClientInfo,
};
use sea_orm::{ActiveEnum, ActiveValue::Set, IntoActiveModel};

use super::{
    identity::{Identity, status_of, taken},
    rules::{UserRef, find, not_found, roles_of},
};
use crate::{
    accounts::{
        Realm, Role,
        access::AccessTransaction,
        input_rules,
        password::hashing::PasswordCheck,
        user::row::{Model, Status},
    },
    domain::Domain,
    input::{validate::fold, validator::Validator},
    outbox::{self, message_templates},
    quotas::Quota,
    viewer::Viewer,
};

/// It is not the password of who asks.
const CURRENT_PASSWORD: Rule = Rule::Custom(&CustomRule {
    name: "CURRENT_PASSWORD",
    english: "The password is incorrect.",
    indonesian: "Kata sandi salah.",
});

/// What changes of a user; `None` leaves a value as it is, `Some(None)` clears it.
#[derive(Clone, Debug, Default)]
pub struct UpdateUser {
    /// Full name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Telephone number.
    pub phone: Option<Option<String>>,
    /// Postal address.
    pub address: Option<Option<String>>,
    /// Code of the job position.
    pub position_code: Option<Option<String>>,
    /// What the user may do; for admins.
    pub role: Option<Role>,
    /// The partner that a PARTNER is bound to; for admins.
    pub partner_id: Option<Option<i64>>,
    /// The caller's own password, to change their own e-mail address.
    pub current_password: Option<String>,
}

/// Changes a user: anybody themselves, admins everybody of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN` for a role or partner without being an admin, and for one's own
/// role, `VALIDATION_FAILED`, `RATE_LIMITED` for too many new addresses.
pub async fn update_user(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    which: UserRef,
    input: UpdateUser,
) -> Result<Model> {
    viewer.require_user()?;
    let found = find(domain.db.read(), viewer, which).await?.ok_or_else(not_found)?;
    let is_admin = viewer.is_admin_of(found.realm);
    let is_self = viewer.is_user(found.id);
    let changes_role = input.role.is_some_and(|role| role != found.role);
    let changes_rights = changes_role || input.partner_id.is_some();
    if !is_admin && (!is_self || changes_rights) || is_self && changes_role {
        return Err(Error::forbidden());
    }
    if changes_email(&found, input.email.as_deref()) {
        Quota::AddressChange.spend(domain, client).await?;
        if !is_admin {
            confirm_password(domain, &found, input.current_password.as_deref()).await?;
        }
    }
    change(domain, found, input, input_rules::person).await
}

/// Whether this address would be another one.
pub(crate) fn changes_email(user: &Model, email: Option<&str>) -> bool {
    email.is_some_and(|email| fold(email) != user.email_key)
}

/// Whether the user reads what is sent to their address: it was verified, as far as their realm verifies any. A notice
/// to any other would let somebody mail strangers through us.
const fn is_reached(user: &Model) -> bool {
    user.email_verified_at.is_some() || matches!(user.realm, Realm::Scholarship | Realm::Staff)
}

/// Writes the changes and notifies the old address of a new one.
pub(crate) async fn change(
    domain: &Domain,
    old: Model,
    input: UpdateUser,
    rules: fn(&mut Validator<'_>) -> input_rules::Person,
) -> Result<Model> {
    let UpdateUser { name, email, username, phone, address, position_code, role, partner_id, current_password: _ } =
        input;
    let realm_word = old.realm.to_value();
    let mut validator = Validator::new([
        ("realm", (&realm_word).into()),
        ("name", (&name).into()),
        ("email", (&email).into()),
        ("username", (&username).into()),
        ("phone", (&phone).into()),
        ("address", (&address).into()),
        ("positionCode", (&position_code).into()),
    ]);
    let person = rules(&mut validator);
    let mut found = validator.found.into_inner();
    if role.is_some_and(|role| !roles_of(old.realm).contains(&role)) {
        found.push(Violation::new("input.role", Rule::In));
    }
    let is_partner = role.unwrap_or(old.role) == Role::Partner;
    let partner = if is_partner { partner_id.unwrap_or(old.partner_id) } else { None };
    if is_partner && partner.is_none() {
        found.push(Violation::new("input.partnerId", Rule::Required));
    }
    let identity =
        Identity::new(old.realm, person.email.as_deref(), person.username.as_deref(), person.phone.as_deref());
    found.extend(identity.taken(domain.db.read(), old.realm, Some(old.id)).await?);
    if !found.is_empty() {
        return Err(Error::invalid(found));
    }

    let now = domain.clock.now();
    let new_address = identity.email_key.as_ref().is_some_and(|key| *key != old.email_key);
    let mut row = old.clone().into_active_model();
    if let Some(name) = person.name {
        row.name = Set(name);
    }
    if let (Some(email), Some(key)) = (person.email, identity.email_key) {
        row.email = Set(email);
        row.email_key = Set(key);
    }
    if new_address {
        row.email_verified_at = Set(None);
        if old.status == Status::Active {
            row.status = Set(status_of(old.realm, None));
        }
    }
    if let Some(username) = person.username {
        row.username = Set(Some(username));
        row.username_key = Set(identity.username_key);
    }
    if phone.is_some() {
        row.phone = Set(person.phone);
        row.phone_key = Set(identity.phone_key);
    }
    if address.is_some() {
        row.address = Set(person.address);
    }
    if position_code.is_some() {
        row.position_code = Set(person.position_code);
    }
    if let Some(role) = role {
        row.role = Set(role);
    }
    row.partner_id = Set(partner);

    let mut transaction = AccessTransaction::begin(domain).await?;
    let row = transaction.update_user(row).await.map_err(taken)?;
    if new_address && is_reached(&old) {
        outbox::rules::queue(
            transaction.db(),
            now,
            message_templates::address_changed(old.realm, &old.name, &old.email),
        )
        .await?;
    }
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(row)
}

/// Makes sure that the caller knows their own password; five tries a minute.
///
/// # Errors
/// `VALIDATION_FAILED` at `input.currentPassword`, `RATE_LIMITED`.
pub(crate) async fn confirm_password(domain: &Domain, user: &Model, password: Option<&str>) -> Result<()> {
    const PATH: &str = "input.currentPassword";
    let password = password.filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| Error::violation(PATH, Rule::Required))?;
    let limits = &domain.config.limits;
    let key = format!("password|{}", user.id);
    domain.limiter.hit(&key, limits.login_failures.saturating_mul(limits.scale), Duration::from_mins(1)).await?;
    if domain.passwords.verify(password, Some(&user.password_hash)).await? == PasswordCheck::Wrong {
        return Err(Error::violation(PATH, CURRENT_PASSWORD));
    }
    domain.limiter.clear(&key).await;
    Ok(())
}
