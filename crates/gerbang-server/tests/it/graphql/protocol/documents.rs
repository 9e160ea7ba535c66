//! Documents that are known: validated once, sent as their hash, trusted from the start.

use std::{io::Write, sync::atomic::Ordering};

use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{JSON, RESPONSE};
use crate::support::{TRUSTED, TestEndpoint, trusted};

#[tokio::test]
async fn a_query_is_validated_once_and_a_mutation_each_time() {
    let endpoint = TestEndpoint::new();
    for _ in 0..3 {
        endpoint.query("{ hello }").await.data();
    }
    assert_eq!(endpoint.validated.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        endpoint.query("mutation { count }").await.data();
    }
    assert_eq!(endpoint.validated.load(Ordering::SeqCst), 4);
}

const TYPENAME_HASH: &str = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

fn persisted(hash: &str, version: u32, query: Option<&str>) -> Value {
    let extensions = json!({ "persistedQuery": { "version": version, "sha256Hash": hash } });
    query.map_or_else(
        || json!({ "extensions": extensions }),
        |query| json!({ "query": query, "extensions": extensions }),
    )
}

#[tokio::test]
async fn a_document_can_be_sent_as_its_hash_once_it_is_known() {
    let endpoint = TestEndpoint::new();
    for accept in [JSON, RESPONSE] {
        let reply = endpoint.post_as(accept, persisted(TYPENAME_HASH, 1, None)).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!((reply.refused(), reply.message()), ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"));
        assert_eq!(reply.header("cache-control"), "private, no-cache, must-revalidate");
    }
    let typename = json!({"__typename": "Query"});
    assert_eq!(endpoint.post(persisted(TYPENAME_HASH, 1, Some("{__typename}"))).await.data(), &typename);
    assert_eq!(endpoint.post(persisted(TYPENAME_HASH, 1, None)).await.data(), &typename);
    let extensions = persisted(TYPENAME_HASH, 1, None)["extensions"].to_string();
    assert_eq!(endpoint.get(&[("extensions", &extensions)]).await.data(), &typename);
}

#[tokio::test]
async fn a_hash_must_be_right_and_its_document_valid_to_be_kept() {
    let endpoint = TestEndpoint::new();
    let reply = endpoint.post(persisted(TYPENAME_HASH, 1, Some("{ hello }"))).await;
    assert_eq!((reply.status, reply.message()), (StatusCode::BAD_REQUEST, "provided sha does not match query"));
    let reply = endpoint.post(persisted(TYPENAME_HASH, 2, None)).await;
    assert_eq!((reply.status, reply.message()), (StatusCode::BAD_REQUEST, "Unsupported persisted query version"));
    // query Q{me{id}}: no field of this schema.
    let unknown_field = "f02beb4c1f4a0996743e34408af51a7648cdc331e1f4ef3009a344f9e8289115";
    let reply = endpoint.post(persisted(unknown_field, 1, Some("query Q{me{id}}"))).await;
    assert_eq!(reply.refused(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(endpoint.post(persisted(unknown_field, 1, None)).await.refused(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn trusted_documents_are_known_by_their_hash() {
    let endpoint = TestEndpoint::new();
    let hash = hex::encode(Sha256::digest(TRUSTED));
    assert_eq!(endpoint.post(persisted(&hash, 1, None)).await.data(), &json!({"hello": "world", "one": 1}));
}

/// A file of these documents by their id.
fn listed(documents: &Value) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(documents.to_string().as_bytes()).unwrap();
    file
}

#[tokio::test]
async fn a_trusted_document_is_not_looked_at_again() {
    let file = listed(&json!({
        "hello": "query Hello { hello }",
        "echo": "query Echo($text: String!) { echo(input: { text: $text }) }",
        "count": "mutation Count { count }",
    }));
    let trusted = trusted(&[file.path()]).await.unwrap();
    let endpoint = TestEndpoint::with(|settings| settings.trusted = trusted);
    for _ in 0..2 {
        assert_eq!(endpoint.post(json!({ "documentId": "hello" })).await.data()["hello"], "world");
        assert_eq!(endpoint.get(&[("documentId", "hello"), ("operationName", "Hello")]).await.data()["hello"], "world");
        assert_eq!(endpoint.post(persisted("hello", 1, None)).await.data()["hello"], "world");
        endpoint.post(json!({ "documentId": "count" })).await.data();
    }
    assert_eq!(endpoint.validated.load(Ordering::SeqCst), 0);
    // Variables are.
    let reply = endpoint.post(json!({ "documentId": "echo", "variables": { "text": 7 } })).await;
    assert_eq!(reply.refused(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_document_is_named_once_and_run_as_what_it_is() {
    let file = listed(&json!({ "hello": "query Hello { hello }", "count": "mutation Count { count }" }));
    let trusted = trusted(&[file.path()]).await.unwrap();
    let endpoint = TestEndpoint::with(|settings| settings.trusted = trusted);
    let extensions = persisted("hello", 1, None)["extensions"].clone();
    for (body, code) in [
        (json!({ "documentId": "hell" }), "DOCUMENT_NOT_FOUND"),
        (json!({ "documentId": "hello", "operationName": "Bye" }), "OPERATION_RESOLUTION_FAILURE"),
        (json!({ "documentId": "hello", "query": "{ one }" }), "BAD_REQUEST"),
        (json!({ "documentId": "hello", "extensions": extensions }), "BAD_REQUEST"),
        (json!({ "documentId": 7 }), "BAD_REQUEST"),
    ] {
        assert_eq!(endpoint.post(body.clone()).await.refused(), code, "{body}");
    }
    let reply = endpoint.get(&[("documentId", "count")]).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"));
}
