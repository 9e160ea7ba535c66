//! What rows have in common: a key, and when they were made and changed.

use std::hash::Hash;

use sea_orm::EntityTrait;

pub use gerbang_derive::row;

/// A table with one column that tells its rows apart. [`#[row]`](row) implements it.
pub trait Keyed: EntityTrait {
    /// The primary key's type.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    /// The primary key.
    const KEY: Self::Column;
}

/// The time of the current clock.
#[doc(hidden)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    gerbang_kernel::clock::Clock::current().now()
}
