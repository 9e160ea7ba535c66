//! Clicks.

pub mod batch;
pub mod device;
pub mod ingest;
pub mod recording;
pub mod retention;
pub mod retention_row;
pub mod row;
pub mod rules;
pub mod schema;
