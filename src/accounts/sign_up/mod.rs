//! Signing up.

pub mod attempts;
pub mod row;
pub mod rules;
pub mod schema;
