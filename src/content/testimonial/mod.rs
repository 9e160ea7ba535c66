//! What people say about the scholarship.

pub mod row;
pub mod rules;
pub mod schema;
