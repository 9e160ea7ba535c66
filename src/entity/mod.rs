//! The tables, one file each, and the finders that say who sees which rows.
//!
//! A query for somebody starts at `Entity::visible_to(&viewer)`; what another may not see is then simply
//! not found. Tables that are everybody's have `Entity::public()` instead. Rows that nobody is shown
//! (codes, counters, the outbox) have neither: only rules of the domain touch them.

pub mod accounts;
pub mod batch;
pub mod constraint;
pub mod content;
pub mod notary;
pub mod notifications;
pub mod operations;
pub mod payments;
pub mod scholarship;
mod scope;
pub mod talents;
pub mod tracking;
mod viewer;

pub use self::viewer::{ClientInfo, TokenKind, Viewer};
