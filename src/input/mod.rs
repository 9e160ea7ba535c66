//! How what callers send is checked.

pub mod custom_rules;
pub mod input_rules;
pub mod validate;
