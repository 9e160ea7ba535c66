//! The server over the product: whether it is there, and that it serves what it should.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use crate::support::{
    TestApp,
    protocol::{post, send},
};

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn liveness_and_readiness_have_separate_probes() {
    let app = TestApp::new().await;
    let router = app.router();
    assert_eq!(send(&router, get("/healthz")).await.body, json!({ "status": "ok" }));
    assert_eq!(send(&router, get("/readyz")).await.body, json!({ "status": "ok" }));
    assert_eq!(app.statements(), app.statements(), "a probe counts for nobody");
    app.domain.db.clone().close().await.unwrap();
    assert_eq!(send(&router, get("/readyz")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(send(&router, get("/healthz")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_product_is_served() {
    let app = TestApp::new().await;
    let router = app.router();
    let query = r#"{"query":"{ assessmentDictionary { clusters { code } } }"}"#;
    let reply = send(&router, post(query, &[("content-type", "application/json")])).await;
    assert_eq!(reply.data()["assessmentDictionary"]["clusters"].as_array().map(Vec::len), Some(8));
    let reply = send(&router, get("/nowhere")).await;
    assert_eq!((reply.status, reply.body), (StatusCode::NOT_FOUND, json!({ "message": "Not found." })));
}
