//! How what callers send is checked.

pub mod shape;
pub mod validate;
