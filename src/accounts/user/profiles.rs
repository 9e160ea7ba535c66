//! Changing users, and what follows from a new e-mail address.

use std::time::Duration;

use async_graphql::{ID, InputType, MaybeUndefined};
use gerbang_graphql::rules::text::fold;
use gerbang_kernel::identity::ClientInfo;

use super::{
    identity::{Identity, status_of, taken},
    new_users::partner_key,
    rules::{not_found, roles_of, user},
};
use crate::{
    accounts::{
        Role,
        access::AccessTransaction,
        password::hashing::PasswordCheck,
        realm::phone_form,
        user::row::{Model, Status},
    },
    outbox::{self, message_templates},
    prelude::rules::*,
    quotas::Quota,
    talents::partner,
};

gerbang_kernel::custom_rule! {
    /// It is not the password of who asks.
    CURRENT_PASSWORD: "The password is incorrect.", "Kata sandi salah."
}

/// What changes of a user; what is absent stays as it is, null clears.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateUserInput {
    /// The user: `user_17`, or the legacy id within the caller's realm.
    pub id: ID,
    /// Full name.
    #[rule(name, max = 255)]
    pub name: Option<String>,
    /// E-mail address; a new one is to be verified again, and the old one is told.
    #[rule(email)]
    pub email: Option<String>,
    /// User name.
    #[rule(text, min = 2, max = 100)]
    pub username: Option<String>,
    /// Telephone number; null clears it.
    #[rule(phone, by = phone_form, optional)]
    pub phone: MaybeUndefined<String>,
    /// Postal address; null clears it.
    #[rule(text, max = 5_000, optional)]
    pub address: MaybeUndefined<String>,
    /// Code of the job position (STAFF); null clears it.
    #[rule(text, optional)]
    pub position_code: MaybeUndefined<String>,
    /// What the user may do; for admins, and not for themselves.
    pub role: Option<Role>,
    /// The partner that a PARTNER is bound to; for admins.
    pub partner_id: Option<IdOf<partner::row::Entity>>,
    /// The caller's own password; needed to change one's own e-mail address without being an admin.
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
    input: UpdateUserInput,
) -> Result<Model> {
    viewer.require_user()?;
    let found = user(domain, viewer, &input.id).await?.ok_or_else(not_found)?;
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
    let (input, violations) = input.examine_beside([("realm", found.realm.to_value())]);
    change(domain, found, input, violations).await
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

/// Writes the changes, in which `found` was wrong, and notifies the old address of a new one.
pub(crate) async fn change(
    domain: &Domain,
    old: Model,
    input: UpdateUserInput,
    mut found: Violations,
) -> Result<Model> {
    let UpdateUserInput { name, email, username, phone, address, position_code, role, partner_id, .. } = input;
    let partner_id = partner_key(partner_id)?;
    if role.is_some_and(|role| !roles_of(old.realm).contains(&role)) {
        found.add("input.role", Rule::In);
    }
    let is_partner = role.unwrap_or(old.role) == Role::Partner;
    let partner = if is_partner { partner_id.or(old.partner_id) } else { None };
    if is_partner && partner.is_none() {
        found.add("input.partnerId", Rule::Required);
    }
    let identity = Identity::new(old.realm, email.as_deref(), username.as_deref(), phone.value().map(String::as_str));
    found.extend(identity.taken(domain.db.read(), old.realm, Some(old.id)).await?);
    found.finish()?;

    let now = domain.clock.now();
    let new_address = identity.email_key.as_ref().is_some_and(|key| *key != old.email_key);
    let mut row = old.clone().into_active_model();
    row.name.change(name);
    row.email.change(email);
    row.email_key.change(identity.email_key);
    if new_address {
        row.email_verified_at = Set(None);
        if old.status == Status::Active {
            row.status = Set(status_of(old.realm, false));
        }
    }
    row.username.change(username.map(Some));
    row.username_key.change(identity.username_key.map(Some));
    if !phone.is_undefined() {
        row.phone_key = Set(identity.phone_key);
    }
    row.phone.change(phone);
    row.address.change(address);
    row.position_code.change(position_code);
    row.role.change(role);
    row.partner_id = Set(partner);

    let mut transaction = AccessTransaction::begin(domain).await?;
    let row = transaction.update_user(row).await.map_err(taken)?;
    if new_address && is_reached(&old) {
        outbox::rules::queue(
            transaction.db(),
            now,
            message_templates::address_changed(&domain.config, old.realm, &old.name, &old.email),
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
