//! What operations run on.

mod interface;
mod schema_engine;

pub use self::{
    interface::{Engine, InProcess},
    schema_engine::SchemaEngine,
};
