//! Errors that front ends report.

pub mod row;
pub mod rules;
pub mod schema;
