//! `graphql-transport-ws`, over a socket of its own.

use std::{
    net::SocketAddr,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use futures_util::{SinkExt, StreamExt};
use gerbang_server::server::{Timeouts, serve_until};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

use crate::support::TestEndpoint;

const SOON: Duration = Duration::from_secs(5);

/// A server that listens.
pub(super) struct Server {
    endpoint: TestEndpoint,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        Self::over(TestEndpoint::new()).await
    }

    pub(super) async fn over(endpoint: TestEndpoint) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (service, shutdown) = (endpoint.service.clone(), endpoint.shutdown.clone());
        let timeouts = Timeouts { head: SOON, write: SOON, drain: Duration::from_secs(20) };
        let serving = tokio::spawn(serve_until(listener, service, shutdown, timeouts));
        Self { endpoint, address, serving }
    }

    async fn handshake(&self, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        connect_async(request).await.map(|(socket, _)| Socket(socket))
    }

    async fn connect(&self) -> Socket {
        self.handshake(&[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// Waits until what happens reaches a subscription to `news`; nobody says when it has begun.
    async fn news_reach(&self, socket: &mut Socket, id: &str) {
        while self.endpoint.news.receiver_count() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.endpoint.news.send(0).unwrap();
        assert_eq!(socket.receive().await, json!({ "type": "next", "id": id, "payload": { "data": { "news": 0 } } }));
    }

    /// A socket of somebody with this token.
    pub(super) async fn connect_as(&self, token: &str) -> Socket {
        let mut socket = self.connect().await;
        let payload = json!({ "Authorization": format!("Bearer {token}") });
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.receive().await, json!({ "type": "connection_ack" }));
        socket
    }
}

pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn send(&mut self, message: Value) {
        self.0.send(Message::Text(message.to_string().into())).await.unwrap();
    }

    pub(super) async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    async fn frame(&mut self) -> Message {
        loop {
            let frame = timeout(SOON, self.0.next()).await.expect("something comes soon").expect("the socket is open");
            match frame.unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                frame => return frame,
            }
        }
    }

    pub(super) async fn receive(&mut self) -> Value {
        match self.frame().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// Why the server closed the connection.
    async fn closed(&mut self) -> (u16, String) {
        match self.frame().await {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("expected a close frame, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn literals_and_variables_are_read_as_over_http() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("1", r#"{ byId(id: "\u{1F600}\uD83D\uDE00") }"#).await;
    let answer = json!({ "data": { "byId": "😀😀" } });
    assert_eq!(socket.receive().await, json!({ "id": "1", "type": "next", "payload": answer }));
    assert_eq!(socket.receive().await, json!({ "id": "1", "type": "complete" }));
    socket.subscribe("2", r#"{ byId(id: "\uD83D") }"#).await;
    assert_eq!(socket.receive().await["payload"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
    socket.subscribe("3", r#"{ echo(input: { text: "a", text: "b" }) }"#).await;
    let message = "There can be only one input field named \"text\".";
    assert_eq!(socket.receive().await["payload"][0]["message"], message);
    let query = "query ($input: EchoInput!) { echo(input: $input) }";
    let repeated = format!(
        r#"{{"id":"4","type":"subscribe","payload":{{"query":{},"variables":{{"input":{{"text":"a","text":"b"}}}}}}}}"#,
        json!(query)
    );
    socket.0.send(Message::Text(repeated.into())).await.unwrap();
    assert_eq!(socket.receive().await["payload"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_operation_of_each_kind_is_answered() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("q", "{ who hello }").await;
    let data = json!({ "data": { "who": "alice", "hello": "world" } });
    assert_eq!(socket.receive().await, json!({ "type": "next", "id": "q", "payload": data }));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "q" }));
    socket.subscribe("m", "mutation { count }").await;
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "count": 1 } }));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "m" }));
    socket.subscribe("s", "subscription { ticks(to: 2) }").await;
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "ticks": 1 } }));
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "ticks": 2 } }));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "s" }));
}

#[tokio::test]
async fn a_refused_operation_gets_an_error_and_frees_its_id() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    for _ in 0..2 {
        socket.subscribe("1", "{ unknown }").await;
        let error = socket.receive().await;
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("1")));
        assert_eq!(error["payload"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    }
    socket.subscribe("1", "{ maybe { failure } }").await;
    let next = socket.receive().await;
    assert_eq!((&next["type"], &next["payload"]["data"]), (&json!("next"), &json!({ "maybe": null })));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "1" }));
}

#[tokio::test]
async fn operations_run_concurrently_and_one_can_be_completed() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    for id in ["a", "b"] {
        socket.subscribe(id, "subscription { forever }").await;
        assert_eq!(socket.receive().await["payload"], json!({ "data": { "forever": "alice" } }));
    }
    assert_eq!(server.endpoint.open.load(Ordering::SeqCst), 2);
    socket.send(json!({ "id": "a", "type": "complete" })).await;
    socket.send(json!({ "id": "a", "type": "complete" })).await;
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "hello": "world" } }));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "a" }));
    assert_eq!(server.endpoint.open.load(Ordering::SeqCst), 1);
    drop(socket);
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if server.endpoint.open.load(Ordering::SeqCst) == 0 {
            return;
        }
    }
    panic!("a subscription outlives its socket");
}

#[tokio::test]
async fn operations_on_one_socket_are_limited() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    for id in 0..100 {
        socket.subscribe(&id.to_string(), "subscription { forever }").await;
        socket.receive().await;
    }
    socket.subscribe("more", "{ hello }").await;
    let error = socket.receive().await;
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("more")));
}

#[tokio::test]
async fn pings_are_answered_before_and_after_the_initialisation() {
    let server = Server::start().await;
    let mut socket = server.connect().await;
    socket.send(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.receive().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.receive().await, json!({ "type": "connection_ack" }));
    socket.send(json!({ "type": "pong" })).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.receive().await, json!({ "type": "pong" }));
    socket.subscribe("1", "{ who }").await;
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "who": null } }));
}

#[tokio::test]
async fn a_message_against_the_protocol_closes_the_connection() {
    let server = Server::start().await;
    let mut socket = server.connect().await;
    socket.subscribe("1", "{ hello }").await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));

    for message in [json!("text"), json!({ "type": "unknown" }), json!({ "type": "subscribe", "payload": {} })] {
        let mut socket = server.connect_as("alice").await;
        socket.send(message).await;
        assert_eq!(socket.closed().await.0, 4400);
    }
    let mut socket = server.connect().await;
    socket.0.send(Message::Binary(vec![1, 2, 3].into())).await.unwrap();
    assert_eq!(socket.closed().await.0, 4400);

    let mut socket = server.connect_as("alice").await;
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await, (4429, "Too many initialisation requests".to_owned()));

    let mut socket = server.connect_as("alice").await;
    socket.subscribe("same", "subscription { forever }").await;
    socket.receive().await;
    socket.subscribe("same", "{ hello }").await;
    assert_eq!(socket.closed().await, (4409, "Subscriber for same already exists".to_owned()));
}

#[tokio::test]
async fn a_client_that_sends_no_init_is_closed_with_4408() {
    let server = Server::start().await;
    let mut socket = server.connect().await;
    assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn an_invalid_token_is_closed_with_4403() {
    let server = Server::start().await;
    for authorization in [json!("Bearer bob"), json!("alice"), json!(7)] {
        let mut socket = server.connect().await;
        socket.send(json!({ "type": "connection_init", "payload": { "authorization": authorization } })).await;
        assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
    }
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let mut socket = server.handshake(&[protocol, ("authorization", "Bearer alice")]).await.unwrap();
    socket.send(json!({ "type": "connection_init", "payload": {} })).await;
    socket.receive().await;
    socket.subscribe("1", "{ who }").await;
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "who": "alice" } }));
}

#[tokio::test]
async fn other_subprotocols_are_refused() {
    let server = Server::start().await;
    let mut socket = server.handshake(&[]).await.unwrap();
    assert_eq!(socket.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
    let old = server.handshake(&[("sec-websocket-protocol", "graphql-ws")]).await;
    assert!(old.is_err() || old.unwrap().closed().await.0 == 4406);
}

#[tokio::test]
async fn other_origins_may_not_connect() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.origins = vec!["https://app.example.com".to_owned()]);
    let server = Server::over(endpoint).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let same = format!("http://{}", server.address);
    for origin in ["https://app.example.com", "http://gerbang.test", &same] {
        server.handshake(&[protocol, ("origin", origin)]).await.unwrap();
    }
    for origin in ["https://evil.example.com", "null", "http://gerbang.test.evil.example.com"] {
        match server.handshake(&[protocol, ("origin", origin)]).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403),
            other => panic!("{origin} may connect: {:?}", other.map(|_| ())),
        }
    }
}

#[tokio::test]
async fn the_server_closes_its_sockets_with_1001_and_waits_for_them() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("1", "subscription { forever }").await;
    socket.receive().await;
    server.endpoint.shutdown.cancel();
    assert_eq!(socket.closed().await.0, 1001);
    let outcome = timeout(SOON, server.serving).await.expect("the server ends");
    outcome.unwrap();
    assert_eq!(server.endpoint.open.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_request_without_upgrade_is_refused() {
    let server = Server::start().await;
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = "/graphql".parse().unwrap();
    request.headers_mut().insert("upgrade", HeaderValue::from_static("websocket"));
    assert_eq!(server.endpoint.send(request).await.status, 400);
}

#[tokio::test]
async fn each_operation_looks_its_token_up_again() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    // Nobody tells.
    server.endpoint.valid_tokens.lock().unwrap().clear();
    socket.subscribe("1", "mutation { count }").await;
    assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
    assert_eq!(server.endpoint.query("mutation { count }").await.data(), &json!({ "count": 1 }));
}

#[tokio::test]
async fn a_revoked_token_ends_its_sockets_at_once() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("1", "subscription { forever }").await;
    socket.receive().await;
    let revoked = Instant::now();
    server.endpoint.revoke();
    assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
    assert!(revoked.elapsed() < Duration::from_secs(1), "{:?}", revoked.elapsed());
}

#[tokio::test]
async fn a_revoked_token_ends_idle_sockets_of_its_own_only() {
    let server = Server::start().await;
    let (mut idle, mut nobody) = (server.connect_as("alice").await, server.connect().await);
    nobody.send(json!({ "type": "connection_init" })).await;
    nobody.receive().await;
    server.endpoint.revoke();
    assert_eq!(idle.closed().await.0, 4403);
    nobody.subscribe("1", "{ hello }").await;
    assert_eq!(nobody.receive().await["payload"], json!({ "data": { "hello": "world" } }));
}

#[tokio::test]
async fn running_operations_are_answered_before_a_revoked_socket_closes_and_subscriptions_are_not() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("slow", "{ sleep(milliseconds: 500) }").await;
    socket.subscribe("news", "subscription { news }").await;
    server.news_reach(&mut socket, "news").await;
    server.endpoint.revoke();
    server.endpoint.news.send(7).unwrap();
    let data = json!({ "data": { "sleep": true } });
    assert_eq!(socket.receive().await, json!({ "type": "next", "id": "slow", "payload": data }));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "slow" }));
    assert_eq!(socket.closed().await.0, 4403);
}

#[tokio::test]
async fn a_change_that_revokes_nothing_leaves_sockets_open() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("1", "subscription { news }").await;
    server.news_reach(&mut socket, "1").await;
    for number in 1..=3 {
        server.endpoint.publish_access_change();
        server.endpoint.news.send(number).unwrap();
        assert_eq!(socket.receive().await["payload"], json!({ "data": { "news": number } }));
    }
}

#[tokio::test]
async fn a_database_that_is_away_for_a_moment_logs_nobody_out() {
    let server = Server::start().await;
    let mut socket = server.connect_as("alice").await;
    socket.subscribe("1", "subscription { news }").await;
    server.news_reach(&mut socket, "1").await;
    server.endpoint.is_away.store(true, Ordering::SeqCst);
    server.endpoint.publish_access_change();
    // Nobody knows whether the subscription may show this, so it waits.
    server.endpoint.news.send(1).unwrap();
    socket.subscribe("2", "{ hello }").await;
    let error = socket.receive().await;
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("2")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "UNAVAILABLE");
    let mut other = server.connect().await;
    other.send(json!({ "type": "connection_init", "payload": { "authorization": "Bearer alice" } })).await;
    assert_eq!(other.closed().await, (1013, "Try again later".to_owned()));
    server.endpoint.is_away.store(false, Ordering::SeqCst);
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "news": 1 } }));
}
