//! The schema, put together from the nouns, and what their types share: pages, reads, ids, files.

pub mod connection;
pub mod context;
pub mod file;
pub(crate) mod mutations;
pub mod node;
pub mod reads;
pub mod schema;

pub use context::ContextExt;
pub use schema::{Gateway, sdl, unserved};
