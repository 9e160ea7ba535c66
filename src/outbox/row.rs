//! Mails and SMS, written in the transaction that caused them and delivered by a worker.

use crate::prelude::row::*;

/// How a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "MessageChannel")]
pub enum Channel {
    /// By mail.
    Email,
    /// By SMS.
    Sms,
}

impl Channel {
    /// Its name in the metrics.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

/// Whether a message is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "MessageStatus")]
pub enum Status {
    /// Waits for a worker.
    Pending,
    /// Handed over to the transport.
    Sent,
    /// Given up after too many tries.
    Failed,
}

/// One row of `outbox_messages`.
#[row(table = "outbox_messages")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// How it is sent.
    pub channel: Channel,
    /// Bare address or number.
    pub recipient: String,
    /// What the sender of a mail is called.
    pub sender: Option<String>,
    /// Subject of a mail.
    pub subject: Option<String>,
    /// The text; erased once delivered.
    #[sea_orm(column_type = "Text", nullable)]
    pub body: Option<String>,
    /// The same as HTML, of a mail; erased once delivered.
    #[sea_orm(column_type = "Text", nullable)]
    pub html: Option<String>,
    /// The code in it, for local delivery; erased once delivered.
    pub code: Option<String>,
    /// The link in it, for local delivery; erased once delivered.
    #[sea_orm(column_type = "Text", nullable)]
    pub link: Option<String>,
    /// Whether it is delivered.
    pub status: Status,
    /// Tries so far.
    pub attempts: i32,
    /// When to try (again).
    pub next_attempt_at: DateTimeUtc,
    /// Why the last try failed.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// When it was delivered.
    pub sent_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}
