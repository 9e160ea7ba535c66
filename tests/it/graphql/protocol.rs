//! GraphQL over HTTP: media types, statuses, what is refused and how.

use std::{sync::atomic::Ordering, time::Instant};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::protocol::{Reply, TRUSTED, TestEndpoint, get, post};

const RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

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
async fn each_operation_of_a_document_has_its_own_variables() {
    let endpoint = TestEndpoint::new();
    let query = "query A($id: ID!) { byId(id: $id) } query B($speed: Speed) { speed(speed: $speed) }";
    let a = json!({ "query": query, "operationName": "A", "variables": { "id": "7" } });
    assert_eq!(endpoint.post(a).await.data(), &json!({"byId": "7"}));
    let b = json!({ "query": query, "operationName": "B", "variables": { "speed": "FAST" } });
    assert_eq!(endpoint.post(b).await.data(), &json!({"speed": "FAST"}));
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

/// Sends a query twice: what is found out about a document must not depend on whether it is known.
async fn twice(endpoint: &TestEndpoint, query: &str, variables: Value) -> Reply {
    let body = json!({ "query": query, "variables": variables });
    let (first, second) = (endpoint.post(body.clone()).await, endpoint.post(body).await);
    assert_eq!(first.body, second.body);
    second
}

#[tokio::test]
async fn variables_are_checked_before_anything_runs() {
    let endpoint = TestEndpoint::new();
    let echo = "query ($input: EchoInput!) { echo(input: $input) }";
    for (query, variables, message) in [
        (
            "query ($id: ID!) { byId(id: $id) }",
            json!({}),
            "Variable \"$id\" of required type \"ID!\" was not provided.",
        ),
        (
            "query ($id: ID!) { byId(id: $id) }",
            json!({ "id": null }),
            "Variable \"$id\" got an invalid value: Expected non-nullable type \"ID!\" not to be null.",
        ),
        (
            "query ($id: ID!) { byId(id: $id) }",
            json!({ "id": true }),
            "Variable \"$id\" got an invalid value: Expected type \"ID\", found true.",
        ),
        (
            "query ($s: Speed) { speed(speed: $s) }",
            json!({ "s": "fast" }),
            "Variable \"$s\" got an invalid value: Expected type \"Speed\", found a string.",
        ),
        (
            echo,
            json!({ "input": "x" }),
            "Variable \"$input\" got an invalid value: Expected type \"EchoInput\" to be an object.",
        ),
        (
            echo,
            json!({ "input": {} }),
            "Variable \"$input\" got an invalid value: Field \"text\" of required type \"String!\" was not provided.",
        ),
        (
            echo,
            json!({ "input": { "text": 7 } }),
            "Variable \"$input\" got an invalid value at \"text\": Expected type \"String\", found 7.",
        ),
        (
            echo,
            json!({ "input": { "text": "x", "inner": { "number": 1.5 } } }),
            "Variable \"$input\" got an invalid value at \"inner.number\": Expected type \"Int\", found 1.5.",
        ),
        (
            echo,
            json!({ "input": { "text": "x", "more": 1 } }),
            "Variable \"$input\" got an invalid value: Field \"more\" is not defined by type \"EchoInput\".",
        ),
        (
            "query ($n: [Int!]!) { sum(numbers: $n) }",
            json!({ "n": [1, "2"] }),
            "Variable \"$n\" got an invalid value at \"1\": Expected type \"Int\", found a string.",
        ),
    ] {
        let reply = twice(&endpoint, query, variables).await;
        assert_eq!((reply.refused(), reply.message()), ("BAD_USER_INPUT", message));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    }
    let fine = json!({ "input": { "text": "x", "inner": { "number": 1, "speed": "SLOW" } }, "unused": 7 });
    assert_eq!(twice(&endpoint, echo, fine).await.data(), &json!({"echo": "x Some((1, Some(Slow))) 7"}));
    let single = twice(&endpoint, "query ($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": 7 })).await;
    assert_eq!(single.data(), &json!({"sum": 7}));
}

#[tokio::test]
async fn variables_must_fit_the_places_they_are_used_in() {
    let endpoint = TestEndpoint::new();
    for (query, message) in [
        (
            "query ($id: ID) { byId(id: $id) }",
            "Variable \"$id\" of type \"ID\" used in position expecting type \"ID!\".",
        ),
        (
            "query ($id: Int!) { byId(id: $id) }",
            "Variable \"$id\" of type \"Int!\" used in position expecting type \"ID!\".",
        ),
        (
            "query ($t: String) { echo(input: { text: $t }) }",
            "Variable \"$t\" of type \"String\" used in position expecting type \"String!\".",
        ),
        (
            "query ($n: Int) { sum(numbers: [1, $n]) }",
            "Variable \"$n\" of type \"Int\" used in position expecting type \"Int!\".",
        ),
        (
            "query ($n: Int!) { sum(numbers: $n) }",
            "Variable \"$n\" of type \"Int!\" used in position expecting type \"[Int!]!\".",
        ),
        (
            "query ($b: Boolean) { hello @skip(if: $b) }",
            "Variable \"$b\" of type \"Boolean\" used in position expecting type \"Boolean!\".",
        ),
        (
            "query ($id: ID) { ...F } fragment F on Query { byId(id: $id) }",
            "Variable \"$id\" of type \"ID\" used in position expecting type \"ID!\".",
        ),
        (
            "query ($t: String!) { echo(input: { text: $t, more: 1 }) }",
            "Invalid value for argument \"input\": Field \"more\" is not defined by type \"EchoInput\".",
        ),
        (
            "query ($t: String!) { echo(input: { text: $t, inner: { number: \"1\" } }) }",
            "Invalid value for argument \"input.inner.number\": Expected type \"Int\", found a string.",
        ),
    ] {
        let reply = twice(&endpoint, query, json!({ "id": "7", "t": "x", "n": 1, "b": true })).await;
        assert_eq!((reply.refused(), reply.message()), ("GRAPHQL_VALIDATION_FAILED", message));
    }
    for query in [
        "query ($id: ID = \"7\") { byId(id: $id) }",
        "query ($n: Int = 1) { echo(input: { text: \"x\", withDefault: $n }) }",
        "query ($first: Int!) { things(first: $first) { totalCount } }",
        "query ($name: String!) { __type(name: $name) { name } }",
    ] {
        let reply = twice(&endpoint, query, json!({ "first": 1, "name": "Query" })).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:#?}");
    }
}

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
async fn a_file_can_only_come_as_a_file() {
    let endpoint = TestEndpoint::new();
    let as_literal = r##"mutation { upload(file: "#__graphql_file__:0") }"##;
    assert_eq!(endpoint.query(as_literal).await.refused(), "GRAPHQL_VALIDATION_FAILED");
    let query = "mutation ($file: Upload!) { upload(file: $file) }";
    for file in ["#__graphql_file__:0", "#__graphql_file__:x", "text"] {
        let reply = endpoint.post(json!({ "query": query, "variables": { "file": file } })).await;
        assert_eq!(reply.refused(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn bodies_are_limited() {
    let endpoint = TestEndpoint::new();
    let body = json!({ "query": "{ hello }", "padding": "x".repeat(1024 * 1024) });
    let reply = endpoint.post(body).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn time_is_limited() {
    let endpoint = TestEndpoint::with(|config| config.graphql.timeout_seconds = 1);
    let reply = endpoint.query("{ sleep(milliseconds: 5000) }").await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT"));
    assert_eq!(reply.message(), "The operation took longer than 1 seconds and was stopped.");
}

#[tokio::test]
async fn a_mutation_that_runs_is_finished_and_answered_as_done() {
    let endpoint = TestEndpoint::with(|config| config.graphql.timeout_seconds = 1);
    let reply = endpoint.query("mutation { countSlowly(milliseconds: 1500) }").await;
    assert_eq!(reply.data(), &json!({ "countSlowly": 1 }));
}

#[tokio::test]
async fn after_its_time_limit_a_mutation_starts_no_field_and_answers_the_finished_ones() {
    let endpoint = TestEndpoint::with(|config| config.graphql.timeout_seconds = 1);
    let query = "mutation { a: countSlowly(milliseconds: 600) b: countSlowly(milliseconds: 600) c: count d: count }";
    let reply = endpoint.query(query).await;
    let [error] = reply.body["errors"].as_array().unwrap().as_slice() else { panic!("one error: {reply:?}") };
    assert_eq!(error["path"], json!(["c"]), "{reply:?}");
    assert_eq!(error["extensions"], json!({ "code": "TIMEOUT", "completed": { "a": 1, "b": 2 } }));
    assert_eq!(endpoint.query("mutation { count }").await.data(), &json!({ "count": 3 }), "c and d were not begun");
}

#[tokio::test]
async fn a_failing_mutation_answers_the_fields_finished_before() {
    let endpoint = TestEndpoint::new();
    let reply = endpoint.query("mutation { a: count b: fail c: count }").await;
    let [error] = reply.body["errors"].as_array().unwrap().as_slice() else { panic!("one error: {reply:?}") };
    assert_eq!((&error["path"], &reply.body["data"]), (&json!(["b"]), &Value::Null), "{reply:?}");
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    assert_eq!(error["extensions"]["completed"], json!({ "a": 1 }));
    let first = endpoint.query("mutation { fail }").await;
    assert!(first.body["errors"][0]["extensions"].get("completed").is_none(), "{first:?}");
}

#[tokio::test]
async fn after_its_time_limit_a_batch_starts_no_operation_and_answers_the_finished_ones() {
    let endpoint = TestEndpoint::with(|config| config.graphql.timeout_seconds = 1);
    let slow = json!({ "query": "mutation { countSlowly(milliseconds: 1200) }" });
    let quick = json!({ "query": "mutation { count }" });
    let reply = endpoint.post(json!([slow, quick, { "query": "{ sleep(milliseconds: 100) }" }])).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body[0], json!({ "data": { "countSlowly": 1 } }));
    for late in [1, 2] {
        assert_eq!(reply.body[late]["errors"][0]["extensions"]["code"], "TIMEOUT", "{reply:?}");
    }
    assert_eq!(endpoint.query("mutation { count }").await.data(), &json!({ "count": 2 }));
}

#[tokio::test]
async fn introspection_can_be_turned_off() {
    let endpoint = TestEndpoint::with(|config| config.graphql.introspection = false);
    assert_eq!(endpoint.query("{ __schema { queryType { name } } }").await.refused(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(endpoint.query("{ __typename hello }").await.data(), &json!({"__typename": "Query", "hello": "world"}));
}

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
    for (authorization, who) in [
        ("Bearer alice", json!("alice")),
        ("bearer  alice", json!("alice")),
        ("Bearer bob", Value::Null),
        ("Basic alice", Value::Null),
    ] {
        let headers = [("content-type", JSON), ("authorization", authorization)];
        let reply = endpoint.send(post(r#"{"query":"{ who }"}"#, &headers)).await;
        assert_eq!(reply.data()["who"], who, "{authorization}");
    }
}
