//! Who did what, when and from where.

use crate::prelude::row::*;

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum AuditKind {
    /// A mutation by an admin, done or refused.
    Admin,
    /// A session was opened: with a password, an invitation or a code; or it was refused to somebody with a wrong password.
    Login,
    /// A session was ended, or all of a user.
    Logout,
    /// A password was replaced, or it was refused to.
    Password,
    /// A token that had been exchanged before was shown again: somebody else may have it.
    TokenReuse,
    /// A notification of a payment provider or a postback of a network was refused.
    Webhook,
}

/// What somebody did, when and from where; nothing of what was sent. Never changed, and forgotten after the days of the setting
/// `[audit] days`.
#[row(table = "audit_entries", object = "AuditEntry")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// What it is about.
    pub kind: AuditKind,
    /// The mutation, such as `updatePartner`.
    pub action: String,
    /// `OK`, or the code of the error; `UNKNOWN` where the caller went away before it was done.
    pub outcome: String,
    /// The realm whose admins see it: that of who did it, or of the account.
    pub realm: Realm,
    /// Who did it.
    #[graphql(skip)]
    pub actor_id: Option<i64>,
    /// The global id of what it was done to.
    #[graphql(skip)]
    pub subject: Option<String>,
    /// The address it came from.
    pub ip: Option<String>,
    /// What the client calls itself: the name of its token, else the `User-Agent`.
    pub client: Option<String>,
    /// The id of the request, as in `X-Request-Id` and the log.
    pub request_id: Option<String>,
    /// When it was done, UTC.
    pub created_at: Timestamp,
}

impl Scoped for Entity {
    /// Those of the realm for its admins, all for gateway admins.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins(viewer, Column::Realm)
    }
}
