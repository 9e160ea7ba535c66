//! Logging in and out.

pub mod row;
pub mod rules;
pub mod schema;
