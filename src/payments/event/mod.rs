//! What the providers said, as it was stored.

pub mod hook_schema;
pub mod receive;
pub mod replay;
pub mod row;
pub mod rules;
pub mod schema;
pub mod store;
