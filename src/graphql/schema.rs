//! The schema, put together from the areas.

use async_graphql::{Data, MergedObject, Request, Response, SDLExportOptions, Schema, SchemaBuilder, ValidationMode};
use futures_util::stream::BoxStream;

use super::{loaders::Batches, node::NodeQuery, operations, talents};
use crate::{
    config::Graphql as Limits,
    domain::{ClientInfo, Domain, Viewer},
};

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    talents::partner::PartnerQuery,
    talents::client::ClientQuery,
    talents::dictionary::DictionaryQuery,
    talents::report::ReportQuery,
    operations::client_error::ClientErrorQuery,
);

/// What can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(talents::partner::PartnerMutation, operations::client_error::ClientErrorMutation);

/// What can be watched.
pub type Subscription = async_graphql::EmptySubscription;

/// The schema's type.
pub type GatewaySchema = Schema<Query, Mutation, Subscription>;

/// One schema, two doors: documents of strangers are validated and limited, our own route files were
/// checked at start and run as they are.
#[derive(Clone)]
pub struct Gateway {
    public: GatewaySchema,
    trusted: GatewaySchema,
    domain: Domain,
}

/// Who asks and from where.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who is asking.
    pub viewer: Viewer,
    /// Where the request came from.
    pub client: ClientInfo,
}

impl Gateway {
    /// Builds the schema over the rules.
    pub fn new(domain: Domain) -> Self {
        let limits = domain.config.graphql.clone();
        let trusted = builder().data(domain.clone()).validation_mode(ValidationMode::Fast).finish();
        Self { public: public_schema(&limits, domain.clone()), trusted, domain }
    }

    /// The schema for documents of strangers.
    pub const fn public(&self) -> &GatewaySchema {
        &self.public
    }

    /// The schema for documents that were checked before.
    pub const fn trusted(&self) -> &GatewaySchema {
        &self.trusted
    }

    /// Puts the caller beside the request.
    pub fn prepare(&self, request: Request, caller: Caller) -> Request {
        let Caller { viewer, client } = caller;
        request.data(Batches::loader(self.domain.clone(), viewer.clone())).data(viewer).data(client)
    }

    /// Runs a stranger's query or mutation.
    pub async fn execute(&self, request: Request, caller: Caller) -> Response {
        self.public.execute(self.prepare(request, caller)).await
    }

    /// Runs a checked document (see [`Request::set_parsed_query`]).
    pub async fn execute_trusted(&self, request: Request, caller: Caller) -> Response {
        self.trusted.execute(self.prepare(request, caller)).await
    }

    /// Runs a stranger's operation of any kind as a stream of answers.
    pub fn stream(&self, request: Request, caller: Caller) -> BoxStream<'static, Response> {
        Box::pin(self.public.execute_stream(self.prepare(request, caller)))
    }

    /// The caller as data of a whole connection (WebSocket).
    pub fn session(&self, caller: Caller) -> Data {
        let mut data = Data::default();
        data.insert(Batches::loader(self.domain.clone(), caller.viewer.clone()));
        data.insert(caller.viewer);
        data.insert(caller.client);
        data
    }
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

fn public_schema(limits: &Limits, domain: Domain) -> GatewaySchema {
    let mut schema = builder().data(domain).limit_complexity(limits.complexity).limit_aliases(limits.aliases);
    if !limits.introspection {
        schema = schema.disable_introspection();
    }
    schema.finish()
}

/// The schema definition language of the whole schema, as committed in `schema.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl_with_options(SDLExportOptions::new().sorted_enum_items().prefer_single_line_descriptions())
}
