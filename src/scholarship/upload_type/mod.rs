//! What additional uploads can be.

pub mod row;
pub mod rules;
pub mod schema;
