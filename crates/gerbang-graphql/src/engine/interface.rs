//! What is asked of a schema.

use std::sync::Arc;

use async_graphql::{Request, Response, ServerError, parser};
use futures_util::{future::BoxFuture, stream::BoxStream};
use gerbang_kernel::identity::{Caller, Identity};

use crate::type_index::SchemaIndex;

/// A schema that answers callers. [`SchemaEngine`](super::SchemaEngine) is one for whatever schema there is; who needs more (something beside each
/// request, another schema for documents of one's own) implements it.
pub trait Engine: Clone + Send + Sync + 'static {
    /// Who may call.
    type Identity: Identity;

    /// The schema's definition.
    fn sdl(&self) -> String;

    /// Its types, to look documents up in.
    ///
    /// # Errors
    /// When the definition can't be read.
    fn types(&self) -> Result<Arc<SchemaIndex>, parser::Error> {
        SchemaIndex::new(&self.sdl()).map(Arc::new)
    }

    /// What is wrong with a document, without running it.
    fn validate(&self, request: Request) -> BoxFuture<'_, Vec<ServerError>>;

    /// Runs a stranger's validated query or mutation within the [`Budget`](crate::budget::Budget) beside the request.
    fn execute(&self, request: Request, caller: Caller<Self::Identity>) -> BoxFuture<'_, Response>;

    /// Runs a stranger's validated query that is too small to use its [`Budget`](crate::budget::Budget) up, so that nobody
    /// has to watch it field by field.
    fn execute_small(&self, request: Request, caller: Caller<Self::Identity>) -> BoxFuture<'_, Response> {
        self.execute(request, caller)
    }

    /// Runs a document of ours, which was checked when the server started.
    fn execute_trusted(&self, request: Request, caller: Caller<Self::Identity>) -> BoxFuture<'_, Response>;

    /// Runs a validated subscription, each answer within the [`Budget`](crate::budget::Budget) beside the request.
    fn subscribe(&self, request: Request, caller: Caller<Self::Identity>) -> BoxStream<'static, Response>;
}

/// Beside a request of this process: values may stand in the answer as they are, where JSON would need a text. Ids are
/// bare keys (`17`, not `client_17`), times are microseconds since 1970, files are bytes.
#[derive(Clone, Copy, Debug)]
pub struct InProcess;
