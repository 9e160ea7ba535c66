//! What the endpoint runs operations on.

use async_graphql::{Request, Response, ServerError};
use futures_util::stream::BoxStream;

use crate::graphql::{Caller, Gateway};

/// A schema behind the endpoint. There is one in the product; tests of the protocol bring their own.
pub trait Engine: Clone + Send + Sync + 'static {
    /// The schema's definition.
    fn sdl(&self) -> String;

    /// What is wrong with a document, without running it.
    fn validate(&self, request: Request) -> impl Future<Output = Vec<ServerError>> + Send;

    /// Runs a validated query or mutation within the [`Budget`](crate::graphql::budget::Budget) beside the request.
    fn execute(&self, request: Request, caller: Caller) -> impl Future<Output = Response> + Send;

    /// Runs a validated subscription, each answer within the [`Budget`](crate::graphql::budget::Budget) beside the request.
    fn subscribe(&self, request: Request, caller: Caller) -> BoxStream<'static, Response>;
}

impl Engine for Gateway {
    fn sdl(&self) -> String {
        Self::sdl(self)
    }

    async fn validate(&self, request: Request) -> Vec<ServerError> {
        Self::validate(self, request).await
    }

    async fn execute(&self, request: Request, caller: Caller) -> Response {
        self.execute_bounded(request, caller).await
    }

    fn subscribe(&self, request: Request, caller: Caller) -> BoxStream<'static, Response> {
        Self::subscribe(self, request, caller)
    }
}
