//! GraphQL over HTTP, Server-Sent Events and WebSocket, for any schema: documents are parsed, measured and validated before
//! anything runs, work and answers are bounded, and what the engine leaves out of the specification is checked here.
//!
//! [`Endpoint`](http::Endpoint) serves an [`Engine`](engine::Engine). It knows no entity.

// The attributes write paths from the root of this crate, also in its own tests.
extern crate self as gerbang_graphql;

pub mod absent;
pub mod any_json;
pub mod budget;
pub mod constants;
pub mod date;
pub mod deadline;
pub mod engine;
pub mod error_types;
pub mod errors;
pub mod fields;
pub mod held_body;
pub mod http;
pub mod id;
pub mod integer;
pub mod introspection;
pub mod json;
pub mod levels;
pub mod limits;
pub mod links;
pub mod list;
pub mod malformed;
pub mod merged;
pub mod metrics;
pub mod multipart;
pub mod once;
pub mod paging;
pub mod print;
pub mod rows;
pub mod rules;
pub mod settings;
pub mod source;
pub mod timestamp;
pub mod trace;
pub mod type_index;
pub mod validate_only;
pub mod value_check;
pub mod variable_usage;
