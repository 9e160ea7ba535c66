//! Every refusal of the gateway's own paths has its envelope: a code for programs, a message for people, both as JSON.

use crate::support::{TestApp, legacy::Legacy, protocol::Reply};

/// What is wrong, by the path: what the router reads of a path, a query string, a method and a handshake.
const WRONG: [(&str, &str, u16, &str); 26] = [
    // Bytes that are no text.
    ("GET", "/storage/%ff", 400, "BAD_REQUEST"),
    ("GET", "/storage/documents/%c3%28.pdf", 400, "BAD_REQUEST"),
    ("HEAD", "/storage/%ff", 400, ""),
    ("GET", "/explorer/%ff", 400, "BAD_REQUEST"),
    ("GET", "/c/%ff", 404, "NOT_FOUND"),
    // A parameter given twice.
    ("GET", "/storage/documents/a.pdf?expires=1&expires=2", 400, "BAD_REQUEST"),
    ("GET", "/storage/documents/a.pdf?signature=1&signature=2", 400, "BAD_REQUEST"),
    ("GET", "/explorer?operation=A&operation=B", 400, "BAD_REQUEST"),
    ("GET", "/graphql?query={a}&query={b}", 400, "BAD_REQUEST"),
    ("GET", "/graphql?query={a}&variables=7", 400, "BAD_REQUEST"),
    // A method that is not for the path.
    ("POST", "/storage/documents/a.pdf", 405, "METHOD_NOT_ALLOWED"),
    ("DELETE", "/c/link", 405, "METHOD_NOT_ALLOWED"),
    ("PUT", "/explorer", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/explorer/context.json", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/explorer/assets/a.js", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/playground", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/schema.graphql", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/favicon.ico", 405, "METHOD_NOT_ALLOWED"),
    ("DELETE", "/graphql", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/healthz", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/readyz", 405, "METHOD_NOT_ALLOWED"),
    ("PUT", "/metrics", 405, "METHOD_NOT_ALLOWED"),
    // Nothing there.
    ("GET", "/storage/documents/a.pdf", 404, "NOT_FOUND"),
    ("GET", "/explorer/assets/a.js", 404, "NOT_FOUND"),
    ("GET", "/c/nobodys", 404, "NOT_FOUND"),
    // What hyper lets through and nobody takes.
    ("GET", "/storage/%00", 404, "NOT_FOUND"),
];

#[track_caller]
fn is_ours(reply: &Reply, status: u16, code: &str, what: &str) {
    assert_eq!(reply.status.as_u16(), status, "{what}: {reply:?}");
    if status == 405 {
        assert!(!reply.header("allow").is_empty(), "{what}: {reply:?}");
    }
    if code.is_empty() {
        assert_eq!(reply.text, "", "{what}");
        return;
    }
    assert!(reply.header("content-type").starts_with("application/json"), "{what}: {reply:?}");
    assert_eq!(reply.refused(), code, "{what}");
    assert!(reply.message().ends_with('.'), "{what}: {reply:?}");
}

#[tokio::test]
async fn unreadable_requests_are_refused_in_the_envelope() {
    let server = Legacy::over(TestApp::new().await);
    for (method, path, status, code) in WRONG {
        is_ours(&server.call(method, path).send().await, status, code, &format!("{method} {path}"));
    }
}

#[tokio::test]
async fn a_bad_handshake_is_refused_in_the_envelope() {
    let server = Legacy::over(TestApp::new().await);
    let reply = server.get("/graphql?query={__typename}").header("upgrade", "WebSocket").send().await;
    is_ours(&reply, 400, "BAD_REQUEST", "a WebSocket without its key");
    // What Java's client offers with every request is passed over.
    let offer = server.get("/graphql?query={__typename}").header("upgrade", "h2c").header("connection", "upgrade");
    assert_eq!(offer.send().await.data()["__typename"], "Query");
}

#[tokio::test]
async fn the_reference_of_an_api_refuses_in_that_apis_format() {
    let server = Legacy::over(TestApp::new().await);
    for path in ["/talentsmapping/docs", "/talentsmapping/openapi.json", "/talentsmapping/docs/start.js"] {
        let reply = server.post(path).send().await;
        reply.says(405, "Method not allowed.");
        assert_eq!(reply.header("allow"), "GET, HEAD");
    }
    server.post("/apextrack/docs").send().await.says(405, "Metode tidak diizinkan.");
}
