//! The schema, put together from the nouns, and what their types share: pages, loaders, ids, files.

pub mod connection;
pub mod context;
pub mod file;
pub mod loaders;
pub(crate) mod mutations;
pub mod node;
pub mod schema;

pub use context::ContextExt;
pub use schema::{Gateway, sdl, unserved};
