//! How what callers send is checked.

pub mod custom_rules;
pub mod validate;
pub mod validator;
