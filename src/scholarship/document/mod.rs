//! Documents that applicants hand in.

pub mod row;
pub mod rules;
pub mod schema;
