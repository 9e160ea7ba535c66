//! Single-use codes sent by mail or SMS; only their hash is kept.

use crate::prelude::row::*;

/// What a code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "VerificationPurpose")]
pub enum Purpose {
    /// Proves that an e-mail address is the user's.
    EmailVerification,
    /// Allows to set a new password.
    PasswordReset,
}

/// One row of `verification_codes`.
#[row(table = "verification_codes")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose account it is for.
    pub user_id: Option<i64>,
    /// What the code opens, and nothing else.
    pub purpose: Purpose,
    /// The normalised address or number it was sent to.
    pub target: String,
    /// Hash of the code.
    pub code_hash: String,
    /// Wrong tries so far.
    pub attempts: i32,
    /// Wrong tries after which the code is dead.
    pub max_attempts: i32,
    /// When it was sent.
    pub sent_at: DateTimeUtc,
    /// When it dies.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}
