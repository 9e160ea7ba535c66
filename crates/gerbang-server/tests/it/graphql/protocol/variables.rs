//! Variables, and the places they are used in.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Reply, TestEndpoint};

#[tokio::test]
async fn each_operation_of_a_document_has_its_own_variables() {
    let endpoint = TestEndpoint::new();
    let query = "query A($id: ID!) { byId(id: $id) } query B($speed: Speed) { speed(speed: $speed) }";
    let a = json!({ "query": query, "operationName": "A", "variables": { "id": "7" } });
    assert_eq!(endpoint.post(a).await.data(), &json!({"byId": "7"}));
    let b = json!({ "query": query, "operationName": "B", "variables": { "speed": "FAST" } });
    assert_eq!(endpoint.post(b).await.data(), &json!({"speed": "FAST"}));
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
            json!({ "input": { "text": "x", "more": 1 } }),
            "Variable \"$input\" got an invalid value: Field \"more\" is not defined by type \"EchoInput\".",
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
async fn what_is_malformed_is_told_at_its_field() {
    let endpoint = TestEndpoint::new();
    let echo = "query ($input: EchoInput!) { shout: echo(input: $input) }";
    let violation =
        |rule: &str, message: &str, example: &str| json!([{ "rule": rule, "message": message, "example": example }]);
    for (query, variables, path, fields) in [
        (
            "query ($id: ID!) { byId(id: $id) }",
            json!({ "id": true }),
            "byId",
            json!({ "id": violation("FORMAT", "The id format is invalid.", "client_17") }),
        ),
        (
            echo,
            json!({ "input": { "text": "x", "inner": { "number": 1.5 }, "withDefault": 2_147_483_648_i64 } }),
            "shout",
            json!({
                "inner.number": violation("INTEGER", "The number must be an integer.", "17"),
                "withDefault": violation("MAX", "The with default must not be greater than 2147483647.", "17"),
            }),
        ),
        (
            "query ($n: [Int!]!, $text: String!) { ...F } fragment F on Query { sum(numbers: $n) echo(input: { text: $text }) }",
            json!({ "n": [1, "2"], "text": "x" }),
            "sum",
            json!({ "numbers.1": violation("INTEGER", "The numbers must be an integer.", "17") }),
        ),
        (
            "query ($n: Int!) { echo(input: { text: \"x\", inner: { number: $n } }) }",
            json!({ "n": "two" }),
            "echo",
            json!({ "inner.number": violation("INTEGER", "The number must be an integer.", "17") }),
        ),
    ] {
        let reply = twice(&endpoint, query, variables).await;
        assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "VALIDATION_FAILED"));
        let errors = reply.body["errors"].as_array().unwrap();
        assert_eq!((errors.len(), &errors[0]["path"]), (1, &json!([path])));
        assert_eq!(errors[0]["extensions"]["fields"], fields);
    }
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
