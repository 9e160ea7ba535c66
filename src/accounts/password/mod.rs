//! New passwords.

pub mod hashing;
pub mod rules;
pub mod schema;
