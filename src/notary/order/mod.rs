//! Orders for services of the notary office.

pub mod row;
pub mod rules;
pub mod schema;
