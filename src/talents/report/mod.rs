//! The summary that anybody may see.

pub mod rules;
pub mod schema;
