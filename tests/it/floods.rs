//! Floods, in small: of connections, streams and bodies, from one address and from many. Whoever else comes is served,
//! and so are probes and admins.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use bytes::Bytes;
use futures_util::{StreamExt, future::join_all, stream};
use gerbang::{accounts::Role, demo};
use gerbang_server::{
    connections::{ConnectionLimits, Connections},
    middleware::client::TrustedProxies,
    server::{Timeouts, serve_until},
};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use tower::ServiceExt;

use crate::support::{
    TestApp,
    legacy::Legacy,
    protocol::{TestEndpoint, post},
};

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
        let endpoint = TestEndpoint::with(|config| config.limits.body_seconds = 1);
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
    let endpoint = TestEndpoint::with(|config| config.limits.bodies_per_address = 2);
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
async fn too_many_bodies_are_refused_in_the_format_of_each_api() {
    let server = Legacy::over(TestApp::with(|config| config.limits.bodies_per_address = 1).await);
    let request = Request::post("/apextrack/api/register").header("content-type", "application/json");
    let open = tokio::spawn(server.app.router().oneshot(request.body(unfinished()).unwrap()));
    sleep(Duration::from_millis(100)).await;
    // Another router has counters of its own.
    let login = json!({ "email": "a@example.com", "password": "x" });
    assert_ne!(server.post("/talentsmapping/api/auth/login").json(&login).await.status, 429);
    open.abort();

    let router = server.app.router();
    let request = Request::post("/apextrack/api/register").header("content-type", "application/json");
    let open = tokio::spawn(router.clone().oneshot(request.body(unfinished()).unwrap()));
    sleep(Duration::from_millis(100)).await;
    for (path, message) in [
        ("/talentsmapping/api/auth/login", "Too Many Attempts."),
        ("/notary/api/v1/auth/signin", "Too many request"),
        ("/staff/api/v1/auth/login", "Too Many Attempts."),
    ] {
        let request = Request::post(path).header("content-type", "application/json").header("host", "gerbang.test");
        let response = router.clone().oneshot(request.body(Body::from(login.to_string())).unwrap()).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (429, &"1".parse().unwrap()),
            "{path}"
        );
        let body: Value =
            serde_json::from_slice(&axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap();
        assert_eq!(body["message"], message, "{path}: {body}");
    }
    open.abort();
}

#[tokio::test]
async fn streams_are_limited_by_address_but_not_for_admins() {
    let endpoint = TestEndpoint::with(|config| config.limits.streams_per_address = 2);
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

/// The program, which may have few files open.
struct Program {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Program {
    /// With as many files as `ulimit` is told to allow.
    async fn start(ulimit: &str) -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = folder.path().join("log");
        let script = format!("ulimit {ulimit} && exec \"$0\" \"$@\"");
        let child = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_gerbang"), "demo", "--listen", &address.to_string(), "--data"])
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let program = Self { child, address, _folder: folder };
        let began = Instant::now();
        while program.healthy().await.is_none() {
            assert!(began.elapsed() < Duration::from_mins(1), "the program does not start");
            sleep(Duration::from_millis(50)).await;
        }
        (program, std::fs::read_to_string(log).unwrap())
    }

    /// How long a probe takes.
    async fn healthy(&self) -> Option<Duration> {
        let began = Instant::now();
        let mut stream = TcpStream::connect(self.address).await.ok()?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.ok()?;
        let mut answer = String::new();
        timeout(SOON, stream.read_to_string(&mut answer)).await.ok()?.ok()?;
        answer.starts_with("HTTP/1.1 200 ").then(|| began.elapsed())
    }

    /// The answer to an operation.
    async fn ask(&self, body: &str, headers: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).await.ok()?;
        let length = body.len();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(head.as_bytes()).await.ok()?;
        let mut answer = String::new();
        timeout(SOON, stream.read_to_string(&mut answer)).await.ok()?.ok()?;
        Some(answer)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn more_idle_sockets_than_open_files_block_no_probe() {
    let (program, _) = Program::start("-n 256").await;
    let mut idle = Vec::new();
    let mut slowest = Duration::ZERO;
    for _ in 0..6 {
        for _ in 0..50 {
            idle.push(TcpStream::connect(program.address).await.unwrap());
        }
        let took = program.healthy().await.expect("a probe is answered");
        slowest = slowest.max(took);
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_and_logged() {
    let (_program, log) = Program::start("-S -n 200").await;
    let line = log.lines().find(|line| line.contains("files and sockets that may be open at once"));
    let line = line.unwrap_or_else(|| panic!("nothing of files in {log}"));
    let limit = line.rsplit_once("limit=").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<u64>().ok());
    assert!(limit.is_some_and(|limit| limit > 200), "{line}");
}

/// Sends a body that never ends, a byte at a time, and another when it is refused.
async fn trickle(address: SocketAddr, from: String) {
    const HEAD: &[u8] = b"POST /talentsmapping/api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(from.parse().unwrap()).unwrap();
        if let Ok(mut stream) = socket.connect(address).await
            && stream.write_all(HEAD).await.is_ok()
        {
            let mut buffer = [0; 512];
            loop {
                match timeout(Duration::from_secs(1), stream.read(&mut buffer)).await {
                    Ok(Ok(0) | Err(_)) => break,
                    Err(_) if stream.write_all(b" ").await.is_err() => break,
                    Ok(Ok(_)) | Err(_) => {}
                }
            }
        }
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn endless_bodies_block_neither_probes_nor_admins() {
    let (program, _) = Program::start("-n 256").await;
    let admin = demo::accounts().iter().find(|account| account.role == Role::Admin).unwrap();
    let login = json!({
        "query": "mutation($input: LoginInput!) { login(input: $input) { token { content } } }",
        "variables": { "input": { "realm": admin.realm.to_value().to_uppercase(), "email": admin.email, "password": "rahasia-demo-123" } },
    });
    let answer = program.ask(&login.to_string(), "").await.expect("there is time before the flood");
    let answer: Value = serde_json::from_str(answer.rsplit_once("\r\n\r\n").unwrap().1).unwrap();
    let token = answer["data"]["login"]["token"]["content"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let authorization = format!("authorization: Bearer {token}\r\n");

    // More than may be open, from more addresses than reach that with their shares.
    let mut flood = JoinSet::new();
    for number in 0..280 {
        flood.spawn(trickle(program.address, format!("127.0.1.{}:0", number % 8 + 1)));
    }
    sleep(Duration::from_secs(2)).await;
    let query = json!({ "query": "{ me { id } }" }).to_string();
    let mut refused = 0;
    for _ in 0..10 {
        let took = program.healthy().await.expect("a probe is answered");
        assert!(took < Duration::from_secs(2), "{took:?}");
        let answer = program.ask(&query, &authorization).await.expect("an admin is answered");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let stranger = program.ask(&query, "").await.expect("a stranger is answered");
        if stranger.starts_with("HTTP/1.1 503 ") {
            assert!(stranger.contains("retry-after: 1\r\n") && stranger.contains("UNAVAILABLE"), "{stranger}");
            refused += 1;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(refused > 0, "bodies have a bound in all");
}
