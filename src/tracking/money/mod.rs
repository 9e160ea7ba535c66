//! Amounts of money, as they come in and as they are shown.

pub mod rules;
pub mod schema;
