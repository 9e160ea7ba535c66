//! The dictionary that explains assessment results.

pub mod cluster_row;
pub mod rules;
pub mod schema;
pub mod typology_row;
