//! One socket: first the message that says who is there, then any number of operations at once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{
    StreamExt,
    stream::{self, Abortable, SelectAll},
};
use gerbang_kernel::identity::{Access, Identity, bearer_token};
use serde_json::{Map, Value};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

use super::super::{
    answer::Answer,
    endpoint::{Endpoint, RequestContext},
    refusal::{Kind, Refusal},
    request::Operation,
};
use super::{
    message::{ClientMessage, Close, ServerMessage},
    operation::{Event, Events, Running, run},
};
use crate::engine::Engine;

/// How long a client may take to say who it is, as in the graphql-ws library.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);
/// How often the connection is probed; a client that answers nothing for twice as long is gone.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// How long a client that reads nothing is waited for.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a client may take to read why the connection ends, and again to close it, too.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Operations at once on one socket.
const MAX_OPERATIONS: usize = 100;

/// A socket that speaks the protocol.
pub(super) struct Connection<E: Engine> {
    socket: WebSocket,
    endpoint: Endpoint<E>,
    context: RequestContext<E::Identity>,
    operations: HashMap<String, Running>,
    events: SelectAll<Abortable<Events>>,
    /// Whether subscriptions may go on.
    access: watch::Sender<Access>,
}

/// What a connection goes on with.
enum Step {
    Received(Option<Result<Message, axum::Error>>),
    Event(Arc<str>, Event),
    Ping,
    Access(Access),
}

/// How a connection ends.
enum End {
    /// The client went away.
    Gone,
    /// We close the connection and say why.
    Close(Close),
    /// The caller may not do any more what they might.
    Revoked,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

impl<E: Engine> Connection<E> {
    pub(super) fn new(socket: WebSocket, endpoint: Endpoint<E>, context: RequestContext<E::Identity>) -> Self {
        let access = watch::Sender::new(Access::Unconfirmed);
        Self { socket, endpoint, context, operations: HashMap::new(), events: SelectAll::new(), access }
    }

    /// Serves the socket until one side has enough.
    pub(super) async fn serve(mut self) {
        let shutdown = self.endpoint.shutdown().clone();
        let end = tokio::select! {
            end = self.handle_messages() => end,
            () = shutdown.cancelled() => End::Close(Close::GoingAway),
        };
        self.operations.clear();
        self.events.clear();
        if let End::Close(close) = end {
            let _ = timeout(CLOSE_TIMEOUT, self.socket.send(close.into_frame())).await;
            // Until the client has read the reason and closes, too.
            let _ = timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
        }
    }

    async fn handle_messages(&mut self) -> End {
        match timeout(INIT_TIMEOUT, self.initialise()).await {
            Ok(Ok(())) => {}
            Ok(Err(end)) => return end,
            Err(_) => return Close::InitialisationTimeout.into(),
        }
        let mut access = self.endpoint.authenticator().follow(self.context.token.clone(), &self.context.caller.viewer);
        let mut pings = interval_at(Instant::now() + PING_INTERVAL, PING_INTERVAL);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_received = Instant::now();
        loop {
            let others = async {
                tokio::select! {
                    frame = self.socket.recv() => Step::Received(frame),
                    Some((id, event)) = self.events.next(), if !self.events.is_empty() => Step::Event(id, event),
                    _ = pings.tick() => Step::Ping,
                }
            };
            // Access first: once something is known to have changed, no subscription may say one thing more.
            let step = tokio::select! {
                biased;
                Some(access) = access.next() => Step::Access(access),
                step = others => step,
            };
            let done = match step {
                Step::Received(Some(Ok(frame))) => {
                    last_received = Instant::now();
                    self.receive(frame).await
                }
                Step::Received(Some(Err(_)) | None) => Err(End::Gone),
                Step::Event(id, event) => self.send_event(&id, event).await,
                Step::Ping if last_received.elapsed() > 2 * PING_INTERVAL => Err(Close::Silent.into()),
                Step::Ping => self.send(Message::Ping(Vec::new().into())).await,
                Step::Access(Access::Revoked) => Err(End::Revoked),
                Step::Access(access) => {
                    self.access.send_replace(access);
                    Ok(())
                }
            };
            match done {
                Ok(()) => {}
                Err(End::Revoked) => return self.finish().await,
                Err(end) => return end,
            }
        }
    }

    /// Ends subscriptions at once, and the connection when what else was begun is answered: a client that changes its
    /// password here wants to know that it did.
    async fn finish(&mut self) -> End {
        self.access.send_replace(Access::Revoked);
        let limit = Duration::from_secs(self.endpoint.settings().limits.timeout_seconds);
        let answers = async {
            let subscriptions = self.operations.extract_if(|_, operation| operation.is_subscription);
            subscriptions.for_each(|(_, operation)| operation.handle.abort());
            while !self.operations.is_empty() {
                let Some((id, event)) = self.events.next().await else { break };
                if matches!(event, Event::Subscribed | Event::LoggedOut) {
                    self.forget(&id);
                } else {
                    self.send_event(&id, event).await?;
                }
            }
            Ok(())
        };
        match timeout(limit, answers).await {
            Ok(Err(end)) => end,
            Ok(Ok(())) | Err(_) => Close::Forbidden.into(),
        }
    }

    /// Waits for `connection_init` and finds out who is there.
    async fn initialise(&mut self) -> Result<(), End> {
        loop {
            let Some(Ok(frame)) = self.socket.recv().await else { return Err(End::Gone) };
            let Some(message) = parse(frame)? else { continue };
            match message {
                ClientMessage::ConnectionInit { payload } => {
                    self.identify(payload.unwrap_or_default()).await?;
                    return self.send(ServerMessage::ConnectionAck.into_frame()).await;
                }
                ClientMessage::Ping { payload } => self.send(ServerMessage::Pong { payload }.into_frame()).await?,
                ClientMessage::Subscribe { .. } => return Err(Close::Unauthorized.into()),
                ClientMessage::Pong {} | ClientMessage::Complete { .. } => {}
            }
        }
    }

    /// A token in the payload wins over that of the handshake. One that is not valid ends the connection:
    /// going on as nobody would only delay the surprise.
    async fn identify(&mut self, payload: Map<String, Value>) -> Result<(), End> {
        let given = payload.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("authorization"));
        match given {
            Some((_, Value::String(value))) => {
                let token: Arc<str> = bearer_token(&value).map(Arc::from).ok_or(Close::Forbidden)?;
                self.context.token = Some(Arc::clone(&token));
                let viewer = self.endpoint.authenticator().authenticate(token).await;
                self.context.caller.viewer = viewer.map_err(|_| Close::Unavailable)?;
            }
            Some((_, Value::Null)) | None => {}
            Some(_) => return Err(Close::Forbidden.into()),
        }
        if self.context.token.is_some() && self.context.caller.viewer.is_anonymous() {
            return Err(Close::Forbidden.into());
        }
        Ok(())
    }

    async fn receive(&mut self, frame: Message) -> Result<(), End> {
        let Some(message) = parse(frame)? else { return Ok(()) };
        match message {
            ClientMessage::ConnectionInit { .. } => Err(Close::TooManyInitialisations.into()),
            ClientMessage::Ping { payload } => self.send(ServerMessage::Pong { payload }.into_frame()).await,
            ClientMessage::Pong {} => Ok(()),
            ClientMessage::Complete { id } => {
                self.forget(&id);
                Ok(())
            }
            ClientMessage::Subscribe { id, payload } => self.start(id, payload).await,
        }
    }

    async fn start(&mut self, id: String, operation: Operation) -> Result<(), End> {
        if id.is_empty() {
            return Err(Close::Invalid("The id of an operation can't be empty").into());
        }
        if self.operations.contains_key(&id) {
            return Err(Close::SubscriberExists(id).into());
        }
        if self.operations.len() >= MAX_OPERATIONS {
            let message = format!("At most {MAX_OPERATIONS} operations may run on one connection.");
            let refusal = Refusal::new(Kind::Busy, message);
            return self.send(ServerMessage::Error { id: &id, payload: &refusal.errors }.into_frame()).await;
        }
        let name = Arc::<str>::from(id.as_str());
        let (endpoint, context, access) = (self.endpoint.clone(), self.context.clone(), self.access.subscribe());
        let events = stream::once(run(endpoint, context, access, operation))
            .flatten()
            .chain(stream::once(async { Event::Done }))
            .map(move |event| (Arc::clone(&name), event))
            .boxed();
        let (events, handle) = stream::abortable(events);
        self.operations.insert(id, Running { handle, is_subscription: false });
        self.events.push(events);
        Ok(())
    }

    async fn send_event(&mut self, id: &str, event: Event) -> Result<(), End> {
        let frame = match &event {
            // An operation that ended, by an error or by itself, says nothing more.
            _ if !self.operations.contains_key(id) => return Ok(()),
            Event::Subscribed => {
                if let Some(operation) = self.operations.get_mut(id) {
                    operation.is_subscription = true;
                }
                return Ok(());
            }
            Event::LoggedOut => {
                self.forget(id);
                return Err(End::Revoked);
            }
            Event::Next(Answer::Refused(refusal)) => {
                self.forget(id);
                ServerMessage::Error { id, payload: &refusal.errors }
            }
            Event::Next(answer) | Event::FellBehind(answer) => ServerMessage::Next { id, payload: answer },
            Event::Done => {
                self.forget(id);
                ServerMessage::Complete { id }
            }
        };
        let frame = frame.into_frame();
        self.send(frame).await?;
        if matches!(event, Event::FellBehind(_)) { Err(Close::FellBehind.into()) } else { Ok(()) }
    }

    /// Ends an operation, so that its id is free again.
    fn forget(&mut self, id: &str) {
        if let Some(operation) = self.operations.remove(id) {
            operation.handle.abort();
        }
    }

    async fn send(&mut self, frame: Message) -> Result<(), End> {
        match timeout(SEND_TIMEOUT, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(Close::FellBehind.into()),
        }
    }
}

/// Reads a frame; those of WebSocket itself say nothing.
fn parse(frame: Message) -> Result<Option<ClientMessage>, End> {
    match frame {
        Message::Text(text) => {
            serde_json::from_str(&text).map(Some).map_err(|_| Close::Invalid("Invalid message received").into())
        }
        Message::Binary(_) => Err(Close::Invalid("Messages are text").into()),
        // A close frame is answered by the library, and the next read ends.
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
    }
}
