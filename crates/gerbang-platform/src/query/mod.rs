//! Queries whose text is fixed: pages, batches of children, searches, and what a violated constraint means.

pub mod batch;
pub mod constraint;
pub mod keys;
pub mod page;
pub mod search;
pub(crate) mod shared;
pub mod total;
