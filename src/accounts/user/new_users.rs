//! New users: how admins make them, and how every new user is numbered.

use chrono::{DateTime, Utc};
use gerbang_kernel::error::{Error, Result, Rule, Violation};
use sea_orm::{
    ActiveEnum, ActiveModelTrait,
    ActiveValue::Set,
    ConnectionTrait, DatabaseTransaction,
    sea_query::{Expr, OnConflict, Query},
};
use uuid::Uuid;

use super::{
    identity::{Identity, status_of, taken},
    rules::roles_of,
};
use crate::{
    accounts::{
        Realm, Role, input_rules,
        user::{
            realm_counter,
            row::{ActiveModel, Model},
        },
    },
    domain::Domain,
    input::validator::Validator,
    viewer::Viewer,
};

/// The counter of `users.legacy_id`.
pub const LEGACY_ID: &str = "legacy_id";
/// The counter of staff codes.
pub const CODE: &str = "code";

/// What a new user is made of.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// The user base.
    pub realm: Realm,
    /// What the user may do.
    pub role: Role,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// User name; needed in STAFF.
    pub username: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// First password.
    pub password: String,
    /// The partner that a PARTNER is bound to.
    pub partner_id: Option<i64>,
    /// Code of the job position.
    pub position_code: Option<String>,
    /// Postal address.
    pub address: Option<String>,
}

/// Makes a user; the admin vouches for the e-mail address. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
pub async fn create_user(domain: &Domain, viewer: &Viewer, input: CreateUser) -> Result<Model> {
    viewer.require_admin(input.realm)?;
    make_user(domain, input).await
}

/// Makes an admin, for the operator of the gateway.
///
/// # Errors
/// `VALIDATION_FAILED`.
pub async fn create_admin(
    domain: &Domain,
    realm: Realm,
    name: String,
    email: String,
    password: String,
) -> Result<Model> {
    let username = (realm == Realm::Staff).then(|| match email.trim().split_once('@') {
        Some((name, _)) if name.chars().count() > 1 => name.to_owned(),
        _ => email.clone(),
    });
    let role = Role::Admin;
    let (phone, partner_id, position_code, address) = (None, None, None, None);
    let input = CreateUser { realm, role, name, email, username, phone, password, partner_id, position_code, address };
    make_user(domain, input).await
}

async fn make_user(domain: &Domain, input: CreateUser) -> Result<Model> {
    let CreateUser { realm, role, name, email, username, phone, password, partner_id, position_code, address } = input;
    let realm_word = realm.to_value();
    let mut validator = Validator::new([
        ("realm", (&realm_word).into()),
        ("name", (&name).into()),
        ("email", (&email).into()),
        ("username", (&username).into()),
        ("phone", (&phone).into()),
        ("password", (&password).into()),
        ("address", (&address).into()),
        ("positionCode", (&position_code).into()),
    ]);
    let person = input_rules::person(&mut validator);
    let mut found = validator.found.into_inner();
    if !roles_of(realm).contains(&role) {
        found.push(Violation::new("input.role", Rule::In));
    }
    if realm == Realm::Staff && username.is_none() {
        found.push(Violation::new("input.username", Rule::Required));
    }
    if (role == Role::Partner) != partner_id.is_some() {
        let rule = if partner_id.is_some() { Rule::In } else { Rule::Required };
        found.push(Violation::new("input.partnerId", rule));
    }
    let identity = Identity::new(realm, person.email.as_deref(), person.username.as_deref(), person.phone.as_deref());
    found.extend(identity.taken(domain.db.read(), realm, None).await?);
    if !found.is_empty() {
        return Err(Error::invalid(found));
    }
    let password_hash = domain.passwords.hash(&password).await?;
    let now = domain.clock.now();
    let new = NewUser {
        realm,
        role,
        name: person.name.unwrap_or_default(),
        email: person.email.unwrap_or_default(),
        username: person.username,
        phone: person.phone,
        password_hash,
        verified_at: Some(now),
        partner_id,
        position_code: person.position_code,
        address: person.address,
    };
    let transaction = domain.db.begin().await?;
    let row = insert(&transaction, new).await?;
    transaction.commit().await?;
    Ok(row)
}

/// A user to be written: checked, with a hashed password.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The user base.
    pub realm: Realm,
    /// What the user may do.
    pub role: Role,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// User name.
    pub username: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Hash of the password.
    pub password_hash: String,
    /// When the e-mail address was proved to be the user's.
    pub verified_at: Option<DateTime<Utc>>,
    /// The partner that a PARTNER is bound to.
    pub partner_id: Option<i64>,
    /// Code of the job position.
    pub position_code: Option<String>,
    /// Postal address.
    pub address: Option<String>,
}

/// Writes a user and numbers them; a transaction that is rolled back gives its numbers back.
///
/// # Errors
/// `VALIDATION_FAILED` (`TAKEN`) if somebody of the realm has the address, user name or number meanwhile,
/// (`EXISTS`) for an unknown partner.
pub async fn insert(transaction: &DatabaseTransaction, new: NewUser) -> Result<Model> {
    let NewUser {
        realm,
        role,
        name,
        email,
        username,
        phone,
        password_hash,
        verified_at,
        partner_id,
        position_code,
        address,
    } = new;
    let Identity { email_key, username_key, phone_key } =
        Identity::new(realm, Some(&email), username.as_deref(), phone.as_deref());
    let legacy_id = next_number(transaction, realm, LEGACY_ID).await?;
    let code = match realm {
        Realm::Staff => Some(format!("USR{:05}", next_number(transaction, realm, CODE).await?)),
        Realm::TalentsMapping | Realm::Apextrack | Realm::Notary | Realm::Scholarship => None,
    };
    let row = ActiveModel {
        uuid: Set(Uuid::now_v7().into()),
        realm: Set(realm),
        role: Set(role),
        legacy_id: Set(legacy_id),
        name: Set(name),
        email: Set(email),
        email_key: Set(email_key.unwrap_or_default()),
        username: Set(username),
        username_key: Set(username_key),
        phone: Set(phone),
        phone_key: Set(phone_key),
        password_hash: Set(password_hash),
        status: Set(status_of(realm, verified_at)),
        partner_id: Set(partner_id),
        code: Set(code),
        position_code: Set(position_code),
        address: Set(address),
        email_verified_at: Set(verified_at.map(Into::into)),
        sessions_valid_from: Set(None),
        ..Default::default()
    };
    row.insert(transaction).await.map_err(taken)
}

/// The next number of a counter. Its row is locked until the transaction ends, so that no number is lost.
async fn next_number(transaction: &DatabaseTransaction, realm: Realm, counter: &str) -> Result<i64> {
    let value = realm_counter::Column::Value;
    let statement = Query::insert()
        .into_table(realm_counter::Entity)
        .columns([realm_counter::Column::Realm, realm_counter::Column::Name, value])
        .values_panic([realm.to_value().into(), counter.into(), 1_i64.into()])
        .on_conflict(
            OnConflict::columns([realm_counter::Column::Realm, realm_counter::Column::Name])
                .value(value, Expr::cust("realm_counters.value + 1"))
                .to_owned(),
        )
        .returning_col(value)
        .to_owned();
    let row = transaction.query_one(&statement).await?.ok_or_else(|| Error::internal("no number was given"))?;
    Ok(row.try_get("", "value")?)
}
