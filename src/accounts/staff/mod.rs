//! Staff.

pub mod rules;
pub mod schema;
