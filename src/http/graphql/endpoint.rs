//! From an operation as it arrived to its answer, whatever it came over.
//!
//! A document is parsed, measured and validated before anything runs, and a query that passed is kept, so
//! that the next request with the same text goes straight to the engine. Variables are checked each time.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, parser::types::OperationType};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, timeout_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    answer::Answer,
    documents::{Document, Key, ParsedDocuments, PersistedDocuments},
    engine::Engine,
    refusal::{Kind, Refusal},
    request::Operation,
};
use crate::{
    config::Config,
    graphql::{
        Caller,
        deadline::Deadline,
        errors::decorate,
        index::SchemaIndex,
        inputs::check_variables,
        limits::{check_document, check_operation, check_tokens},
        once::check_once,
        paging::check_paging,
        positions::check_positions,
        source,
    },
    http::{
        auth::Authenticator,
        connections::Place,
        metrics::{OpenStream, record_operation},
    },
    platform::limits::{Capacity, Full, Share, Shares},
};

/// Errors shown for one document at most; the rest follows from the first in most cases.
const MAX_ERRORS: usize = 20;
/// Sockets and event streams open at once.
const MAX_STREAMS: usize = 10_000;
/// Of these, what is kept for admins.
const KEPT_STREAMS: usize = 500;

/// The GraphQL endpoint. Cheap to clone.
#[derive(Clone)]
pub struct Endpoint<E>(Arc<Parts<E>>);

struct Parts<E> {
    engine: E,
    index: SchemaIndex,
    config: Config,
    parsed: ParsedDocuments,
    persisted: PersistedDocuments,
    authenticator: Authenticator,
    streams: Shares,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

/// Who sent a request, and which one it is.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    pub(super) caller: Caller,
    pub(super) request_id: Arc<str>,
    /// The bearer token, to look at it again while a stream is open.
    pub(super) token: Option<Arc<str>>,
    /// Held as long as somebody is answered on it.
    pub(super) _place: Option<Place>,
}

/// Held as long as a stream is open.
pub(super) struct Room {
    _share: Share,
    _counted: OpenStream,
}

/// An operation that may run.
pub(super) struct Ready {
    request: Request,
    kind: OperationType,
}

impl Ready {
    pub(super) const fn is_subscription(&self) -> bool {
        matches!(self.kind, OperationType::Subscription)
    }
}

/// What an operation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    Everything,
    /// All but mutations, since the request may come from a link.
    WithoutEffect,
}

impl<E: Engine> Endpoint<E> {
    /// An endpoint over `engine`, which knows the `trusted` documents by their hashes.
    ///
    /// # Errors
    /// When the engine's SDL is not one.
    pub fn new(
        engine: E,
        config: Config,
        authenticator: Authenticator,
        trusted: Vec<String>,
        shutdown: CancellationToken,
    ) -> Result<Self, async_graphql::parser::Error> {
        let index = SchemaIndex::new(&engine.sdl())?;
        let scale = usize::try_from(config.limits.scale).unwrap_or(usize::MAX);
        let per_address = config.limits.streams_per_address.saturating_mul(scale);
        let streams = Shares::new(Capacity { total: MAX_STREAMS, kept: KEPT_STREAMS, per_address });
        Ok(Self(Arc::new(Parts {
            engine,
            index,
            config,
            parsed: ParsedDocuments::new(),
            persisted: PersistedDocuments::new(trusted),
            authenticator,
            streams,
            shutdown,
            tasks: TaskTracker::new(),
        })))
    }

    pub(in crate::http) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(super) fn authenticator(&self) -> &Authenticator {
        &self.0.authenticator
    }

    /// Ends when the server does.
    pub(super) fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    /// The open sockets, which the server does not know of.
    pub fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    /// Room for one more socket or event stream of this client.
    pub(super) fn open_stream(&self, asker: &Asker) -> Result<Room, Refusal> {
        let Caller { viewer, client } = &asker.caller;
        let share = self.0.streams.take(client.ip, viewer.require_any_admin().is_ok()).map_err(|full| match full {
            Full::Address => Refusal::new(
                Kind::Share,
                "Too many streams are open from your address. Close one, or try again in a moment.",
            ),
            Full::Everything => Refusal::new(Kind::Busy, "Too many streams are open. Try again in a moment."),
        })?;
        Ok(Room { _share: share, _counted: OpenStream::new() })
    }

    /// Looks at everything that can be wrong before it runs.
    ///
    /// # Errors
    /// What is wrong; then nothing was run.
    pub(super) async fn prepare(&self, operation: Operation, allowed: Allowed) -> Result<Ready, Refusal> {
        let ready = self.check(operation, allowed).await;
        if let Err(refusal) = &ready {
            record_operation("unknown", refusal.kind.code());
        }
        ready
    }

    async fn check(&self, mut operation: Operation, allowed: Allowed) -> Result<Ready, Refusal> {
        let persisted = operation.persisted_query()?;
        let text: Arc<str> = match (&persisted, operation.query.take()) {
            (Some(persisted), text) => self.0.persisted.resolve(persisted, text)?,
            (None, Some(text)) => Arc::from(text),
            (None, None) => return Err(Refusal::malformed("The request has no `query`.")),
        };
        let key = Key { text: Arc::clone(&text), operation_name: operation.name.take() };
        let document = match self.0.parsed.get(&key) {
            Some(document) => document,
            None => self.read(key, allowed).await?,
        };
        refuse_effects(&document, allowed)?;
        if let Some(persisted) = persisted {
            self.0.persisted.store(persisted, &text);
        }
        let Operation { variables, uploads, .. } = operation;
        let variables = variables.into_values()?;
        check_variables(&self.0.index, document.operation(), &variables, uploads.len())
            .map_err(|errors| refused(Kind::Variables, errors))?;
        check_operation(&self.0.config.graphql, &self.0.index, &document.parsed, document.operation(), &variables)
            .map_err(|error| refused(Kind::Validation, vec![error]))?;
        check_paging(&document.parsed, document.operation(), &variables)
            .map_err(|error| refused(Kind::Variables, vec![error]))?;

        let mut request = Request::new(String::new()).variables(variables);
        request.operation_name = document.name().map(str::to_owned);
        request.uploads = uploads;
        let kind = document.kind();
        request.set_parsed_query(Arc::unwrap_or_clone(document).parsed);
        Ok(Ready { request, kind })
    }

    /// Parses and validates a document.
    async fn read(&self, key: Key, allowed: Allowed) -> Result<Arc<Document>, Refusal> {
        let (limits, index) = (&self.0.config.graphql, &self.0.index);
        check_tokens(limits, &key.text).map_err(|error| refused(Kind::Validation, vec![error]))?;
        let parsed = source::parse(&key.text).map_err(|error| refused(Kind::Syntax, vec![error.into()]))?;
        source::check_unique_fields(&key.text).map_err(|errors| refused(Kind::Validation, errors))?;
        let document = Document::new(parsed, key.operation_name.clone())?;
        refuse_effects(&document, allowed)?;
        check_document(limits, index, &document.parsed).map_err(|error| refused(Kind::Validation, vec![error]))?;
        check_once(&document.parsed).map_err(|error| refused(Kind::Validation, vec![error]))?;

        let mut request = Request::new(String::new());
        request.operation_name = document.name().map(str::to_owned);
        request.set_parsed_query(document.parsed.clone());
        let errors = self.0.engine.validate(request).await;
        if !errors.is_empty() {
            return Err(refused(Kind::Validation, errors));
        }
        check_positions(index, &document.parsed).map_err(|errors| refused(Kind::Validation, errors))?;

        let document = Arc::new(document);
        self.0.parsed.keep(key, &document);
        Ok(document)
    }

    /// Until when what begins now may take.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_secs(self.0.config.graphql.timeout_seconds)
    }

    /// Runs a query or mutation.
    pub(super) async fn run(&self, ready: Ready, asker: Asker) -> Answer {
        self.run_until(ready, asker, self.deadline()).await
    }

    /// Runs a query, which is stopped when the time is over, or a mutation, which begins nothing from then on.
    pub(super) async fn run_until(&self, ready: Ready, asker: Asker, deadline: Instant) -> Answer {
        if ready.is_subscription() {
            return subscription_needs_a_stream().into();
        }
        let (kind, executed) = if ready.kind == OperationType::Mutation {
            let request = ready.request.data(Deadline::new(deadline));
            ("mutation", Ok(self.0.engine.execute(request, asker.caller).await))
        } else {
            ("query", timeout_at(deadline, self.0.engine.execute(ready.request, asker.caller)).await)
        };
        let Ok(response) = executed else {
            record_operation(kind, Kind::TimedOut.code());
            return self.timed_out().into();
        };
        record_operation(kind, if response.is_ok() { "ok" } else { "errors" });
        decorate(response, &asker.request_id).into()
    }

    pub(super) fn timed_out(&self) -> Refusal {
        let limit = self.0.config.graphql.timeout_seconds;
        Refusal::new(Kind::TimedOut, format!("The operation took longer than {limit} seconds and was stopped."))
    }

    /// Runs any operation as a stream of answers; a query or mutation has one.
    pub(super) fn stream(&self, ready: Ready, asker: Asker) -> BoxStream<'static, Answer> {
        if ready.is_subscription() {
            let Asker { caller, request_id, .. } = asker;
            let answers = self.0.engine.subscribe(ready.request, caller);
            record_operation("subscription", "started");
            return answers.map(move |response| decorate(response, &request_id).into()).boxed();
        }
        let endpoint = self.clone();
        stream::once(async move { endpoint.run(ready, asker).await }).boxed()
    }
}

fn refuse_effects(document: &Document, allowed: Allowed) -> Result<(), Refusal> {
    if allowed == Allowed::WithoutEffect && document.kind() == OperationType::Mutation {
        return Err(Refusal::new(Kind::Method, "Mutations are taken by POST only."));
    }
    Ok(())
}

fn refused(kind: Kind, mut errors: Vec<async_graphql::ServerError>) -> Refusal {
    errors.truncate(MAX_ERRORS);
    Refusal::from_errors(kind, errors)
}

pub(super) fn subscription_needs_a_stream() -> Refusal {
    Refusal::new(
        Kind::NotAcceptable,
        "Subscriptions are sent as events: ask with `Accept: text/event-stream`, or over WebSocket with `graphql-transport-ws`.",
    )
}
