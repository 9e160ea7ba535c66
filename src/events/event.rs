//! What happened, and who watches for it.

use sea_orm::prelude::TextUuid;
use serde::{Deserialize, Serialize};

use crate::constants::table::Table;

/// A committed change; it names rows, so that each watcher reads what it may see.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A user, one of their log-ins or one of their tokens was changed or removed
    /// ([`AccessChanges`](crate::accounts::access::AccessChanges)).
    AccessChanged {
        /// Whose access it is.
        user_id: i64,
    },
    /// A click was recorded.
    ClickRecorded {
        /// The row of `clicks`.
        id: i64,
        /// Whose click it is.
        affiliate_id: i64,
    },
    /// A lead was created or changed its status.
    LeadUpdated {
        /// The row of `leads`.
        id: i64,
        /// Whose lead it is.
        affiliate_id: i64,
    },
    /// A notification was written.
    NotificationReceived {
        /// The row of `notifications`.
        id: TextUuid,
        /// Its recipient.
        user_id: i64,
    },
    /// A payment was created or changed.
    PaymentUpdated {
        /// The row of `payment_orders`.
        id: i64,
        /// Who pays, if they have an account.
        #[serde(default)]
        user_id: Option<i64>,
    },
    /// Somebody wrote something; nobody watches it ([`RecentWrites`](crate::recent_writes::RecentWrites)).
    Written {
        /// Where the writer's writes are noted.
        places: [u16; 2],
    },
    /// A constant table was changed; nobody watches it, but what was kept of it ends.
    TableChanged {
        /// Which one.
        table: Table,
    },
}

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What users may do, and what opens their accounts.
    Access(Scope),
    /// Clicks.
    Clicks(Scope),
    /// Leads.
    Leads(Scope),
    /// The notifications of this user.
    Notifications(i64),
    /// Payments.
    Payments(Scope),
}

/// Which rows, by their owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All.
    All,
    /// Those of this user.
    User(i64),
}

impl Event {
    /// Who is told.
    pub(super) fn topics(self) -> impl Iterator<Item = Topic> {
        let (first, second) = match self {
            Self::AccessChanged { user_id } => (Topic::Access(Scope::User(user_id)), Some(Topic::Access(Scope::All))),
            Self::ClickRecorded { affiliate_id, id: _ } => {
                (Topic::Clicks(Scope::User(affiliate_id)), Some(Topic::Clicks(Scope::All)))
            }
            Self::LeadUpdated { affiliate_id, id: _ } => {
                (Topic::Leads(Scope::User(affiliate_id)), Some(Topic::Leads(Scope::All)))
            }
            Self::NotificationReceived { user_id, id: _ } => (Topic::Notifications(user_id), None),
            Self::PaymentUpdated { id: _, user_id } => {
                (Topic::Payments(Scope::All), user_id.map(|payer| Topic::Payments(Scope::User(payer))))
            }
            Self::TableChanged { table: _ } | Self::Written { places: _ } => return [None, None].into_iter().flatten(),
        };
        [Some(first), second].into_iter().flatten()
    }
}
