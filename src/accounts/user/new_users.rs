//! New users: how admins make them, and how every new user is numbered.

use sea_orm::{
    ActiveEnum, ActiveValue, ConnectionTrait, DatabaseTransaction,
    sea_query::{Expr, OnConflict, Query},
};
use uuid::Uuid;

use super::{
    identity::{Identity, status_of, taken},
    rules::roles_of,
};
use crate::{
    accounts::{
        Role,
        realm::{password_form, phone_form},
        user::{
            realm_counter,
            row::{ActiveModel, Model},
        },
    },
    prelude::rules::*,
    talents::partner,
};

/// The counter of `users.legacy_id`.
pub const LEGACY_ID: &str = "legacy_id";
/// The counter of staff codes.
pub const CODE: &str = "code";

/// What a new user is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateUserInput {
    /// The user base.
    pub realm: Realm,
    /// What the user may do; one of the realm's roles.
    pub role: Role,
    /// Full name.
    #[rule(name, max = 255)]
    pub name: String,
    /// E-mail address; unique within the realm. The admin vouches that it is the user's.
    #[rule(email)]
    pub email: String,
    /// User name; needed in STAFF, unique within the realm.
    #[rule(text, min = 2, max = 100)]
    pub username: Option<String>,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits.
    #[rule(phone, by = phone_form, optional)]
    pub phone: Option<String>,
    /// First password, at least 8 characters (STAFF: 6).
    #[rule(password, by = password_form)]
    pub password: String,
    /// The partner that a PARTNER is bound to: `partner_3` or `3`.
    pub partner_id: Option<IdOf<partner::row::Entity>>,
    /// Postal address.
    #[rule(text, max = 5_000, optional)]
    pub address: Option<String>,
    /// Code of the job position (STAFF); grants nothing.
    #[rule(text, optional)]
    pub position_code: Option<String>,
}

/// Makes a user; the admin vouches for the e-mail address. For admins of the realm.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
pub async fn create_user(domain: &Domain, viewer: &Viewer, input: CreateUserInput) -> Result<Model> {
    viewer.require_admin(input.realm)?;
    make_user(domain, input).await
}

/// An admin whom the operator of the gateway makes.
pub struct NewAdmin {
    /// The user base.
    pub realm: Realm,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// User name (STAFF); what stands before the `@` of the address, with a number where somebody has that.
    pub username: Option<String>,
    /// Password.
    pub password: String,
}

/// Makes an admin.
///
/// # Errors
/// `VALIDATION_FAILED`.
pub async fn create_admin(domain: &Domain, new: NewAdmin) -> Result<Model> {
    let NewAdmin { realm, name, email, username, password } = new;
    let username = match username {
        None if realm == Realm::Staff => Some(free_username(domain, &email).await?),
        username => username,
    };
    let role = Role::Admin;
    let (phone, partner_id, address, position_code) = (None, None, None, None);
    let input =
        CreateUserInput { realm, role, name, email, username, phone, password, partner_id, address, position_code };
    make_user(domain, input).await
}

/// A user name that nobody of the staff has, as near to the address as can be.
async fn free_username(domain: &Domain, email: &str) -> Result<String> {
    let base = match email.trim().split_once('@') {
        Some((name, _)) if name.chars().count() > 1 => name,
        _ => email,
    };
    let names = (1_u32..).map(|number| if number == 1 { base.to_owned() } else { format!("{base}{number}") });
    for name in names {
        let identity = Identity::new(Realm::Staff, None, Some(&name), None);
        if identity.holders(domain.db.read(), Realm::Staff).await?.is_empty() {
            return Ok(name);
        }
    }
    Err(Error::violation("input.username", Rule::Taken))
}

async fn make_user(domain: &Domain, input: CreateUserInput) -> Result<Model> {
    let (input, mut found) = input.examine();
    let CreateUserInput { realm, role, name, email, username, phone, password, partner_id, address, position_code } =
        input;
    let partner_id = partner_key(partner_id)?;
    if !roles_of(realm).contains(&role) {
        found.add("input.role", Rule::In);
    }
    if realm == Realm::Staff && username.is_none() {
        found.add("input.username", Rule::Required);
    }
    if (role == Role::Partner) != partner_id.is_some() {
        found.add("input.partnerId", if partner_id.is_some() { Rule::In } else { Rule::Required });
    }
    let identity = Identity::new(realm, Some(&email), username.as_deref(), phone.as_deref());
    found.extend(identity.taken(domain.db.read(), realm, None).await?);
    found.finish()?;
    let new = ActiveModel {
        realm: Set(realm),
        role: Set(role),
        name: Set(name),
        email: Set(email),
        username: Set(username),
        phone: Set(phone),
        password_hash: Set(domain.passwords.hash(&password).await?),
        email_verified_at: Set(Some(domain.clock.now().into())),
        partner_id: Set(partner_id),
        address: Set(address),
        position_code: Set(position_code),
        ..Default::default()
    };
    let transaction = domain.db.begin().await?;
    let row = insert(&transaction, new).await?;
    transaction.commit().await?;
    Ok(row)
}

/// The key of the partner that a PARTNER is bound to.
///
/// # Errors
/// `VALIDATION_FAILED` (`EXISTS`) for what can't be one's id.
pub(crate) fn partner_key(id: Option<IdOf<partner::row::Entity>>) -> Result<Option<i64>> {
    id.map(|id| id.known().copied().ok_or_else(|| Error::violation("input.partnerId", Rule::Exists))).transpose()
}

/// Writes a user, of whom the realm, role, name, e-mail address and hash of the password are set at least, and numbers
/// them; a transaction that is rolled back gives its numbers back.
///
/// # Errors
/// `VALIDATION_FAILED` (`TAKEN`) if somebody of the realm has the address, user name or number meanwhile,
/// (`EXISTS`) for an unknown partner.
pub async fn insert(transaction: &DatabaseTransaction, new: ActiveModel) -> Result<Model> {
    let realm = *new.realm.as_ref();
    let Identity { email_key, username_key, phone_key } =
        Identity::new(realm, Some(new.email.as_ref()), given(&new.username), given(&new.phone));
    let code = match realm {
        Realm::Staff => Some(format!("USR{:05}", next_number(transaction, realm, CODE).await?)),
        Realm::TalentsMapping | Realm::Apextrack | Realm::Notary | Realm::Scholarship => None,
    };
    let is_verified = matches!(&new.email_verified_at, Set(Some(_)));
    let row = ActiveModel {
        uuid: Set(Uuid::now_v7().into()),
        legacy_id: Set(next_number(transaction, realm, LEGACY_ID).await?),
        email_key: Set(email_key.unwrap_or_default()),
        username_key: Set(username_key),
        phone_key: Set(phone_key),
        status: Set(status_of(realm, is_verified)),
        code: Set(code),
        ..new
    };
    row.insert(transaction).await.map_err(taken)
}

fn given(text: &ActiveValue<Option<String>>) -> Option<&str> {
    text.try_as_ref().and_then(Option::as_deref)
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
