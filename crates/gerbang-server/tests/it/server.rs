//! What happens to every request, and the server's beginning and end.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode},
};
use gerbang_server::{
    middleware::headers,
    server::{Timeouts, serve_until},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

use crate::support::{Reply, TestEndpoint, post};

const SOON: Duration = Duration::from_secs(5);

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let builder = Request::builder().method(method).uri(path);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(Body::empty()).unwrap()
}

async fn get(endpoint: &TestEndpoint, path: &str, headers: &[(&str, &str)]) -> Reply {
    endpoint.send(request(Method::GET, path, headers)).await
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let endpoint = TestEndpoint::new();
    let made = get(&endpoint, "/graphql?query={hello}", &[]).await;
    assert_eq!(made.header("x-request-id").len(), 36, "{made:?}");
    let given = get(&endpoint, "/graphql?query={hello}", &[("x-request-id", "trace-7.a")]).await;
    assert_eq!(given.header("x-request-id"), "trace-7.a");
    for unfit in ["", "has spaces", "line\tbreak", &"x".repeat(65)] {
        let reply = get(&endpoint, "/graphql?query={hello}", &[("x-request-id", unfit)]).await;
        assert_eq!(reply.header("x-request-id").len(), 36, "{unfit}");
    }
}

#[tokio::test]
async fn an_internal_error_names_its_request_and_nothing_else() {
    let endpoint = TestEndpoint::new();
    let headers = [("content-type", "application/json"), ("x-request-id", "seven")];
    let reply = endpoint.send(post(r#"{"query":"{ maybe { failure } }"}"#, &headers)).await;
    assert_eq!(reply.body["errors"][0]["extensions"], json!({ "code": "INTERNAL", "requestId": "seven" }));
    assert_eq!(reply.message(), "Something went wrong on our side. Try again later.");
}

#[tokio::test]
async fn answers_are_safe_in_browsers() {
    let endpoint = TestEndpoint::new();
    let data = "default-src 'none'; frame-ancestors 'none'";
    for (path, policy) in [("/graphql?query={hello}", data), ("/nowhere", "frame-ancestors 'none'")] {
        let reply = get(&endpoint, path, &[]).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("permissions-policy"), "camera=(), geolocation=(), microphone=()");
        assert_eq!(reply.header("content-security-policy"), policy);
        assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
    }
}

#[tokio::test]
async fn only_configured_origins_may_call_from_a_browser() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.origins = vec!["https://app.example.com".to_owned()]);
    let preflight = |origin: &'static str| {
        let asks = "content-type,authorization,graphql-require-preflight";
        let headers =
            [("origin", origin), ("access-control-request-method", "POST"), ("access-control-request-headers", asks)];
        endpoint.send(request(Method::OPTIONS, "/graphql", &headers))
    };
    let allowed = preflight("https://app.example.com").await;
    assert_eq!(allowed.status, StatusCode::OK);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.com");
    assert!(allowed.header("access-control-allow-headers").contains("graphql-require-preflight"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert_eq!(preflight("https://evil.example.com").await.header("access-control-allow-origin"), "");

    let open = TestEndpoint::with(|settings| settings.graphql.origins = vec!["*".to_owned()]);
    let reply = get(&open, "/graphql?query={hello}", &[("origin", "https://any.example.com")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), "*");
}

/// What clients, tracers and SDKs add to their requests.
const ASKED: &str = "apollographql-client-name, apollographql-client-version, authorization, baggage, cache-control, \
    content-type, graphql-client-name, last-event-id, sentry-trace, traceparent, x-apollo-operation-id, x-csrf-token, \
    x-socket-id";

async fn preflight(endpoint: &TestEndpoint, asked: &str) -> Reply {
    let headers = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", asked),
    ];
    endpoint.send(request(Method::OPTIONS, "/graphql", &headers)).await
}

#[tokio::test]
async fn browsers_may_send_the_headers_that_they_ask_for() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.origins = vec!["https://app.example.com".to_owned()]);
    let reply = preflight(&endpoint, ASKED).await;
    assert_eq!(reply.header("access-control-allow-headers"), ASKED);
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    // What a cache keeps of this is not for a browser that asks for something else.
    for header in ["origin", "access-control-request-headers"] {
        assert!(reply.header("vary").split(", ").any(|varies| varies == header), "{header} in {reply:?}");
    }
    // What is asked for is repeated, but not without end.
    let endless = vec!["x-one-of-many"; 1_000].join(",");
    assert_eq!(preflight(&endpoint, &endless).await.header("access-control-allow-headers"), "");
}

#[tokio::test]
async fn a_setting_names_the_headers_that_browsers_may_send() {
    let endpoint = TestEndpoint::with(|settings| {
        settings.graphql.origins = vec!["https://app.example.com".to_owned()];
        settings.cors_headers = vec!["Authorization".to_owned(), "content-type".to_owned()];
    });
    assert_eq!(preflight(&endpoint, ASKED).await.header("access-control-allow-headers"), "authorization,content-type");

    let names = ["content type".to_owned(), "accept".to_owned()];
    assert_eq!(headers::allowed_headers(&names).unwrap_err(), ["content type"]);
}

#[tokio::test]
async fn the_client_is_the_peer_or_what_a_trusted_proxy_says() {
    let endpoint = TestEndpoint::with(|settings| settings.trusted_proxies = vec!["10.0.0.0/8".to_owned()]);
    for (peer, forwarded, ip) in [
        ("198.51.100.1:1", "203.0.113.7", "198.51.100.1"),
        ("10.0.0.1:1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1:1", "192.0.2.1, 203.0.113.7", "203.0.113.7"),
        ("[::ffff:10.0.0.1]:1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1:1", "[2001:db8:5::1]", "2001:db8:5::1"),
        ("10.0.0.1:1", "203.0.113.37,", "203.0.113.37"),
    ] {
        let mut request = request(Method::GET, "/graphql?query={ip}", &[("x-forwarded-for", forwarded)]);
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        assert_eq!(endpoint.send(request).await.data(), &json!({ "ip": ip }), "{peer} {forwarded}");
    }
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_never_by_path() {
    let endpoint = TestEndpoint::new();
    get(&endpoint, "/graphql?query={hello}", &[]).await;
    get(&endpoint, "/a-path-that-is-made-up", &[]).await;
    endpoint.send(request(Method::from_bytes(b"INVENTED").unwrap(), "/graphql", &[])).await;
    let reply = get(&endpoint, "/metrics", &[]).await;
    assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        r#"gerbang_http_requests_total{method="GET",route="/graphql",status="200"}"#,
        r#"gerbang_http_requests_total{method="GET",route="none",status="404"}"#,
        r#"gerbang_http_requests_total{method="OTHER",route="/graphql",status="405"}"#,
        r#"gerbang_http_request_duration_seconds_bucket{method="GET",route="/graphql",le="0.001"}"#,
        r#"gerbang_db_queries_total{source="request"}"#,
        r#"gerbang_db_queries_total{source="worker"}"#,
        r#"gerbang_graphql_operations_total{kind="query",outcome="ok"}"#,
    ] {
        assert!(reply.text.contains(line), "{line} is missing in\n{}", reply.text);
    }
    assert!(!reply.text.contains("made-up") && !reply.text.contains("INVENTED"));
}

/// A server that listens on a socket.
struct Server {
    endpoint: TestEndpoint,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(timeouts: Timeouts) -> Self {
        let endpoint = TestEndpoint::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving =
            tokio::spawn(serve_until(listener, endpoint.service.clone(), endpoint.shutdown.clone(), timeouts));
        Self { endpoint, address, serving }
    }

    /// Sends a query on a connection of its own and leaves the answer to be read.
    async fn ask(&self, query: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let body = json!({ "query": query }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.unwrap();
        stream
    }
}

async fn read(mut stream: TcpStream) -> String {
    let mut text = String::new();
    timeout(SOON, stream.read_to_string(&mut text)).await.expect("an answer comes soon").unwrap();
    text
}

#[tokio::test]
async fn a_client_that_sends_too_much_still_gets_the_answer() {
    let server = Server::start(Timeouts { head: SOON, write: SOON, drain: SOON }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let length = 8 * 1024 * 1024;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A client that sends all before it reads; with the connection closed early this fails.
    stream.write_all(&vec![b'x'; length]).await.unwrap();
    assert!(read(stream).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn who_expects_100_continue_for_too_large_a_body_is_refused() {
    let server = Server::start(Timeouts { head: SOON, write: SOON, drain: SOON }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 8388608\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(read(stream).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_disconnected() {
    let server = Server::start(Timeouts { head: Duration::from_millis(300), write: SOON, drain: SOON }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut rest = Vec::new();
    let ended = timeout(SOON, stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() {
    let server = Server::start(Timeouts { head: SOON, write: Duration::from_millis(300), drain: SOON }).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut answers, mut requests) = stream.into_split();
    let asking = tokio::spawn(async move {
        while requests.write_all(b"GET /schema.graphql HTTP/1.1\r\nhost: x\r\n\r\n").await.is_ok() {}
    });
    // Requests stop being taken when the answers have filled what lies between, and fail when the server has had enough.
    timeout(SOON, asking).await.expect("the connection ends").unwrap();
    let mut taken = Vec::new();
    let _ = timeout(SOON, answers.read_to_end(&mut taken)).await.expect("and nothing more comes");
}

#[tokio::test]
async fn running_requests_are_finished_before_the_shutdown() {
    let server = Server::start(Timeouts { head: SOON, write: SOON, drain: SOON }).await;
    let slow = server.ask("{ sleep(milliseconds: 500) }").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.endpoint.shutdown.cancel();
    assert!(read(slow).await.ends_with(r#"{"data":{"sleep":true}}"#));
    timeout(SOON, server.serving).await.expect("the server ends").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_request_that_is_on_its_way_on_a_kept_connection_is_answered_after_the_shutdown_began() {
    let server = Server::start(Timeouts { head: SOON, write: SOON, drain: SOON }).await;
    let mut kept = TcpStream::connect(server.address).await.unwrap();
    let ask = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    kept.write_all(ask).await.unwrap();
    let mut first = vec![0; 4_096];
    let length = timeout(SOON, kept.read(&mut first)).await.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&first[..length]).contains("connection: close"));
    server.endpoint.shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(200)).await;
    kept.write_all(ask).await.unwrap();
    let last = read(kept).await;
    assert!(last.starts_with("HTTP/1.1 200") && last.contains("connection: close"), "{last}");
    timeout(SOON, server.serving).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn requests_that_outlast_the_drain_are_not_waited_for() {
    let server = Server::start(Timeouts { head: SOON, write: SOON, drain: Duration::from_millis(300) }).await;
    let _slow = server.ask("{ sleep(milliseconds: 9000) }").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    server.endpoint.shutdown.cancel();
    timeout(SOON, server.serving).await.expect("the server ends").unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
}
