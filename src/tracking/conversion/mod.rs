//! Conversions: how networks report leads.

pub mod rules;
pub mod schema;
