//! The server over the product: whether it is there, and that it serves what it should.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use gerbang::accounts::{Realm, Role};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::support::{
    TestApp,
    legacy::Legacy,
    log::Lines,
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

#[tokio::test]
async fn a_line_of_the_log_tells_who_asked_for_what() {
    let app = TestApp::new().await;
    let customer = app.user(Realm::Notary, Role::Customer).await;
    let legacy = Legacy::over(app);
    let token = legacy.log_in_graphql("NOTARY", &customer.email).await;
    let (lines, guard) = Lines::collect();
    let forbidden = json!({ "query": "query Secrets { partners { totalCount } }" });
    let call = legacy.post("/graphql").token(&token).header("apollographql-client-name", "orders web");
    call.json(&forbidden).await;
    legacy.get("/talentsmapping/api/clients?token=secret").header("user-agent", "Old/1.0").send().await;
    let long = "x".repeat(60_000);
    legacy.get(&format!("/{long}")).send().await;
    drop(guard);
    let log = lines.text();
    let answered: Vec<_> = log.lines().filter(|line| line.contains("answered")).collect();
    for (line, told) in answered.iter().zip([
        vec![
            "operation=\"Secrets\"",
            "code=\"FORBIDDEN\"",
            &format!("user=\"{}\"", customer.id),
            "realm=\"NOTARY\"",
            "client=\"orders web\"",
            "ip=127.0.0.1",
            "status=200",
        ],
        vec!["route=talentsmapping/ListClients", "code=\"UNAUTHENTICATED\"", "client=\"Old/1.0\"", "status=401"],
        vec![&format!("path=\"/{}\"", &long[..999]), "route=none", "status=404"],
    ]) {
        assert!(told.iter().all(|word| line.contains(word)), "{told:?}: {line}");
    }
    assert_eq!(answered.len(), 3, "{log}");
    assert!(!log.contains(&token) && !log.contains("token=secret"), "{log}");
}

#[tokio::test]
async fn a_slow_statement_is_in_the_log_without_its_values() {
    let app = TestApp::with(|config| config.log.slow_ms = 1).await;
    let (lines, guard) = Lines::collect();
    let db = app.domain.db.read();
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n WHERE i <> $1";
    db.query_one_raw(Statement::from_sql_and_values(app.domain.db.backend(), long, [987_654_i64.into()]))
        .await
        .unwrap();
    drop(guard);
    let log = lines.text();
    let slow = log.lines().find(|line| line.contains("a statement was slow")).expect(&log);
    assert!(slow.contains("WITH RECURSIVE") && slow.contains("milliseconds="), "{slow}");
    assert!(!slow.contains("987654"), "{slow}");
}

#[tokio::test]
async fn metrics_show_pools_and_queues_and_begin_at_zero() {
    let app = TestApp::new().await;
    let text = send(&app.router(), get("/metrics")).await.text;
    for series in [
        "gerbang_queue_depth{queue=\"clicks\"} 0",
        "gerbang_queue_depth{queue=\"payments\"} 0",
        "gerbang_queue_depth{queue=\"reports\"} 0",
        "gerbang_outbox_messages_total{channel=\"email\",outcome=\"failed\"}",
        "gerbang_payment_notifications_total{provider=\"xendit\",outcome=\"refused\"}",
        "gerbang_legacy_requests_total{api=\"staff\",operation=\"LogInStaff\"}",
        "gerbang_graphql_operations_total{kind=\"mutation\",outcome=\"errors\"}",
        "gerbang_db_connections_max{pool=",
    ] {
        assert!(text.contains(series), "{series}: {text}");
    }
}
