//! The tables, one file each, and the finders that say who sees which rows.
//!
//! A query for somebody starts at `Entity::visible_to(&viewer)`; what another may not see is then simply
//! not found. Tables that are everybody's have `Entity::public()` besides. Rows that nobody is shown
//! (codes, counters, the outbox) have neither: only rules of the domain touch them.

pub mod accounts;
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

pub use self::viewer::{TokenKind, Viewer};
pub use gerbang_kernel::identity::ClientInfo;

/// A table whose rows are shown to those who may see them.
pub trait Scoped: sea_orm::EntityTrait<Model: Sync> {
    /// The primary key's type.
    type Key: Clone + Eq + std::hash::Hash + Send + Sync + 'static;
    /// The primary key.
    const KEY: Self::Column;

    /// The rows that `viewer` may see. Every query for somebody starts here.
    fn visible_to(viewer: &Viewer) -> sea_orm::Select<Self>;
}
