//! The schema: types over rows, one file per entity.
//!
//! To add an entity: its table (`migration/`), its row (`entity/<area>/`), its rules (`domain/<area>/`)
//! and one file here with the object, its inputs, queries and mutations, named in [`schema`].

pub mod absent;
pub mod accounts;
pub mod budget;
pub mod connection;
pub mod content;
pub mod context;
pub mod date;
pub mod deadline;
pub mod errors;
pub mod file;
pub mod id;
pub mod index;
pub mod inputs;
pub mod integer;
pub mod introspection;
pub mod limits;
pub mod loaders;
pub mod node;
pub mod notary;
pub mod notifications;
pub mod once;
pub mod operations;
pub mod paging;
pub mod payments;
pub mod positions;
pub mod print;
pub mod schema;
pub mod scholarship;
pub mod source;
pub mod talents;
pub mod tracking;
pub mod validate_only;

pub use crate::domain::{ClientInfo, Realm, Role, TokenKind, Viewer, shape::check as check_shape};
pub use context::ContextExt;
pub use file::InProcess;
pub use schema::{Caller, Gateway, GatewaySchema, sdl};
