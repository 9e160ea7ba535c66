//! What a request is and what it is refused with: media types, methods, statuses, batches.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};

use super::{JSON, RESPONSE};
use crate::support::{TestEndpoint, get, post};

#[tokio::test]
async fn statuses_follow_the_media_type() {
    let endpoint = TestEndpoint::new();
    for (query, as_response, as_json) in [
        ("{ hello }", 200, 200),
        ("{ maybe { failure } }", 200, 200),
        ("{ thing { failure } }", 200, 200),
        ("{ hello", 400, 200),
        ("{ unknown }", 400, 200),
        ("query ($id: ID!) { byId(id: $id) }", 400, 200),
    ] {
        let reply = endpoint.post_as(RESPONSE, json!({ "query": query })).await;
        assert_eq!(reply.status, as_response, "{query}");
        assert_eq!(reply.header("content-type"), "application/graphql-response+json; charset=utf-8");
        let reply = endpoint.post_as(JSON, json!({ "query": query })).await;
        assert_eq!(reply.status, as_json, "{query}");
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    }
}

#[tokio::test]
async fn an_operation_that_was_not_run_has_no_data_and_one_that_was_has() {
    let endpoint = TestEndpoint::new();
    assert_eq!(endpoint.query("{ unknown }").await.refused(), "GRAPHQL_VALIDATION_FAILED");
    let failed = endpoint.query("{ thing { failure } }").await;
    assert_eq!(failed.body.get("data"), Some(&Value::Null));
    assert_eq!(failed.body["errors"][0]["path"], json!(["thing", "failure"]));
}

#[tokio::test]
async fn an_unacceptable_media_type_answers_406() {
    let endpoint = TestEndpoint::new();
    let reply = endpoint.post_as("text/html", json!({ "query": "{ hello }" })).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST"));
    let reply = endpoint.post_as("*/*", json!({ "query": "{ hello }" })).await;
    assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
    let reply = endpoint.post_as("application/json", json!({ "query": "subscription { ticks(to: 1) }" })).await;
    assert_eq!(reply.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn post_accepts_only_json() {
    let endpoint = TestEndpoint::new();
    let body = r#"{"query":"{ hello }"}"#;
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/json; charset=utf8",
        "application/json;charset=\"UTF8\"",
        "application/json; charset=utf-8; profile=x",
    ] {
        assert_eq!(
            endpoint.send(post(body, &[("content-type", content_type)])).await.data(),
            &json!({"hello": "world"})
        );
    }
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/graphql",
        "application/json; charset=latin1",
        "nonsense",
    ] {
        let reply = endpoint.send(post(body, &[("content-type", content_type)])).await;
        assert_eq!((reply.status, reply.refused()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"));
    }
    assert_eq!(endpoint.send(post(body, &[])).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_request_must_be_well_formed() {
    let endpoint = TestEndpoint::new();
    for body in [
        "",
        "{",
        "null",
        "[]",
        r#""{ hello }""#,
        "{}",
        r#"{"qeury":"{ hello }"}"#,
        r#"{"query":null}"#,
        r#"{"query":7}"#,
        r#"{"query":"{ hello }","variables":[]}"#,
        r#"{"query":"{ hello }","variables":"{}"}"#,
        r#"{"query":"{ hello }","operationName":7}"#,
        r#"{"query":"{ hello }","extensions":[]}"#,
        r#"{"query":"{ hello }","extensions":{"persistedQuery":7}}"#,
        r#"{"query":"{ hello }"} trailing"#,
    ] {
        for accept in [JSON, RESPONSE] {
            let reply = endpoint.send(post(body, &[("content-type", JSON), ("accept", accept)])).await;
            assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"), "{body}");
        }
    }
}

#[tokio::test]
async fn null_is_absent_and_unknown_members_are_ignored() {
    let endpoint = TestEndpoint::new();
    let body = json!({ "query": "{ hello }", "operationName": null, "variables": null, "extensions": null, "id": 7 });
    assert_eq!(endpoint.post(body).await.data(), &json!({"hello": "world"}));
}

#[tokio::test]
async fn the_operation_is_picked_by_name() {
    let endpoint = TestEndpoint::new();
    let query = "query A { hello } query B { one }";
    let with_name = |name: Value| json!({ "query": query, "operationName": name });
    assert_eq!(endpoint.post(with_name(json!("B"))).await.data(), &json!({"one": 1}));
    assert_eq!(endpoint.post(with_name(json!("C"))).await.refused(), "OPERATION_RESOLUTION_FAILURE");
    assert_eq!(endpoint.post(with_name(Value::Null)).await.refused(), "OPERATION_RESOLUTION_FAILURE");
    let anonymous = json!({ "query": "{ hello }", "operationName": "A" });
    assert_eq!(endpoint.post(anonymous).await.message(), "Unknown operation named \"A\".");
}

#[tokio::test]
async fn get_runs_queries_without_further_headers() {
    let endpoint = TestEndpoint::new();
    let query = "query Q($id: ID!) { byId(id: $id) }";
    let named = [("query", query), ("variables", r#"{"id":"7"}"#), ("operationName", "Q"), ("extensions", "")];
    assert_eq!(endpoint.get(&named).await.data(), &json!({"byId": "7"}));
    let reply = endpoint.get(&[("query", "{ hello }"), ("operationName", ""), ("variables", ""), ("utm", "x")]).await;
    assert_eq!(reply.data(), &json!({"hello": "world"}));
    let reply = endpoint.get(&[("query", "{ hello }"), ("operationName", "null")]).await;
    assert_eq!(reply.message(), "Unknown operation named \"null\".");
    assert_eq!(endpoint.get(&[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(endpoint.get(&[("query", "{ hello }"), ("variables", "7")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(endpoint.get(&[("query", "{ hello }"), ("query", "{ one }")]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn get_refuses_mutations() {
    let endpoint = TestEndpoint::new();
    let reply = endpoint.get(&[("query", "mutation { count }")]).await;
    assert_eq!((reply.status, reply.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert_eq!(reply.refused(), "METHOD_NOT_ALLOWED");
    let named = [("query", "query Q { hello } mutation M { count }"), ("operationName", "M")];
    assert_eq!(endpoint.get(&named).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(endpoint.query("mutation { count }").await.data(), &json!({"count": 1}), "nothing was counted before");
    let mut head = get(&[("query", "mutation { count }")]);
    *head.method_mut() = Method::HEAD;
    assert_eq!(endpoint.send(head).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let endpoint = TestEndpoint::new();
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method).uri("/graphql").body(Body::empty()).unwrap();
        let reply = endpoint.send(request).await;
        assert_eq!((reply.status, reply.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, POST"));
    }
}

#[tokio::test]
async fn batches_are_answered_in_order_and_bounded() {
    let endpoint = TestEndpoint::new();
    let batch =
        json!([{ "query": "mutation { count }" }, { "query": "{ unknown }" }, { "query": "mutation { count }" }]);
    let reply = endpoint.post(batch).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body[0], json!({ "data": { "count": 1 } }));
    assert_eq!(reply.body[1]["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(reply.body[2], json!({ "data": { "count": 2 } }));
    let too_many = Value::from(vec![json!({ "query": "{ hello }" }); 11]);
    assert_eq!(endpoint.post(too_many).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_panic_is_an_error_without_details() {
    let endpoint = TestEndpoint::new();
    let reply = endpoint.query("{ panic }").await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    assert!(!reply.text.contains("on purpose"));
}

#[tokio::test]
async fn a_bearer_token_authenticates_its_user() {
    let endpoint = TestEndpoint::new();
    for (authorization, who) in
        [("Bearer alice", json!("alice")), ("bearer  alice", json!("alice")), ("Basic alice", Value::Null)]
    {
        let headers = [("content-type", JSON), ("authorization", authorization)];
        let reply = endpoint.send(post(r#"{"query":"{ who }"}"#, &headers)).await;
        assert_eq!(reply.data()["who"], who, "{authorization}");
    }
}
