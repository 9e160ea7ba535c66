//! The rules over the shape of account inputs; see [`shape`](crate::input::shape).

use gerbang_kernel::error::Rule;
use sea_orm::ActiveEnum;

use crate::{
    accounts::Realm,
    input::{
        shape::Shape,
        validate::{LONG_TEXT, TEXT, phone_key},
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

fn realm(shape: &Shape<'_>) -> Option<Realm> {
    Realm::try_from_value(&shape.raw("realm")?.to_lowercase()).ok()
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
pub fn sign_up(shape: &mut Shape<'_>) -> Person {
    let realm = realm(shape);
    let name = shape.name("name", 1, TEXT);
    let email = shape.email("email");
    let phone = shape.optional_phone_by("phone", |phone| phone_key_in(realm, phone));
    shape.password("password", shortest_password(realm), "passwordConfirmation");
    Person { name, email, phone, ..Person::default() }
}

/// A user as admins make and change them.
pub fn person(shape: &mut Shape<'_>) -> Person {
    let name = shape.name("name", 1, TEXT);
    let email = shape.email("email");
    let username = shape.sized_text("username", 2, 100);
    let realm = realm(shape);
    let phone = shape.optional_phone_by("phone", |phone| phone_key_in(realm, phone));
    shape.password("password", shortest_password(realm), "passwordConfirmation");
    let address = shape.optional_text("address", LONG_TEXT);
    let position_code = shape.optional_text("positionCode", TEXT);
    Person { name, email, username, phone, address, position_code }
}

/// A new member of staff.
pub fn register_staff(shape: &mut Shape<'_>) -> Person {
    let person = staff(shape);
    shape.password("password", shortest_password(Some(Realm::Staff)), "passwordConfirmation");
    person
}

/// A member of staff, with the documented lengths.
pub fn staff(shape: &mut Shape<'_>) -> Person {
    let name = shape.name("name", 2, 100);
    let username = shape.sized_text("username", 2, 100);
    let email = shape.email("email");
    if email.as_ref().is_some_and(|email| email.chars().count() > 100) {
        shape.found.add("input.email", Rule::MaxLength(100));
    }
    let phone = shape.optional_phone("phone");
    let address = shape.optional_text("address", LONG_TEXT);
    let position_code = shape.optional_text("positionCode", TEXT);
    Person { name, email, username, phone, address, position_code }
}

/// A new password in place of a forgotten one.
pub fn reset_password(shape: &mut Shape<'_>) {
    let realm = realm(shape);
    shape.optional_phone_by("phone", |phone| phone_key_in(realm, phone));
    if shape.raw("email").is_some_and(|email| !email.trim().is_empty()) {
        shape.email("email");
    }
    shape.text("token", TEXT);
    new_password(shape);
}

/// A new password.
pub fn new_password(shape: &mut Shape<'_>) {
    shape.password("password", shortest_password(realm(shape)), "passwordConfirmation");
}

/// Somebody who is invited: the address.
pub fn create_invitation(shape: &mut Shape<'_>) -> Option<String> {
    let email = shape.email("email");
    shape.number("expiresInMinutes", 1, MAX_INVITATION_MINUTES);
    email
}

/// Somebody who accepts an invitation: the name.
pub fn accept_invitation(shape: &mut Shape<'_>) -> Option<String> {
    let name = shape.name("name", 1, TEXT);
    shape.password("password", shortest_password(None), "passwordConfirmation");
    name
}
