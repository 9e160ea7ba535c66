//! An engine for whatever schema there is.

use std::{
    fmt::{self, Debug, Formatter},
    marker::PhantomData,
    sync::Arc,
};

use async_graphql::{
    ObjectType, Request, Response, Schema, SchemaBuilder, ServerError, SubscriptionType, Value,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use gerbang_kernel::identity::{Anonymous, Caller, Identity};

use super::interface::Engine;
use crate::{absent::leave_out_absent, budget::Bounded};

/// An [`Engine`] over one schema of `async-graphql`. Resolvers find who asks, an `I`, and the
/// [`ClientInfo`](gerbang_kernel::identity::ClientInfo) in the data of their context.
pub struct SchemaEngine<Q, M, S, I = Anonymous> {
    schema: Schema<Q, M, S>,
    identity: PhantomData<fn() -> I>,
}

impl<Q: ObjectType + 'static, M: ObjectType + 'static, S: SubscriptionType + 'static> SchemaEngine<Q, M, S> {
    /// Answers on the schema that `builder` makes, for callers who are [nobody](Anonymous). It takes a builder, not a
    /// schema, since keeping strangers within their [`Budget`](crate::budget::Budget) and only validating are extensions.
    pub fn new(builder: SchemaBuilder<Q, M, S>) -> Self {
        // The last extension is the outermost one: what is only validated spends nothing.
        let schema = builder.extension(Bounded).extension(StopIfAsked).finish();
        Self { schema, identity: PhantomData }
    }

    /// The same for callers who are somebody: `I` is looked for beside each request.
    pub fn identified_by<I: Identity>(self) -> SchemaEngine<Q, M, S, I> {
        SchemaEngine { schema: self.schema, identity: PhantomData }
    }
}

impl<Q, M, S, I> SchemaEngine<Q, M, S, I> {
    /// The schema itself.
    pub const fn schema(&self) -> &Schema<Q, M, S> {
        &self.schema
    }
}

impl<Q, M, S, I> Clone for SchemaEngine<Q, M, S, I> {
    fn clone(&self) -> Self {
        Self { schema: self.schema.clone(), identity: PhantomData }
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
        self.schema.sdl()
    }

    fn validate(&self, request: Request) -> BoxFuture<'_, Vec<ServerError>> {
        async { self.schema.execute(request.data(OnlyValidate)).await.errors }.boxed()
    }

    fn execute(&self, request: Request, caller: Caller<I>) -> BoxFuture<'_, Response> {
        self.schema.execute(prepare(request, caller)).boxed()
    }

    fn execute_trusted(&self, request: Request, caller: Caller<I>) -> BoxFuture<'_, Response> {
        self.schema.execute(prepare(request, caller)).boxed()
    }

    fn subscribe(&self, request: Request, caller: Caller<I>) -> BoxStream<'static, Response> {
        self.schema.execute_stream(prepare(request, caller)).boxed()
    }
}

/// Puts the caller beside the request, and gives arguments their defaults where a variable has no value.
fn prepare<I: Identity>(mut request: Request, Caller { viewer, client }: Caller<I>) -> Request {
    leave_out_absent(&mut request);
    request.data(viewer).data(client)
}

/// Beside a request that is not to be run.
struct OnlyValidate;

/// Stops an operation once it is validated, if that is all that was asked for.
struct StopIfAsked;

impl ExtensionFactory for StopIfAsked {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for StopIfAsked {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match ctx.data_opt::<OnlyValidate>() {
            Some(OnlyValidate) => Response::new(Value::Null),
            None => next.run(ctx, operation_name).await,
        }
    }
}
