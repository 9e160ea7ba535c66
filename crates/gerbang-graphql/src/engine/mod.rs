//! What operations run on.

mod interface;
mod schema_engine;

pub use self::{interface::Engine, schema_engine::SchemaEngine};
