//! What stays open: sockets and event streams of the whole application, over a server that listens.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use futures_util::{SinkExt, StreamExt};
use gerbang::{app::App, http::service::service};
use gerbang_server::server::{Timeouts, serve_until};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a test waits for what must come.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A server, which ends with the test.
pub(crate) struct Server {
    router: Router,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(app: App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let service = service(app, shutdown.clone()).unwrap();
        let router = service.router.clone();
        let timeouts = Timeouts { head: TIMEOUT, write: TIMEOUT, drain: TIMEOUT };
        let serving = tokio::spawn(serve_until(listener, service, shutdown, timeouts));
        Self { router, address, serving }
    }

    /// A socket of whoever has this token.
    pub(crate) async fn socket(&self, token: &str) -> Socket {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let mut socket = Socket(connect_async(request).await.unwrap().0);
        let payload = json!({ "Authorization": format!("Bearer {token}") });
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.receive().await, Ok(json!({ "type": "connection_ack" })));
        socket
    }

    /// An event stream of whoever has this token.
    pub(crate) async fn events(&self, token: &str, subscription: &str) -> EventStream {
        let body = json!({ "query": subscription }).to_string();
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body));
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        EventStream(response.into_body().into_data_stream())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A client of `graphql-transport-ws`.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn send(&mut self, message: Value) {
        // A server that has closed the connection hears nothing more.
        let _ = self.0.send(Message::Text(message.to_string().into())).await;
    }

    /// Begins an operation.
    pub(crate) async fn begin(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// The next message, or the code with which the server closed the connection.
    pub(crate) async fn receive(&mut self) -> Result<Value, u16> {
        loop {
            match timeout(TIMEOUT, self.0.next()).await.expect("something comes").expect("a close frame first") {
                Ok(Message::Text(text)) => return Ok(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(Some(frame))) => return Err(frame.code.into()),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("expected a message or a reason, got {other:?}"),
            }
        }
    }

    /// The payload of the answer to a query or mutation, or the code with which the connection was closed instead.
    pub(crate) async fn ask(&mut self, query: &str, variables: Value) -> Result<Value, u16> {
        self.begin("ask", query, variables).await;
        let mut answer = self.receive().await?;
        assert_eq!((&answer["type"], &answer["id"]), (&json!("next"), &json!("ask")), "{answer}");
        assert_eq!(self.receive().await?, json!({ "type": "complete", "id": "ask" }));
        Ok(answer["payload"].take())
    }
}

/// Server-Sent Events of one operation.
pub(crate) struct EventStream(BodyDataStream);

impl EventStream {
    /// What is left of the stream: the payload of each event, then nothing but the end.
    pub(crate) async fn rest(mut self) -> Vec<Value> {
        let mut text = String::new();
        while let Some(chunk) = timeout(TIMEOUT, self.0.next()).await.expect("the stream ends") {
            text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
        let events = text.strip_suffix("event: complete\ndata: \n\n").unwrap_or_else(|| panic!("no end: {text}"));
        let events = events.split_terminator("\n\n").filter(|event| *event != ":");
        let payload = |event: &str| event.strip_prefix("event: next\ndata: ").map(serde_json::from_str);
        events.map(|event| payload(event).unwrap_or_else(|| panic!("no event: {event}")).unwrap()).collect()
    }

    /// Whether the stream has said nothing for a while.
    pub(crate) async fn is_silent(&mut self) -> bool {
        timeout(Duration::from_millis(200), self.0.next()).await.is_err()
    }
}
