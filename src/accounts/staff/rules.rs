//! Staff: any of them may add others, employees change employees, admins everybody.

use gerbang_kernel::{
    error::{Error, Result},
    identity::ClientInfo,
};

use crate::{
    accounts::{
        Realm, Role, input_rules,
        user::{
            identity::Identity,
            new_users::{NewUser, insert},
            profiles::{UpdateUser, change, changes_email},
            row::Model,
            rules::{UserRef, find, not_found},
        },
    },
    domain::Domain,
    input::validator::Validator,
    quotas::Quota,
    viewer::Viewer,
};

/// What a new member of staff is made of.
#[derive(Clone, Debug)]
pub struct RegisterStaff {
    /// Full name, 2 to 100 characters.
    pub name: String,
    /// User name, 2 to 100 characters.
    pub username: String,
    /// E-mail address, at most 100 characters.
    pub email: String,
    /// Password, at least 6 characters.
    pub password: String,
    /// The same again.
    pub password_confirmation: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Code of the job position; grants nothing.
    pub position_code: Option<String>,
}

/// What changes of a member of staff; `None` leaves a value as it is, `Some(None)` clears it.
#[derive(Clone, Debug, Default)]
pub struct UpdateStaff {
    /// Full name.
    pub name: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<Option<String>>,
    /// Postal address.
    pub address: Option<Option<String>>,
    /// Code of the job position; grants nothing.
    pub position_code: Option<Option<String>>,
}

/// Adds an employee and gives them the next code (`USR00001`). For all staff.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `VALIDATION_FAILED`.
pub async fn register_staff(domain: &Domain, viewer: &Viewer, input: RegisterStaff) -> Result<Model> {
    viewer.require_realm(Realm::Staff)?;
    let RegisterStaff { name, username, email, password, password_confirmation, phone, address, position_code } = input;
    let mut validator = Validator::new([
        ("name", (&name).into()),
        ("username", (&username).into()),
        ("email", (&email).into()),
        ("password", (&password).into()),
        ("passwordConfirmation", (&password_confirmation).into()),
        ("phone", (&phone).into()),
        ("address", (&address).into()),
        ("positionCode", (&position_code).into()),
    ]);
    let person = input_rules::register_staff(&mut validator);
    let identity = Identity::new(Realm::Staff, person.email.as_deref(), person.username.as_deref(), None);
    let mut found = validator.found.into_inner();
    found.extend(identity.taken(domain.db.read(), Realm::Staff, None).await?);
    if !found.is_empty() {
        return Err(Error::invalid(found));
    }
    let new = NewUser {
        realm: Realm::Staff,
        role: Role::Employee,
        name: person.name.unwrap_or_default(),
        email: person.email.unwrap_or_default(),
        username: person.username,
        phone: person.phone,
        password_hash: domain.passwords.hash(&password).await?,
        verified_at: None,
        partner_id: None,
        position_code: person.position_code,
        address: person.address,
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
    which: UserRef,
    input: UpdateStaff,
) -> Result<Model> {
    viewer.require_realm(Realm::Staff)?;
    let found = find(domain.db.read(), viewer, which).await?;
    let may_change =
        |user: &Model| user.realm == Realm::Staff && (user.role != Role::Admin || viewer.is_admin_of(Realm::Staff));
    let found = found.filter(may_change).ok_or_else(not_found)?;
    if changes_email(&found, input.email.as_deref()) {
        Quota::AddressChange.spend(domain, client).await?;
    }
    let UpdateStaff { name, username, email, phone, address, position_code } = input;
    let input = UpdateUser { name, email, username, phone, address, position_code, ..UpdateUser::default() };
    change(domain, found, input, input_rules::staff).await
}
