//! People who can log in.

use crate::{accounts::Role, prelude::row::*};

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "UserStatus")]
pub enum Status {
    /// Made, but its address is not verified yet.
    Pending,
    /// In use.
    Active,
    /// Locked by an admin: cannot log in, and its tokens open nothing.
    Suspended,
}

/// Somebody who can log in.
#[row(table = "users", object = "User")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The id that realms with UUIDs show.
    #[graphql(skip)]
    pub uuid: TextUuid,
    /// The user base the account belongs to.
    pub realm: Realm,
    /// What the user may do within the realm.
    pub role: Role,
    /// The number within the realm that legacy routes show; gapless.
    #[graphql(skip)]
    pub legacy_id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address, as it was given; unique within the realm.
    pub email: String,
    /// The address in lower case, which is what is unique.
    #[graphql(skip)]
    pub email_key: String,
    /// User name (STAFF); unique within the realm.
    pub username: Option<String>,
    /// The user name in lower case, which is what is unique.
    #[graphql(skip)]
    pub username_key: Option<String>,
    /// Telephone number, as it was given.
    pub phone: Option<String>,
    /// The number in its international form (`+628...`), which is what is unique.
    #[graphql(skip)]
    pub phone_key: Option<String>,
    /// argon2id in PHC form, or a legacy bcrypt hash until the next log-in.
    #[graphql(skip)]
    pub password_hash: String,
    /// Whether the account may be used; PENDING until the e-mail address is verified (APEXTRACK).
    pub status: Status,
    /// The partner whose clients a PARTNER sees.
    #[graphql(skip)]
    pub partner_id: Option<i64>,
    /// Staff code, such as `USR00001` (STAFF).
    pub code: Option<String>,
    /// Code of the job position (STAFF); it grants nothing.
    pub position_code: Option<String>,
    /// Postal address.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    /// When the e-mail address was verified, UTC; null until then.
    pub email_verified_at: Option<Timestamp>,
    /// Tokens issued before this are dead.
    #[graphql(skip)]
    pub sessions_valid_from: Option<Timestamp>,
    /// When the account was made, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// Their own account for everybody, all of the realm for its admins, all staff for employees, all for gateway
    /// admins.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        match viewer.user() {
            None => Scope::Nothing,
            Some(_) if viewer.is_gateway_admin() => Scope::All,
            Some(user) if matches!(user.role, Role::Admin | Role::Employee) => Scope::is(Column::Realm, user.realm),
            Some(user) => Scope::is(Column::Id, user.id),
        }
    }
}
