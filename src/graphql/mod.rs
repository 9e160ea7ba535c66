//! The schema: types over rows, one file per entity.
//!
//! To add an entity: its table (`migration/`), its row (`entity/<area>/`), its rules (`domain/<area>/`)
//! and one file here with the object, its inputs, queries and mutations, named in [`schema`].

pub mod accounts;
pub mod connection;
pub mod content;
pub mod context;
pub mod file;
pub mod id;
pub mod loaders;
pub mod node;
pub mod notary;
pub mod notifications;
pub mod operations;
pub mod payments;
pub mod schema;
pub mod scholarship;
pub mod talents;
pub mod tracking;

pub use crate::domain::{Realm, Role, TokenKind, Viewer};
pub use context::ContextExt;
pub use file::InProcess;
pub use gerbang_kernel::identity::ClientInfo;
pub use schema::{Gateway, GatewaySchema, sdl};
