//! What is served at `/graphql`, whatever an operation comes over, and what all operations share.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError};
use axum::http::HeaderValue;
use gerbang_kernel::{
    identity::{Authenticator, Caller, Identity},
    request::ConnectionGuard,
};
use gerbang_limits::{Capacity, Full, Share, Shares};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    admission::Admission,
    documents::{ParsedDocuments, PersistedDocuments},
    refusal::{Kind, Refusal},
    trusted::{KnownDocuments, TrustedDocuments},
};
use crate::{budget::Budget, engine::Engine, metrics::OpenStream, settings::Settings, type_index::SchemaIndex};

/// Sockets and event streams open at once.
const MAX_STREAMS: usize = 10_000;
/// Of these, what is reserved for admins.
const RESERVED_STREAMS: usize = 500;

/// The GraphQL endpoint. Cheap to clone.
#[derive(Clone)]
pub struct Endpoint<E: Engine>(pub(super) Arc<Parts<E>>);

pub(super) struct Parts<E: Engine> {
    pub(super) engine: E,
    pub(super) index: Arc<SchemaIndex>,
    pub(super) settings: Settings,
    pub(super) parsed: ParsedDocuments,
    pub(super) persisted: PersistedDocuments,
    pub(super) trusted: TrustedDocuments,
    /// What others are told of answers that are the same for everybody.
    pub(super) cached: HeaderValue,
    pub(super) authenticator: Authenticator<E::Identity>,
    pub(super) streams: Shares,
    pub(super) admission: Admission,
    pub(super) shutdown: CancellationToken,
    pub(super) tasks: TaskTracker,
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

impl<I: Identity> RequestContext<I> {
    /// Whether a token was sent that is nobody's (any more).
    pub(super) fn has_dead_token(&self) -> bool {
        self.token.is_some() && self.caller.viewer.is_anonymous()
    }
}

impl<E: Engine> Endpoint<E> {
    /// An endpoint over `engine`, which knows these documents.
    ///
    /// # Errors
    /// When the engine's SDL is not one.
    pub fn new(
        engine: E,
        settings: Settings,
        authenticator: Authenticator<E::Identity>,
        KnownDocuments { own, trusted }: KnownDocuments,
        shutdown: CancellationToken,
    ) -> Result<Self, async_graphql::parser::Error> {
        let index = engine.types()?;
        let per_address = settings.streams_per_address;
        let admission = Admission::new(&settings.limits);
        let streams = Shares::new(Capacity { total: MAX_STREAMS, reserved: RESERVED_STREAMS, per_address });
        let cached = cache_control(settings.limits.max_age);
        Ok(Self(Arc::new(Parts {
            engine,
            index,
            cached,
            settings,
            parsed: ParsedDocuments::new(),
            trusted,
            persisted: PersistedDocuments::new(own),
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

    /// A permit for one more socket or event stream of this client, to be held as long as that is open.
    pub(super) fn open_stream(&self, context: &RequestContext<E::Identity>) -> Result<(Share, OpenStream), Refusal> {
        let Caller { viewer, client } = &context.caller;
        let share = self.0.streams.take(client.ip, viewer.is_admin()).map_err(|full| match full {
            Full::Address => Refusal::new(
                Kind::Share,
                "Too many streams are open from your address. Close one, or try again in a moment.",
            ),
            Full::Everything => Refusal::new(Kind::Busy, "Too many streams are open. Try again in a moment."),
        })?;
        Ok((share, OpenStream::new()))
    }

    /// What the operations of one request may use up from now on.
    pub(super) fn budget(&self) -> Arc<Budget> {
        Arc::new(Budget::new(&self.0.settings.limits))
    }

    pub(super) fn timed_out(&self) -> Refusal {
        let limit = self.0.settings.limits.timeout_seconds;
        Refusal::new(Kind::TimedOut, format!("The operation took longer than {limit} seconds and was stopped."))
    }

    pub(super) fn too_large(&self) -> Refusal {
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
}

fn cache_control(seconds: u32) -> HeaderValue {
    let asked_each_time = HeaderValue::from_static("public, no-cache");
    match seconds {
        0 => asked_each_time,
        _ => HeaderValue::try_from(format!("public, max-age={seconds}")).unwrap_or(asked_each_time),
    }
}
