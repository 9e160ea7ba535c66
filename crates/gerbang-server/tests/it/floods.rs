//! Floods, in small: of connections, streams and bodies, from one address and from many. Whoever else comes is served,
//! and so are probes and admins.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use futures_util::{StreamExt, future::join_all, stream};
use gerbang_server::{
    connections::{ConnectionLimits, Connections},
    middleware::client::TrustedProxies,
    server::{Timeouts, serve_until},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use crate::support::{TestEndpoint, post};

const SOON: Duration = Duration::from_secs(5);

/// One who floods, and somebody else.
const FLOODER: &str = "127.0.0.1:0";

const OTHER: &str = "127.0.0.2:0";

/// A server with low limits.
struct Server {
    endpoint: TestEndpoint,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(limits: ConnectionLimits) -> Self {
        let endpoint = TestEndpoint::with(|settings| settings.body_seconds = 1);
        let proxies = TrustedProxies::new(&[], "").unwrap();
        let mut service = endpoint.service.clone();
        service.connections = Connections::new(limits, proxies);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let timeouts = Timeouts { head: Duration::from_mins(1), write: SOON, drain: SOON };
        let serving = tokio::spawn(serve_until(listener, service, endpoint.shutdown.clone(), timeouts));
        Self { endpoint, address, serving }
    }

    /// A connection from this address.
    async fn connect(&self, from: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(from.parse().unwrap()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// The answer to a request on a connection of its own; nothing if it is closed before.
    async fn get(&self, from: &str, path: &str, headers: &str) -> String {
        let mut stream = self.connect(from).await;
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
        let _ = stream.write_all(head.as_bytes()).await;
        let mut text = String::new();
        let _ = timeout(SOON, stream.read_to_string(&mut text)).await.expect("the connection ends soon");
        text
    }

    async fn is_healthy(&self, from: &str) -> bool {
        let began = Instant::now();
        let text = self.get(from, "/healthz", "").await;
        text.ends_with(r#"{"status":"ok"}"#) && began.elapsed() < Duration::from_secs(1)
    }

    /// A request whose answer takes a while.
    async fn work(&self, from: &str) -> TcpStream {
        let mut stream = self.connect(from).await;
        let head = "GET /graphql?query={sleep(milliseconds:3000)} HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    async fn stop(self) {
        self.endpoint.shutdown.cancel();
        self.serving.abort();
    }
}

/// Whether the other side has closed this.
async fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(timeout(Duration::from_millis(200), stream.read(&mut [0; 64])).await, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn silent_connections_of_one_address_block_nobody_else() {
    let server =
        Server::start(ConnectionLimits { total: 16, per_address: 4, reserved: 2, grace: Duration::ZERO }).await;
    let mut silent = join_all((0..64).map(|_| server.connect(FLOODER))).await;
    sleep(Duration::from_millis(100)).await;
    let closed = join_all(silent.iter_mut().map(is_closed)).await;
    assert_eq!(closed.iter().filter(|closed| !**closed).count(), 4, "the last ones are left");
    assert!(closed[..60].iter().all(|closed| *closed), "the oldest went first");
    for from in [FLOODER, OTHER] {
        assert!(server.is_healthy(from).await);
        assert!(server.get(from, "/graphql?query={hello}", "").await.starts_with("HTTP/1.1 200 "), "{from}");
    }
    server.stop().await;
}

#[tokio::test]
async fn busy_connections_stay_and_others_probes_and_admins_are_still_served() {
    let server =
        Server::start(ConnectionLimits { total: 16, per_address: 4, reserved: 2, grace: Duration::ZERO }).await;
    *server.endpoint.valid_tokens.lock().unwrap() = vec!["alice", "admin"];
    let working = join_all((0..4).map(|_| server.work(FLOODER))).await;
    sleep(Duration::from_millis(200)).await;
    // More than are reserved, one after the other.
    for _ in 0..6 {
        assert!(server.is_healthy(FLOODER).await);
        let refused = server.get(FLOODER, "/graphql?query={hello}", "authorization: Bearer alice\r\n").await;
        assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1"), "{refused}");
        assert!(refused.contains(r#""code":"UNAVAILABLE""#), "{refused}");
        let answer = server.get(FLOODER, "/graphql?query={hello}", "authorization: Bearer admin\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(server.get(OTHER, "/graphql?query={hello}", "").await.starts_with("HTTP/1.1 200 "));
    }
    for mut stream in working {
        let mut answer = [0; 16];
        timeout(SOON, stream.read_exact(&mut answer)).await.expect("what runs is answered").unwrap();
        assert_eq!(&answer[..13], b"HTTP/1.1 200 ");
    }
    server.stop().await;
}

#[tokio::test]
async fn when_everything_is_in_use_probes_are_answered() {
    let server = Server::start(ConnectionLimits { total: 4, per_address: 2, reserved: 1, grace: Duration::ZERO }).await;
    let mut working = Vec::new();
    for from in [FLOODER, FLOODER, OTHER, OTHER] {
        working.push(server.work(from).await);
    }
    sleep(Duration::from_millis(200)).await;
    for from in ["127.0.0.3:0", FLOODER, OTHER] {
        let _silent = server.connect(from).await;
        assert!(server.is_healthy(from).await, "{from}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_arrives_too_slowly_is_cut_off() {
    let server =
        Server::start(ConnectionLimits { total: 16, per_address: 16, reserved: 2, grace: Duration::ZERO }).await;
    let began = Instant::now();
    let mut stream = server.connect(FLOODER).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut answers, mut requests) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while requests.write_all(b" ").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = Vec::new();
    let _ = timeout(SOON, answers.read_to_end(&mut answer)).await.expect("the connection ends");
    assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 400 "), "{}", String::from_utf8_lossy(&answer));
    assert!(began.elapsed() >= Duration::from_secs(1), "a second is allowed");
    trickle.abort();
    server.stop().await;
}

/// A body of which one piece has come.
fn unfinished() -> Body {
    let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{")) });
    Body::from_stream(first.chain(stream::pending()))
}

#[tokio::test]
async fn bodies_at_once_are_limited_by_address() {
    let endpoint = TestEndpoint::with(|settings| settings.bodies_per_address = 2);
    let router = &endpoint.service.router;
    let open = || {
        let request = post(unfinished(), &[("content-type", "application/json")]);
        tokio::spawn(router.clone().oneshot(request))
    };
    let bodies = [open(), open()];
    sleep(Duration::from_millis(100)).await;
    let refused = endpoint.query("{ hello }").await;
    assert_eq!((refused.status.as_u16(), refused.refused(), refused.header("retry-after")), (429, "RATE_LIMITED", "1"));
    // Without a body nothing is taken.
    assert_eq!(endpoint.get(&[("query", "{ hello }")]).await.data(), &json!({ "hello": "world" }));
    for body in bodies {
        body.abort();
        let _ = body.await;
    }
    assert_eq!(endpoint.query("{ hello }").await.data(), &json!({ "hello": "world" }));
}

#[tokio::test]
async fn requests_in_work_are_limited_but_not_what_waits_for_its_client() {
    let endpoint = TestEndpoint::with(|settings| settings.concurrent = 2);
    *endpoint.valid_tokens.lock().unwrap() = vec!["alice", "admin"];
    let router = &endpoint.service.router;
    let open = |body: Body, accept: &str| {
        let request = post(body, &[("content-type", "application/json"), ("accept", accept)]);
        tokio::spawn(router.clone().oneshot(request))
    };
    let subscription = json!({ "query": "subscription { forever }" }).to_string();
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(open(subscription.clone().into(), "text/event-stream").await.unwrap().unwrap());
    }
    let bodies = [(); 4].map(|()| open(unfinished(), "*/*"));
    sleep(Duration::from_millis(100)).await;
    let work = json!({ "query": "{ sleep(milliseconds: 1000) }" }).to_string();
    let working = [(); 2].map(|()| open(work.clone().into(), "*/*"));
    sleep(Duration::from_millis(100)).await;

    let refused = endpoint.query("{ hello }").await;
    assert_eq!((refused.status.as_u16(), refused.refused(), refused.header("retry-after")), (503, "UNAVAILABLE", "1"));
    let as_admin = [("content-type", "application/json"), ("authorization", "Bearer admin")];
    let answer = endpoint.send(post(json!({ "query": "{ hello }" }).to_string(), &as_admin)).await;
    assert_eq!(answer.data(), &json!({ "hello": "world" }));
    let probe = Request::get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(endpoint.send(probe).await.status, 200);
    for work in working {
        assert_eq!(work.await.unwrap().unwrap().status(), 200, "what was let in is answered");
    }
    assert_eq!(endpoint.query("{ hello }").await.data(), &json!({ "hello": "world" }));
    for body in bodies {
        body.abort();
    }
}

#[tokio::test]
async fn a_request_that_its_client_gives_up_leaves_room() {
    let endpoint = TestEndpoint::with(|settings| settings.concurrent = 1);
    let body = json!({ "query": "{ sleep(milliseconds: 5000) }" }).to_string();
    for _ in 0..3 {
        let request = post(body.clone(), &[("content-type", "application/json")]);
        let sleeping = tokio::spawn(endpoint.service.router.clone().oneshot(request));
        sleep(Duration::from_millis(50)).await;
        assert_eq!(endpoint.query("{ hello }").await.status.as_u16(), 503);
        sleeping.abort();
        assert!(sleeping.await.is_err());
        assert_eq!(endpoint.query("{ hello }").await.data(), &json!({ "hello": "world" }));
        assert_eq!(endpoint.query("{ panic }").await.status.as_u16(), 500);
    }
}

#[tokio::test]
async fn streams_are_limited_by_address_but_not_for_admins() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.streams_per_address = 2);
    *endpoint.valid_tokens.lock().unwrap() = vec!["alice", "admin"];
    let open = async |token: &str| {
        let body = json!({ "query": "subscription { forever }" }).to_string();
        let authorization = format!("Bearer {token}");
        let headers = [
            ("content-type", "application/json"),
            ("accept", "text/event-stream"),
            ("authorization", authorization.as_str()),
        ];
        endpoint.service.router.clone().oneshot(post(body, &headers)).await.unwrap()
    };
    let first = open("alice").await;
    let second = open("alice").await;
    let refused = open("alice").await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(open("admin").await.status(), 200);
    assert_eq!([first.status(), second.status()], [200, 200]);
    drop(first);
    assert_eq!(open("alice").await.status(), 200);
}
