//! From an operation as it arrived to its answer, whatever it came over.
//!
//! A document is parsed, measured and validated before anything runs, and a query that passed is kept, so
//! that the next request with the same text goes straight to the engine. Variables are checked each time.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use async_graphql::{ErrorExtensionValues, Request, Response, ServerError, parser::types::OperationType};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use gerbang_kernel::identity::{Authenticator, Caller, Identity};
use gerbang_kernel::request::ConnectionGuard;
use gerbang_limits::{Capacity, Full, Share, Shares};
use tokio::time::{Instant, timeout_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    admission::Admission,
    answer::Answer,
    documents::{Document, Key, ParsedDocuments, PersistedDocuments},
    refusal::{Kind, Refusal},
    request::Operation,
};
use crate::engine::Engine;
use crate::{
    budget::Budget,
    deadline::Deadline,
    errors::decorate,
    limits::{check_document, check_operation, check_tokens},
    metrics::{OpenStream, record_operation},
    once::check_once,
    paging::check_paging,
    settings::Settings,
    source,
    type_index::SchemaIndex,
    value_check::check_variables,
    variable_usage::check_variable_usage,
};

/// Errors shown for one document at most; the rest follows from the first in most cases.
const MAX_ERRORS: usize = 20;
/// Sockets and event streams open at once.
const MAX_STREAMS: usize = 10_000;
/// Of these, what is reserved for admins.
const RESERVED_STREAMS: usize = 500;

/// The GraphQL endpoint. Cheap to clone.
#[derive(Clone)]
pub struct Endpoint<E: Engine>(Arc<Parts<E>>);

struct Parts<E: Engine> {
    engine: E,
    index: SchemaIndex,
    settings: Settings,
    parsed: ParsedDocuments,
    persisted: PersistedDocuments,
    authenticator: Authenticator<E::Identity>,
    streams: Shares,
    admission: Admission,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

/// Who sent a request, and which one it is.
#[derive(Clone, Debug)]
pub(super) struct RequestContext<I> {
    pub(super) caller: Caller<I>,
    pub(super) request_id: Arc<str>,
    /// The bearer token, to look at it again while a stream is open.
    pub(super) token: Option<Arc<str>>,
    /// Held as long as somebody is answered on it.
    pub(super) _place: Option<ConnectionGuard>,
}

/// Held as long as a stream is open.
pub(super) struct StreamPermit {
    _share: Share,
    _counted: OpenStream,
}

/// An operation that may run.
pub(super) struct Ready {
    request: Request,
    kind: OperationType,
    complexity: u64,
    budget: Arc<Budget>,
}

impl Ready {
    pub(super) const fn is_subscription(&self) -> bool {
        matches!(self.kind, OperationType::Subscription)
    }

    /// Whether it changes nothing, so that it may be refused after it was run.
    pub(super) const fn is_query(&self) -> bool {
        matches!(self.kind, OperationType::Query)
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
        settings: Settings,
        authenticator: Authenticator<E::Identity>,
        trusted: Vec<String>,
        shutdown: CancellationToken,
    ) -> Result<Self, async_graphql::parser::Error> {
        let index = SchemaIndex::new(&engine.sdl())?;
        let per_address = settings.streams_per_address;
        let admission = Admission::new(&settings.limits);
        let streams = Shares::new(Capacity { total: MAX_STREAMS, reserved: RESERVED_STREAMS, per_address });
        Ok(Self(Arc::new(Parts {
            engine,
            index,
            settings,
            parsed: ParsedDocuments::new(),
            persisted: PersistedDocuments::new(trusted),
            authenticator,
            streams,
            admission,
            shutdown,
            tasks: TaskTracker::new(),
        })))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// What large operations and answers share.
    pub(super) fn admission(&self) -> &Admission {
        &self.0.admission
    }

    pub(super) fn authenticator(&self) -> &Authenticator<E::Identity> {
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

    /// A permit for one more socket or event stream of this client.
    pub(super) fn open_stream(&self, context: &RequestContext<E::Identity>) -> Result<StreamPermit, Refusal> {
        let Caller { viewer, client } = &context.caller;
        let share = self.0.streams.take(client.ip, viewer.is_admin()).map_err(|full| match full {
            Full::Address => Refusal::new(
                Kind::Share,
                "Too many streams are open from your address. Close one, or try again in a moment.",
            ),
            Full::Everything => Refusal::new(Kind::Busy, "Too many streams are open. Try again in a moment."),
        })?;
        Ok(StreamPermit { _share: share, _counted: OpenStream::new() })
    }

    /// What the operations of one request may use up from now on.
    pub(super) fn budget(&self) -> Arc<Budget> {
        Arc::new(Budget::new(&self.0.settings.limits))
    }

    /// Looks at everything that can be wrong before it runs.
    ///
    /// # Errors
    /// What is wrong; then nothing was run.
    pub(super) async fn prepare(&self, operation: Operation, allowed: Allowed) -> Result<Ready, Refusal> {
        self.prepare_within(self.budget(), operation, allowed).await
    }

    /// The same for an operation that shares its budget with others.
    ///
    /// # Errors
    /// What is wrong; then nothing was run.
    pub(super) async fn prepare_within(
        &self,
        budget: Arc<Budget>,
        operation: Operation,
        allowed: Allowed,
    ) -> Result<Ready, Refusal> {
        let ready = self.check(budget, operation, allowed).await;
        if let Err(refusal) = &ready {
            record_operation("unknown", refusal.kind.code());
        }
        ready
    }

    async fn check(&self, budget: Arc<Budget>, mut operation: Operation, allowed: Allowed) -> Result<Ready, Refusal> {
        if budget.is_late() {
            return Err(self.timed_out());
        }
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
        refuse_mutation(&document, allowed)?;
        if let Some(persisted) = persisted {
            self.0.persisted.store(persisted, &text);
        }
        let Operation { variables, uploads, .. } = operation;
        let variables = variables.into_values()?;
        check_variables(&self.0.index, document.operation(), &variables, uploads.len())
            .map_err(|errors| refused(Kind::Variables, errors))?;
        let cost =
            check_operation(&self.0.settings.limits, &self.0.index, &document.parsed, document.operation(), &variables)
                .and_then(|cost| budget.charge(cost).map(|()| cost))
                .map_err(|error| refused(Kind::Validation, vec![error]))?;
        check_paging(&document.parsed, document.operation(), &variables)
            .map_err(|error| refused(Kind::Variables, vec![error]))?;

        let mut request = Request::new(String::new()).variables(variables);
        request.operation_name = document.name().map(str::to_owned);
        request.uploads = uploads;
        let kind = document.kind();
        request.set_parsed_query(Arc::unwrap_or_clone(document).parsed);
        Ok(Ready { request, kind, complexity: cost.complexity(), budget })
    }

    /// Parses and validates a document.
    async fn read(&self, key: Key, allowed: Allowed) -> Result<Arc<Document>, Refusal> {
        let (limits, index) = (&self.0.settings.limits, &self.0.index);
        check_tokens(limits, &key.text).map_err(|error| refused(Kind::Validation, vec![error]))?;
        let parsed = source::parse(&key.text).map_err(|error| refused(Kind::Syntax, vec![error.into()]))?;
        source::check_unique_fields(&key.text).map_err(|errors| refused(Kind::Validation, errors))?;
        let document = Document::new(parsed, key.operation_name.clone())?;
        refuse_mutation(&document, allowed)?;
        check_document(limits, index, &document.parsed).map_err(|error| refused(Kind::Validation, vec![error]))?;
        check_once(&document.parsed).map_err(|error| refused(Kind::Validation, vec![error]))?;

        let mut request = Request::new(String::new());
        request.operation_name = document.name().map(str::to_owned);
        request.set_parsed_query(document.parsed.clone());
        let errors = self.0.engine.validate(request).await;
        if !errors.is_empty() {
            return Err(refused(Kind::Validation, errors));
        }
        check_variable_usage(index, &document.parsed).map_err(|errors| refused(Kind::Validation, errors))?;

        let document = Arc::new(document);
        self.0.parsed.keep(key, &document);
        Ok(document)
    }

    /// Runs a query or mutation.
    pub(super) async fn run(&self, ready: Ready, context: RequestContext<E::Identity>) -> Answer {
        let Ready { request, kind, complexity, budget } = ready;
        // A query is stopped when the time is over; a mutation begins nothing from then on.
        let (kind, request, stop) = match (kind, budget.deadline()) {
            (OperationType::Subscription, _) => return subscription_needs_a_stream().into(),
            (OperationType::Mutation, Some(deadline)) => ("mutation", request.data(Deadline::new(deadline)), None),
            (OperationType::Mutation, None) => ("mutation", request, None),
            (OperationType::Query, deadline) => ("query", request, deadline),
        };
        let answer = match self.0.admission.admit(complexity).await {
            Ok(_permit) => self.execute(request, context, &budget, stop).await,
            Err(refusal) => Err(refusal),
        };
        record_operation(
            kind,
            match &answer {
                Ok(response) if response.is_ok() => "ok",
                Ok(_) => "errors",
                Err(refusal) => refusal.kind.code(),
            },
        );
        answer.map_or_else(Answer::from, Answer::from)
    }

    /// Runs an operation until it is answered, nothing of the budget is left, or the time has come to `stop` it.
    async fn execute(
        &self,
        request: Request,
        context: RequestContext<E::Identity>,
        budget: &Arc<Budget>,
        stop: Option<Instant>,
    ) -> Result<Response, Refusal> {
        let mut executed = pin!(self.0.engine.execute(request.data(Arc::clone(budget)), context.caller));
        let within_bytes = poll_fn(|context| match executed.as_mut().poll(context) {
            Poll::Ready(response) => Poll::Ready(Some(response)),
            Poll::Pending if budget.is_overdrawn() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        let response = match stop {
            Some(deadline) => timeout_at(deadline, within_bytes).await.map_err(|_| self.timed_out())?,
            None => within_bytes.await,
        };
        match response.map(|response| decorate(response, &context.request_id)) {
            Some(response) if budget.admits(&response) => Ok(response),
            _ => Err(self.too_large()),
        }
    }

    fn timed_out(&self) -> Refusal {
        let limit = self.0.settings.limits.timeout_seconds;
        Refusal::new(Kind::TimedOut, format!("The operation took longer than {limit} seconds and was stopped."))
    }

    fn too_large(&self) -> Refusal {
        let limit = self.0.settings.limits.answer_bytes;
        let message = format!(
            "The answer is larger than {limit} bytes and was cut off; what a mutation had done by then is done. Ask for smaller pages or fewer fields."
        );
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("limit", "answer_bytes");
        extensions.set("maximum", limit);
        let error = ServerError { extensions: Some(extensions), ..ServerError::new(message, None) };
        Refusal::from_errors(Kind::AnswerTooLarge, vec![error])
    }

    /// Runs any operation as a stream of answers; a query or mutation has one.
    pub(super) fn stream(&self, ready: Ready, context: RequestContext<E::Identity>) -> BoxStream<'static, Answer> {
        let endpoint = self.clone();
        if ready.is_subscription() {
            return endpoint.watch(ready.request, context);
        }
        stream::once(async move { endpoint.run(ready, context).await }).boxed()
    }

    /// Runs a subscription until it ends, or an answer is too large.
    fn watch(self, request: Request, context: RequestContext<E::Identity>) -> BoxStream<'static, Answer> {
        let RequestContext { caller, request_id, .. } = context;
        let budget = Arc::new(Budget::for_each_answer(&self.0.settings.limits));
        let answers = self.0.engine.subscribe(request.data(Arc::clone(&budget)), caller);
        record_operation("subscription", "started");
        let mut open = Some(answers);
        stream::poll_fn(move |context| {
            let Some(answers) = &mut open else { return Poll::Ready(None) };
            let response = match answers.poll_next_unpin(context) {
                Poll::Ready(Some(response)) => decorate(response, &request_id),
                Poll::Pending if budget.is_overdrawn() => {
                    open = None;
                    return Poll::Ready(Some(self.too_large().into()));
                }
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            if budget.admits(&response) {
                return Poll::Ready(Some(response.into()));
            }
            open = None;
            Poll::Ready(Some(self.too_large().into()))
        })
        .boxed()
    }
}

fn refuse_mutation(document: &Document, allowed: Allowed) -> Result<(), Refusal> {
    if allowed == Allowed::WithoutEffect && document.kind() == OperationType::Mutation {
        return Err(Refusal::new(Kind::Method, "Mutations are taken by POST only."));
    }
    Ok(())
}

fn refused(kind: Kind, mut errors: Vec<ServerError>) -> Refusal {
    errors.truncate(MAX_ERRORS);
    Refusal::from_errors(kind, errors)
}

pub(super) fn subscription_needs_a_stream() -> Refusal {
    Refusal::new(
        Kind::NotAcceptable,
        "Subscriptions are sent as events: ask with `Accept: text/event-stream`, or over WebSocket with `graphql-transport-ws`.",
    )
}
