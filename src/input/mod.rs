//! How what callers send is checked.

pub(crate) mod change;
pub mod custom_rules;
pub(crate) mod filter;
pub mod id;
