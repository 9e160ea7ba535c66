//! The schema, put together from the nouns, and what their types share: pages, reads, ids, files.

pub mod audited;
pub mod connection;
pub mod context;
pub mod file;
pub(crate) mod mutations;
pub mod node;
mod nouns;
pub mod reads;
mod replica;
pub mod schema;
mod without_session;

pub use context::ContextExt;
pub use schema::{Gateway, sdl, unserved};
pub use without_session::WITHOUT_SESSION;
