//! Applicants: profiles of users who apply for the scholarship.

pub mod row;
pub mod rules;
pub mod schema;
