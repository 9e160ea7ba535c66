//! An engine for whatever schema there is.

use std::{
    fmt::{self, Debug, Formatter},
    marker::PhantomData,
};

use async_graphql::{
    ObjectType, Request, Response, Schema, SchemaBuilder, ServerError, SubscriptionType, ValidationMode,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use gerbang_kernel::identity::{Anonymous, Caller, Identity};

use super::interface::{Engine, InProcess};
use crate::{absent::leave_out_absent, budget::Bounded, validate_only::ValidateOnly};

/// An [`Engine`] over one schema of `async-graphql`. Resolvers find who asks, an `I`, and the
/// [`ClientInfo`](gerbang_kernel::identity::ClientInfo) in the data of their context.
///
/// Strangers' documents are validated by one handle on the schema and run by another, which keeps them within their
/// [`Budget`](crate::budget::Budget). Route files, which were checked at start, are run by a third: nothing is looked at
/// twice.
pub struct SchemaEngine<Q, M, S, I = Anonymous> {
    validator: Schema<Q, M, S>,
    bounded: Schema<Q, M, S>,
    trusted: Schema<Q, M, S>,
    identity: PhantomData<fn() -> I>,
}

impl<Q: ObjectType + 'static, M: ObjectType + 'static, S: SubscriptionType + 'static> SchemaEngine<Q, M, S> {
    /// Answers on the schema that `builder` makes, for callers who are [nobody](Anonymous).
    pub fn new(builder: impl Fn() -> SchemaBuilder<Q, M, S>) -> Self {
        let checked = || builder().validation_mode(ValidationMode::Fast);
        Self {
            validator: builder().extension(ValidateOnly).finish(),
            bounded: checked().extension(Bounded).finish(),
            trusted: checked().finish(),
            identity: PhantomData,
        }
    }

    /// The same for callers who are somebody: `I` is looked for beside each request.
    pub fn identified_by<I: Identity>(self) -> SchemaEngine<Q, M, S, I> {
        let Self { validator, bounded, trusted, identity: PhantomData } = self;
        SchemaEngine { validator, bounded, trusted, identity: PhantomData }
    }
}

impl<Q, M, S, I> SchemaEngine<Q, M, S, I> {
    /// The schema itself.
    pub const fn schema(&self) -> &Schema<Q, M, S> {
        &self.trusted
    }
}

impl<Q, M, S, I> Clone for SchemaEngine<Q, M, S, I> {
    fn clone(&self) -> Self {
        let [validator, bounded, trusted] = [&self.validator, &self.bounded, &self.trusted].map(Clone::clone);
        Self { validator, bounded, trusted, identity: PhantomData }
    }
}

impl<Q, M, S, I> Debug for SchemaEngine<Q, M, S, I> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SchemaEngine")
    }
}

impl<Q, M, S, I> Engine for SchemaEngine<Q, M, S, I>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
    I: Identity,
{
    type Identity = I;

    fn sdl(&self) -> String {
        self.trusted.sdl()
    }

    fn validate(&self, request: Request) -> BoxFuture<'_, Vec<ServerError>> {
        async { self.validator.execute(request).await.errors }.boxed()
    }

    fn execute(&self, request: Request, caller: Caller<I>) -> BoxFuture<'_, Response> {
        self.bounded.execute(prepare(request, caller)).boxed()
    }

    fn execute_small(&self, request: Request, caller: Caller<I>) -> BoxFuture<'_, Response> {
        self.trusted.execute(prepare(request, caller)).boxed()
    }

    fn execute_trusted(&self, request: Request, caller: Caller<I>) -> BoxFuture<'_, Response> {
        self.trusted.execute(prepare(request.data(InProcess), caller)).boxed()
    }

    fn subscribe(&self, request: Request, caller: Caller<I>) -> BoxStream<'static, Response> {
        self.bounded.execute_stream(prepare(request, caller)).boxed()
    }
}

/// Puts the caller beside the request, and gives arguments their defaults where a variable has no value.
fn prepare<I: Identity>(mut request: Request, Caller { viewer, client }: Caller<I>) -> Request {
    leave_out_absent(&mut request);
    request.data(viewer).data(client)
}
