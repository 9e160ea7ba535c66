//! A sign-up that waits to be confirmed. It holds no e-mail address: a newer one replaces it.

use crate::prelude::row::*;

/// Where a sign-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum Status {
    /// Waits for its confirmation.
    Pending,
    /// Became an account.
    Confirmed,
    /// Called off by the user.
    Cancelled,
    /// A newer sign-up with the same address took its place.
    Replaced,
}

/// One row of `sign_up_attempts`.
#[row(table = "sign_up_attempts")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Where the user signs up.
    pub realm: Realm,
    /// E-mail address as it was sent.
    pub email: String,
    /// The address in lower case.
    pub email_key: String,
    /// Full name.
    pub name: String,
    /// Telephone number as it was sent.
    pub phone: Option<String>,
    /// The number in its international form.
    pub phone_key: Option<String>,
    /// Hash of the password that the account will have.
    pub password_hash: String,
    /// Hash of the code in the mailed link.
    pub code_hash: String,
    /// The `jti` of the sign-up token.
    pub token_id: String,
    /// Mails sent so far; the first is 1.
    pub attempts: i32,
    /// When the last mail was sent.
    pub sent_at: DateTimeUtc,
    /// When it can no longer be confirmed.
    pub expires_at: DateTimeUtc,
    /// Where it stands.
    pub status: Status,
    /// The user it became.
    pub user_id: Option<i64>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}
