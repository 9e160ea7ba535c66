//! How what callers send is checked.

pub(crate) mod change;
pub mod custom_rules;
pub mod id;
