//! The schema, put together from the nouns.

use std::sync::{Arc, LazyLock};

use async_graphql::{
    MergedObject, MergedSubscription, Request, Response, SDLExportOptions, Schema, SchemaBuilder, ServerError, Upload,
    parser,
};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, future::BoxFuture, stream::BoxStream};
use gerbang_graphql::{
    deadline::WithDeadline,
    engine::{Engine, SchemaEngine},
    error_types::ErrorQuery,
    levels::Levels,
    type_index::SchemaIndex,
};
use gerbang_kernel::identity::Caller;

use super::{audited::Audited, file::FileCount, node::NodeQuery, nouns::nouns, replica};
use crate::{accounts, content, domain::Domain, notary, payments, scholarship, talents, tracking, viewer::Viewer};

/// Puts what can be asked, changed and watched of each noun together.
macro_rules! merge {
    ($($area:ident::$noun:ident {
        $(node: $node:ident $(,)?)? $(query: $query:ident $(,)?)? $(mutation: $mutation:ident $(,)?)?
        $(subscription: $subscription:ident)?
    })*) => {
        /// What can be asked.
        #[derive(MergedObject, Default)]
        pub struct Query(NodeQuery, ErrorQuery, $($($area::$noun::schema::$query,)?)*);

        /// What can be changed.
        #[derive(MergedObject, Default)]
        pub struct Mutation($($($area::$noun::schema::$mutation,)?)*);

        /// What can be watched.
        #[derive(MergedSubscription, Default)]
        pub struct Subscription($($($area::$noun::schema::$subscription,)?)*);
    };
}

nouns!(merge);

/// The schema over the rules.
#[derive(Clone)]
pub struct Gateway {
    engine: SchemaEngine<Query, WithDeadline<Audited<Mutation>>, Subscription, Viewer>,
    domain: Domain,
}

impl Gateway {
    /// Builds the schema over the rules.
    pub fn new(domain: Domain) -> Self {
        let engine = SchemaEngine::new(|| builder().data(domain.clone())).identified_by();
        Self { engine, domain }
    }

    /// Runs a query or mutation.
    fn run<'a>(
        &'a self,
        request: Request,
        caller: Caller<Viewer>,
        execute: impl FnOnce(Request, Caller<Viewer>) -> BoxFuture<'a, Response> + Send + 'a,
    ) -> BoxFuture<'a, Response> {
        let request = Self::prepare(request, Arc::default());
        Box::pin(self.domain.clock.scope(replica::run(&self.domain, request, caller, execute)))
    }

    /// Puts what one request shares beside it.
    fn prepare(request: Request, levels: Arc<Levels>) -> Request {
        request.data(levels).data(FileCount::default())
    }
}

impl Engine for Gateway {
    type Identity = Viewer;

    fn sdl(&self) -> String {
        sdl().to_owned()
    }

    fn types(&self) -> Result<Arc<SchemaIndex>, parser::Error> {
        static TYPES: LazyLock<Result<Arc<SchemaIndex>, parser::Error>> =
            LazyLock::new(|| SchemaIndex::new(sdl()).map(Arc::new));
        TYPES.clone()
    }

    /// Leaves out what [`variable_usage`](gerbang_graphql::variable_usage) and [`limits`](gerbang_graphql::limits) look at.
    fn validate(&self, request: Request) -> BoxFuture<'_, Vec<ServerError>> {
        self.engine.validate(request)
    }

    fn execute(&self, request: Request, caller: Caller<Viewer>) -> BoxFuture<'_, Response> {
        self.run(request, caller, |request, caller| self.engine.execute(request, caller))
    }

    fn execute_small(&self, request: Request, caller: Caller<Viewer>) -> BoxFuture<'_, Response> {
        self.run(request, caller, |request, caller| self.engine.execute_small(request, caller))
    }

    fn execute_trusted(&self, request: Request, caller: Caller<Viewer>) -> BoxFuture<'_, Response> {
        self.run(request, caller, |request, caller| self.engine.execute_trusted(request, caller))
    }

    fn subscribe(&self, request: Request, caller: Caller<Viewer>) -> BoxStream<'static, Response> {
        let levels = Arc::<Levels>::default();
        let answers = self.engine.subscribe(Self::prepare(request, Arc::clone(&levels)), caller);
        // Each event is an answer of its own.
        answers.inspect(move |_| levels.clear()).boxed()
    }
}

/// The schema with nothing behind it, to check documents against.
pub fn unserved() -> impl Engine {
    SchemaEngine::new(builder)
}

fn builder() -> SchemaBuilder<Query, WithDeadline<Audited<Mutation>>, Subscription> {
    Schema::build(Query::default(), WithDeadline::default(), Subscription::default())
        .override_output_type_description::<DateTime<Utc>>(
            "A moment of the years 1 to 9999: a text of RFC 3339 such as `2026-02-03T04:05:06Z`. Coming in with any offset, going\n\
             out in UTC and to the microsecond.",
        )
        .override_input_type_description::<Upload>(
            "A file: null in the variables, and the part of a multipart request that its `map` names for the variable.",
        )
}

/// The schema definition language of the whole schema, as committed in `schema.graphql`.
pub fn sdl() -> &'static str {
    static SDL: LazyLock<String> = LazyLock::new(|| {
        let options = SDLExportOptions::new().sorted_enum_items();
        builder().finish().sdl_with_options(options.prefer_single_line_descriptions().include_specified_by())
    });
    &SDL
}
