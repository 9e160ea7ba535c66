//! The rules of account inputs; see [`Validator`].

use gerbang_kernel::error::Rule;
use sea_orm::ActiveEnum;

use crate::{
    accounts::Realm,
    input::{
        validate::{LONG_TEXT, TEXT, phone_key},
        validator::Validator,
    },
};

/// Minutes that an invitation lives at most: 30 days.
const MAX_INVITATION_MINUTES: i64 = 30 * 24 * 60;

/// Characters of the shortest password: 6 for staff, as documented, else 8.
const fn shortest_password(realm: Option<Realm>) -> u64 {
    match realm {
        Some(Realm::Staff) => 6,
        _ => 8,
    }
}

/// How telephone numbers are compared in a realm. The notary's document signs up `1234567890`, without the
/// leading 0 that numbers have elsewhere.
pub fn phone_key_in(realm: Option<Realm>, phone: &str) -> Option<String> {
    let bare = phone.trim().starts_with(|first: char| ('1'..='9').contains(&first));
    if bare && realm == Some(Realm::Notary) { phone_key(&format!("0{}", phone.trim())) } else { phone_key(phone) }
}

fn realm(validator: &Validator<'_>) -> Option<Realm> {
    Realm::try_from_value(&validator.raw("realm")?.to_lowercase()).ok()
}

/// A person, cleaned. Members that were not there are `None`.
#[derive(Debug, Default)]
pub struct Person {
    /// Full name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Code of the job position.
    pub position_code: Option<String>,
}

/// Somebody who signs up.
pub fn sign_up(validator: &mut Validator<'_>) -> Person {
    let realm = realm(validator);
    let name = validator.name("name", 1, TEXT);
    let email = validator.email("email");
    let phone = validator.optional_phone_by("phone", |phone| phone_key_in(realm, phone));
    validator.password("password", shortest_password(realm), "passwordConfirmation");
    Person { name, email, phone, ..Person::default() }
}

/// A user as admins make and change them.
pub fn person(validator: &mut Validator<'_>) -> Person {
    let name = validator.name("name", 1, TEXT);
    let email = validator.email("email");
    let username = validator.sized_text("username", 2, 100);
    let realm = realm(validator);
    let phone = validator.optional_phone_by("phone", |phone| phone_key_in(realm, phone));
    validator.password("password", shortest_password(realm), "passwordConfirmation");
    let address = validator.optional_text("address", LONG_TEXT);
    let position_code = validator.optional_text("positionCode", TEXT);
    Person { name, email, username, phone, address, position_code }
}

/// A new member of staff.
pub fn register_staff(validator: &mut Validator<'_>) -> Person {
    let person = staff(validator);
    validator.password("password", shortest_password(Some(Realm::Staff)), "passwordConfirmation");
    person
}

/// A member of staff, with the documented lengths.
pub fn staff(validator: &mut Validator<'_>) -> Person {
    let name = validator.name("name", 2, 100);
    let username = validator.sized_text("username", 2, 100);
    let email = validator.email("email");
    if email.as_ref().is_some_and(|email| email.chars().count() > 100) {
        validator.found.add("input.email", Rule::MaxLength(100));
    }
    let phone = validator.optional_phone("phone");
    let address = validator.optional_text("address", LONG_TEXT);
    let position_code = validator.optional_text("positionCode", TEXT);
    Person { name, email, username, phone, address, position_code }
}

/// A new password in place of a forgotten one.
pub fn reset_password(validator: &mut Validator<'_>) {
    let realm = realm(validator);
    validator.optional_phone_by("phone", |phone| phone_key_in(realm, phone));
    if validator.raw("email").is_some_and(|email| !email.trim().is_empty()) {
        validator.email("email");
    }
    validator.text("token", TEXT);
    new_password(validator);
}

/// A new password.
pub fn new_password(validator: &mut Validator<'_>) {
    validator.password("password", shortest_password(realm(validator)), "passwordConfirmation");
}

/// Somebody who is invited: the address.
pub fn create_invitation(validator: &mut Validator<'_>) -> Option<String> {
    let email = validator.email("email");
    validator.number("expiresInMinutes", 1, MAX_INVITATION_MINUTES);
    email
}

/// Somebody who accepts an invitation: the name.
pub fn accept_invitation(validator: &mut Validator<'_>) -> Option<String> {
    let name = validator.name("name", 1, TEXT);
    validator.password("password", shortest_password(None), "passwordConfirmation");
    name
}
