//! Queries whose text is fixed: pages, batches of children, searches, removals, and what a violated constraint means.

pub mod batch;
pub mod beside;
pub mod by_position;
pub mod constraint;
pub mod keys;
pub mod limit;
pub mod page;
pub mod prune;
pub(crate) mod search;
pub(crate) mod shared;
pub mod total;
