//! Taking over what an assessment found.

pub mod rules;
pub mod schema;
