//! Periods of the scholarship.

pub mod row;
pub mod rules;
pub mod schema;
