//! Payments: what is to be paid through a provider, and what the providers said about it. For admins: a realm's see
//! their realm's, those of the gateway all.
//!
//! A notification passes through [`event::receive`]. Its [`provider`] checks its signature on the bytes as they came,
//! reads it, and confirms it where the signature does not cover the status. It is stored
//! once ([`event::store`]) and, in the same transaction, applied to the payment it is about ([`order::settle`])
//! as the table in [`order::transition`] says.
//!
//! The hooks belong to the API of Talents Mapping, and a notification names an order but no realm. So an order of that
//! realm or of the gateway's always goes before other realms' orders with the same id, and a notification that waits
//! without an order is given to one of those two realms only: nobody else can block or take it. Another realm's order is
//! paid if it was there when the notification came in, and neither of the two has one with its id.

/// What payment providers call.
pub mod hook {
    pub mod schema;
}

/// What the providers said, as it was stored.
pub mod event {
    pub mod receive;
    pub mod replay;
    pub mod retention;
    pub mod row;
    pub mod rules;
    pub mod schema;
    pub mod store;
}

/// Payments.
pub mod order {
    pub mod matching;
    pub mod row;
    pub mod rules;
    pub mod schema;
    pub mod settle;
    pub mod transition;
}

pub mod provider;
