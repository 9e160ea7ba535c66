//! How what callers send is checked.

pub mod input_rules;
pub mod validate;
