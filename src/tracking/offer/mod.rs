//! Offers.

pub mod row;
pub mod rules;
pub mod schema;
pub mod target;
