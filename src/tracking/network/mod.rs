//! Networks.

pub mod row;
pub mod rules;
pub mod schema;
