//! The GraphQL endpoint behind all that a request passes in the server, on the schema of `gerbang-server`'s tests.

use std::sync::OnceLock;

use axum::{body::Body, http::Request};

use self::support::TestEndpoint;

#[path = "../../crates/gerbang-server/tests/it/support/mod.rs"]
#[allow(unused_imports)]
mod support;

/// Fields and arguments that take long, take much or fail because the tests want it to.
const ON_PURPOSE: [&str; 8] = ["slow", "seconds", "Slowly", "bytes", "count", "sum", "fail", "panic"];

fn endpoint() -> &'static TestEndpoint {
    static ENDPOINT: OnceLock<TestEndpoint> = OnceLock::new();
    ENDPOINT.get_or_init(TestEndpoint::new)
}

/// Sends a request, unless it asks for what is slow or fails on purpose.
pub async fn send(method: &str, path: &str, content_type: &str, body: &[u8]) -> u16 {
    let whole = [path.as_bytes(), body].concat();
    let asks_for = |word: &&str| whole.windows(word.len()).any(|at| at == word.as_bytes());
    if ON_PURPOSE.iter().any(asks_for) {
        return 200;
    }
    let request = Request::builder().method(method).uri(path).header("host", "gerbang.test");
    let request = request.header("content-type", content_type).header("graphql-require-preflight", "true");
    match request.body(Body::from(body.to_vec())) {
        Ok(request) => endpoint().send(request).await.status.as_u16(),
        Err(_) => 400,
    }
}
