//! The dashboard of affiliate tracking.

pub mod rules;
pub mod schema;
