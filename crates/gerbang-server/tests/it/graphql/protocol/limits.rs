//! How much a document may ask for.

use std::time::Instant;

use axum::http::StatusCode;
use gerbang_graphql::settings::Audience;
use serde_json::json;

use crate::support::{Reply, TestEndpoint};

fn nested(levels: usize) -> String {
    // `thing` and `name` around a chain.
    format!("{{ thing {{ {} name {} }} }}", "thing { ".repeat(levels - 2), "} ".repeat(levels - 2))
}

#[track_caller]
fn assert_over(reply: &Reply, limit: &str, maximum: u64) {
    assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED"));
    let extensions = &reply.body["errors"][0]["extensions"];
    assert_eq!((extensions["limit"].as_str(), extensions["maximum"].as_u64()), (Some(limit), Some(maximum)));
}

#[tokio::test]
async fn depth_is_limited_and_introspection_not_counted() {
    let endpoint = TestEndpoint::new();
    assert_eq!(endpoint.query(&nested(20)).await.status, StatusCode::OK);
    let reply = endpoint.query(&nested(21)).await;
    assert_over(&reply, "depth", 20);
    assert_eq!(reply.message(), "The operation is 21 fields deep; at most 20 are allowed.");
    let introspection = include_str!("introspection.graphql");
    let schema = endpoint.query(introspection).await;
    assert_eq!(schema.data()["__schema"]["queryType"]["name"], "Query");
    let product =
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert_over(&endpoint.query(product).await, "introspection", 3);
}

#[tokio::test]
async fn complexity_counts_the_rows_that_are_asked_for() {
    let endpoint = TestEndpoint::new();
    let query =
        "query ($n: Int) { things(first: 100) { nodes { things(first: $n) { nodes { a: name b: name c: name } } } } }";
    let with = |rows: u64| json!({ "query": query, "variables": { "n": rows } });
    assert_eq!(endpoint.post(with(5)).await.status, StatusCode::OK);
    let deeper =
        "{ things(first: 100) { nodes { things(first: 100) { nodes { things(first: 100) { nodes { name } } } } } } }";
    let reply = endpoint.query(deeper).await;
    assert_over(&reply, "complexity", 100_000);
    assert!(reply.message().contains("Ask for smaller pages"), "{}", reply.message());
}

#[tokio::test]
async fn aliases_are_limited_those_of_fragments_each_time() {
    let endpoint = TestEndpoint::new();
    let aliases = |count: usize| (0..count).map(|n| format!("a{n}: hello ")).collect::<String>();
    assert_eq!(endpoint.query(&format!("{{ {} }}", aliases(200))).await.status, StatusCode::OK);
    assert_over(&endpoint.query(&format!("{{ {} }}", aliases(201))).await, "aliases", 200);
    let spread = format!("{{ ...F ...F ...F }} fragment F on Query {{ {} }}", aliases(67));
    assert_over(&endpoint.query(&spread).await, "aliases", 200);
}

#[tokio::test]
async fn tokens_are_limited() {
    let endpoint = TestEndpoint::new();
    let fields = |count: usize| format!("{{ {} }}", "hello ".repeat(count));
    assert_eq!(endpoint.query(&fields(29_998)).await.status, StatusCode::OK);
    assert_over(&endpoint.query(&fields(29_999)).await, "tokens", 30_000);
    let comment = format!("{{ hello }} # {}", "word ".repeat(40_000));
    assert_eq!(endpoint.query(&comment).await.status, StatusCode::OK, "comments are no tokens");
    let text = format!("{{ byId(id: \"{}\") }}", "word ".repeat(40_000));
    assert_eq!(endpoint.query(&text).await.status, StatusCode::OK, "a string is one token");
}

#[tokio::test]
async fn hostile_documents_are_refused_at_once() {
    let endpoint = TestEndpoint::new();
    let bomb: String = (0..40).map(|n| format!("fragment F{n} on Query {{ ...F{} ...F{} }} ", n + 1, n + 1)).collect();
    let chain: String = (0..2_000).map(|n| format!("fragment F{n} on Query {{ ...F{} }} ", n + 1)).collect();
    let started = Instant::now();
    for query in [
        format!("{{ ...F0 }} {bomb} fragment F40 on Query {{ hello }}"),
        format!("{{ hello }} query Other {{ ...F0 }} {bomb} fragment F40 on Query {{ hello }}"),
        format!("{{ hello }} {chain} fragment F2000 on Query {{ hello }}"),
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }".to_owned(),
        "{ hello } fragment F on Query { ...F }".to_owned(),
        format!("{{ {} }}", "... { ".repeat(5_000)),
        format!("{{ byId(id: {}) }}", "[".repeat(15_000)),
        format!("{{ byId(id: {}1{}) }}", "[".repeat(14_000), "]".repeat(14_000)),
        format!("{{ byId(id: {}1{}) }}", "{a:".repeat(7_000), "}".repeat(7_000)),
    ] {
        let reply = endpoint.query(&query).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", &query[..60]);
        reply.refused();
    }
    assert!(started.elapsed().as_secs() < 5, "took {:?}", started.elapsed());
}

#[tokio::test]
async fn bodies_are_limited() {
    let endpoint = TestEndpoint::new();
    let body = json!({ "query": "{ hello }", "padding": "x".repeat(1024 * 1024) });
    let reply = endpoint.post(body).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn introspection_can_be_turned_off() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.introspection = Audience::Off);
    assert_eq!(endpoint.query("{ __schema { queryType { name } } }").await.refused(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(endpoint.query("{ __typename hello }").await.data(), &json!({"__typename": "Query", "hello": "world"}));
}
