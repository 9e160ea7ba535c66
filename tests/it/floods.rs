//! Floods of the product, in small: it answers in the format of each API, and with few files open still answers probes
//! and admins.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use gerbang::{
    accounts::{Realm, Role},
    demo,
};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use crate::support::{TestApp, app::PASSWORD, database::TestDatabase, legacy::Legacy, protocol::send};

const SOON: Duration = Duration::from_secs(5);

/// A body of which one piece has come.
fn unfinished() -> Body {
    let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{")) });
    Body::from_stream(first.chain(stream::pending()))
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
async fn too_many_requests_in_work_are_refused_in_the_format_of_each_api() {
    let app = TestApp::on(TestDatabase::embedded(), |config| config.limits.concurrent = 1).await;
    let user = app.user(Realm::Apextrack, Role::Affiliate).await;
    let router = app.router();
    // Whoever logs in waits for this.
    let writing = app.domain.db.begin().await.unwrap();
    let login = json!({ "email": user.email, "password": PASSWORD, "device_name": "hp" }).to_string();
    let request = Request::post("/apextrack/api/login").header("content-type", "application/json");
    let request = request.header("host", "gerbang.test").body(Body::from(login)).unwrap();
    let held = tokio::spawn(router.clone().oneshot(request));
    sleep(Duration::from_millis(100)).await;
    assert!(!held.is_finished(), "{:?}", held.await);
    for (path, message) in [
        ("/talentsmapping/api/auth/me", "Service Unavailable"),
        ("/apextrack/api/dashboard-data", "Server sedang sibuk. Silakan coba beberapa saat lagi."),
        ("/notary/api/v1/office/service", "Service unavailable. Try again later."),
        ("/scholarship/api/settings", "Layanan tidak tersedia"),
        ("/staff/api/v1/auth/profile", "Service Unavailable"),
        ("/c/nothing", "The server is busy. Try again in a moment."),
    ] {
        let request = Request::get(path).header("host", "gerbang.test").body(Body::empty()).unwrap();
        let reply = send(&router, request).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "1"), "{path}: {reply:?}");
        assert_eq!(reply.body["message"], message, "{path}");
    }
    writing.rollback().await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    let request = Request::get("/scholarship/api/settings").header("host", "gerbang.test");
    assert_eq!(send(&router, request.body(Body::empty()).unwrap()).await.status, 200);
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
