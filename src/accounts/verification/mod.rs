//! Verifying e-mail addresses.

pub mod codes;
pub mod row;
pub mod rules;
pub mod schema;
