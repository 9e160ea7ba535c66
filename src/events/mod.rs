//! Events of committed changes, for subscriptions.
//!
//! An event names a row; each watcher reads what it may see ([`watch`]), several rows by one statement when they come
//! fast. Watchers stand in an index by what they watch ([`Topic`]), so that an event costs nothing for those whom it does
//! not concern. On PostgreSQL events reach the watchers of all replicas ([`Events::share`]).

mod event;
mod hub;
mod outgoing;
mod relay;
pub mod watch;

pub(crate) use self::hub::Keeper;
pub use self::{
    event::{Event, Scope, Topic},
    hub::{Events, Subscription},
};
