//! One socket: the conversation about who is there, then any number of operations at once.

use std::{collections::HashMap, pin::pin, sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{
    StreamExt,
    future::AbortHandle,
    stream::{self, Abortable, BoxStream, SelectAll},
};
use serde_json::{Map, Value};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::{
    super::{
        answer::Answer,
        endpoint::{Allowed, Asker, Endpoint},
        engine::Engine,
        refusal::{Kind, Refusal},
        request::Operation,
    },
    message::{ClientMessage, Close, ServerMessage},
};
use crate::{graphql::Viewer, http::auth::token_of};

/// How long a client may take to say who it is, as in the graphql-ws library.
const INITIALISATION: Duration = Duration::from_secs(3);
/// How often the connection is probed; a client that answers nothing for twice as long is gone.
const PING: Duration = Duration::from_secs(20);
/// How long a client that reads nothing is waited for.
const SEND: Duration = Duration::from_secs(20);
/// How long a client may take to hear why the connection ends, and again to close it, too.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Operations at once on one socket.
const MAX_OPERATIONS: usize = 100;

/// A socket that speaks the protocol.
pub(super) struct Connection<E> {
    socket: WebSocket,
    endpoint: Endpoint<E>,
    asker: Asker,
    operations: HashMap<String, AbortHandle>,
    events: SelectAll<Abortable<Events>>,
}

/// What comes of one operation, under its id.
type Events = BoxStream<'static, (Arc<str>, Event)>;

/// What comes of an operation.
enum Event {
    Next(Answer),
    /// A subscription that missed something, and its last words.
    FellBehind(Answer),
    Done,
}

/// How a conversation ends.
enum End {
    /// The client went away.
    Gone,
    /// We close the connection and say why.
    Close(Close),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

impl<E: Engine> Connection<E> {
    pub(super) fn new(socket: WebSocket, endpoint: Endpoint<E>, asker: Asker) -> Self {
        Self { socket, endpoint, asker, operations: HashMap::new(), events: SelectAll::new() }
    }

    /// Serves the socket until one side has enough.
    pub(super) async fn serve(mut self) {
        let shutdown = self.endpoint.shutdown().clone();
        let end = tokio::select! {
            end = self.converse() => end,
            () = shutdown.cancelled() => End::Close(Close::GoingAway),
        };
        self.operations.clear();
        self.events.clear();
        if let End::Close(close) = end {
            let _ = timeout(LAST_WORDS, self.socket.send(close.into_frame())).await;
            // Until the client has read the reason and closes, too.
            let _ = timeout(LAST_WORDS, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
        }
    }

    async fn converse(&mut self) -> End {
        match timeout(INITIALISATION, self.initialise()).await {
            Ok(Ok(())) => {}
            Ok(Err(end)) => return end,
            Err(_) => return Close::InitialisationTimeout.into(),
        }
        let authenticator = self.endpoint.authenticator().clone();
        let mut logged_out = pin!({
            let token = self.asker.token.clone();
            async move { authenticator.ended(token).await }
        });
        let mut pings = interval_at(Instant::now() + PING, PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let step = tokio::select! {
                frame = self.socket.recv() => {
                    heard = Instant::now();
                    match frame {
                        Some(Ok(frame)) => self.hear(frame).await,
                        Some(Err(_)) | None => Err(End::Gone),
                    }
                }
                Some((id, event)) = self.events.next(), if !self.events.is_empty() => self.tell(&id, event).await,
                () = &mut logged_out => Err(Close::Forbidden.into()),
                _ = pings.tick() => {
                    if heard.elapsed() > 2 * PING {
                        Err(Close::Silent.into())
                    } else {
                        self.send(Message::Ping(Vec::new().into())).await
                    }
                }
            };
            if let Err(end) = step {
                return end;
            }
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
                let token = token_of(&value).ok_or(Close::Forbidden)?;
                self.asker.token = Some(Arc::clone(&token));
                self.asker.caller.viewer =
                    self.endpoint.authenticator().authenticate(token).await.unwrap_or(Viewer::anonymous());
            }
            Some((_, Value::Null)) | None => {}
            Some(_) => return Err(Close::Forbidden.into()),
        }
        if self.asker.token.is_some() && self.asker.caller.viewer.user().is_none() {
            return Err(Close::Forbidden.into());
        }
        Ok(())
    }

    async fn hear(&mut self, frame: Message) -> Result<(), End> {
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
        let (endpoint, asker, name) = (self.endpoint.clone(), self.asker.clone(), Arc::<str>::from(id.as_str()));
        let answers = stream::once(async move {
            match endpoint.prepare(operation, Allowed::Everything).await {
                Ok(ready) => {
                    let watches = ready.is_subscription();
                    let event = move |answer: Answer| {
                        if watches && answer.is_unavailable() { Event::FellBehind(answer) } else { Event::Next(answer) }
                    };
                    endpoint.stream(ready, asker).map(event).boxed()
                }
                Err(refusal) => stream::once(async { Event::Next(Answer::Refused(refusal)) }).boxed(),
            }
        });
        let events = answers
            .flatten()
            .chain(stream::once(async { Event::Done }))
            .map(move |event| (Arc::clone(&name), event))
            .boxed();
        let (events, operation) = stream::abortable(events);
        self.operations.insert(id, operation);
        self.events.push(events);
        Ok(())
    }

    async fn tell(&mut self, id: &str, event: Event) -> Result<(), End> {
        let frame = match &event {
            // An operation that ended, by an error or by itself, says nothing more.
            _ if !self.operations.contains_key(id) => return Ok(()),
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
            operation.abort();
        }
    }

    async fn send(&mut self, frame: Message) -> Result<(), End> {
        match timeout(SEND, self.socket.send(frame)).await {
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
