//! Staff: any of them may add others, employees change employees, admins everybody.

use async_graphql::{ID, MaybeUndefined};
use gerbang_kernel::identity::ClientInfo;

use crate::{
    accounts::{
        Role,
        user::{
            identity::Identity,
            new_users::insert,
            profiles::{UpdateUserInput, change, changes_email},
            row::{ActiveModel, Model},
            rules::{not_found, user},
        },
    },
    prelude::rules::*,
    quotas::Quota,
};

/// What a new member of staff is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct RegisterStaffInput {
    /// Full name.
    #[rule(name, min = 2, max = 100)]
    pub name: String,
    /// User name; unique among staff.
    #[rule(text, min = 2, max = 100)]
    pub username: String,
    /// E-mail address; unique among staff.
    #[rule(email, max = 100)]
    pub email: String,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits.
    #[rule(phone, optional)]
    pub phone: Option<String>,
    /// Postal address.
    #[rule(text, max = 5_000, optional)]
    pub address: Option<String>,
    /// Code of the job position; grants nothing.
    #[rule(text, optional)]
    pub position_code: Option<String>,
    /// Password.
    #[rule(password, min = 6)]
    pub password: String,
    /// The password again.
    #[rule(repeats = "password")]
    pub password_confirmation: String,
}

/// What changes of a member of staff; what is absent stays as it is, null clears.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateStaffInput {
    /// The user: `user_17`, or the legacy id `17`.
    pub id: ID,
    /// Full name.
    #[rule(name, min = 2, max = 100)]
    pub name: Option<String>,
    /// User name.
    #[rule(text, min = 2, max = 100)]
    pub username: Option<String>,
    /// E-mail address; a new one is to be verified again, and the old one is told.
    #[rule(email, max = 100)]
    pub email: Option<String>,
    /// Telephone number; null clears it.
    #[rule(phone, optional)]
    pub phone: MaybeUndefined<String>,
    /// Postal address; null clears it.
    #[rule(text, max = 5_000, optional)]
    pub address: MaybeUndefined<String>,
    /// Code of the job position; grants nothing; null clears it.
    #[rule(text, optional)]
    pub position_code: MaybeUndefined<String>,
}

/// Adds an employee and gives them the next code (`USR00001`). For all staff.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `VALIDATION_FAILED`.
pub async fn register_staff(domain: &Domain, viewer: &Viewer, input: RegisterStaffInput) -> Result<Model> {
    viewer.require_realm(Realm::Staff)?;
    let (input, mut found) = input.examine();
    let identity = Identity::new(Realm::Staff, Some(&input.email), Some(&input.username), None);
    found.extend(identity.taken(domain.db.read(), Realm::Staff, None).await?);
    found.finish()?;
    let new = ActiveModel {
        realm: Set(Realm::Staff),
        role: Set(Role::Employee),
        name: Set(input.name),
        email: Set(input.email),
        username: Set(Some(input.username)),
        phone: Set(input.phone),
        password_hash: Set(domain.passwords.hash(&input.password).await?),
        address: Set(input.address),
        position_code: Set(input.position_code),
        ..Default::default()
    };
    let transaction = domain.db.begin().await?;
    let row = insert(&transaction, new).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Changes a member of staff, never their role. Employees can't change an admin, who is not found by them.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `NOT_FOUND`, `VALIDATION_FAILED`, `RATE_LIMITED` for too many new
/// addresses.
pub async fn update_staff(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    input: UpdateStaffInput,
) -> Result<Model> {
    viewer.require_realm(Realm::Staff)?;
    let found = user(domain, viewer, &input.id).await?;
    let may_change =
        |user: &Model| user.realm == Realm::Staff && (user.role != Role::Admin || viewer.is_admin_of(Realm::Staff));
    let user = found.filter(may_change).ok_or_else(not_found)?;
    if changes_email(&user, input.email.as_deref()) {
        Quota::AddressChange.spend(domain, client).await?;
    }
    let (UpdateStaffInput { id, name, username, email, phone, address, position_code }, found) = input.examine();
    let (role, partner_id, current_password) = (None, None, None);
    let changes = UpdateUserInput {
        id,
        name,
        email,
        username,
        phone,
        address,
        position_code,
        role,
        partner_id,
        current_password,
    };
    change(domain, user, changes, found).await
}
