//! Payments.

pub mod matching;
pub mod row;
pub mod rules;
pub mod schema;
pub mod settle;
pub mod transition;
