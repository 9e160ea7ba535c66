//! Files that applicants add.

pub mod row;
pub mod rules;
pub mod schema;
