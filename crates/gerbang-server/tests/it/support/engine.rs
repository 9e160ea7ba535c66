//! What runs the small schema.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, Schema, ServerError, ValidationMode};
use futures_util::{FutureExt, future::BoxFuture, stream::BoxStream};
use gerbang_graphql::{budget::Bounded, deadline::WithDeadline, engine::Engine, validate_only::ValidateOnly};
use gerbang_kernel::identity::Caller;

use super::{
    identity::Person,
    schema::{Mutation, Query, Resolved, Ticks},
};

type TestSchema = Schema<Query, WithDeadline<Mutation>, Ticks>;

#[derive(Clone)]
pub(super) struct TestEngine {
    validator: TestSchema,
    schema: TestSchema,
    /// How many documents were validated so far.
    pub(super) validated: Arc<AtomicI64>,
    pub(super) resolved: Resolved,
}

impl TestEngine {
    pub(super) fn new(ticks: Ticks) -> Self {
        let mutation = WithDeadline(Mutation::default());
        Self {
            validator: Schema::build(Query, mutation.clone(), ticks.clone()).extension(ValidateOnly).finish(),
            schema: Schema::build(Query, mutation, ticks)
                .extension(Bounded)
                .validation_mode(ValidationMode::Fast)
                .finish(),
            validated: Arc::default(),
            resolved: Resolved::default(),
        }
    }
}

impl Engine for TestEngine {
    type Identity = Person;

    fn sdl(&self) -> String {
        self.schema.sdl()
    }

    fn validate(&self, request: Request) -> BoxFuture<'_, Vec<ServerError>> {
        self.validated.fetch_add(1, Ordering::SeqCst);
        async { self.validator.execute(request).await.errors }.boxed()
    }

    fn execute(&self, request: Request, caller: Caller<Person>) -> BoxFuture<'_, Response> {
        self.schema.execute(request.data(caller.viewer).data(caller.client).data(self.resolved.clone())).boxed()
    }

    fn execute_trusted(&self, request: Request, caller: Caller<Person>) -> BoxFuture<'_, Response> {
        self.execute(request, caller)
    }

    fn subscribe(&self, request: Request, caller: Caller<Person>) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request.data(caller.viewer).data(caller.client))
    }
}

/// A schema like the endpoint's, for tests of the engine itself.
pub(crate) fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::new(Query, EmptyMutation, EmptySubscription)
}
