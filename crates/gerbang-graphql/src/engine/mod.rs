//! What operations run on.

mod interface;
mod schema_engine;

pub use self::{interface::Engine, schema_engine::SchemaEngine};

/// Beside a request of this process: values may stand in the answer as they are, where JSON would need a text. Ids are
/// bare keys (`17`, not `client_17`), times are microseconds since 1970, files are bytes.
#[derive(Clone, Copy, Debug)]
pub struct InProcess;
