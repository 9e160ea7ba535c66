//! Literals and variables as the specification reads them, over every transport.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{TestEndpoint, post};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The answers to one operation by POST, by GET, in a batch and as an event. `variables` is text, as it is sent.
async fn over_every_transport(endpoint: &TestEndpoint, query: &str, variables: &str) -> [Value; 4] {
    let body = format!(r#"{{"query":{},"variables":{variables}}}"#, json!(query));
    let accept = |media| [JSON, ("accept", media)];
    let posted = endpoint.send(post(body.clone(), &accept("application/graphql-response+json"))).await.body;
    let got = endpoint.get(&[("query", query), ("variables", variables)]).await.body;
    let mut batch = endpoint.send(post(format!("[{body}]"), &accept("application/json"))).await.body;
    let events = endpoint.send(post(body, &accept("text/event-stream"))).await.text;
    let event = events.lines().find_map(|line| line.strip_prefix("data: ")).expect("an event");
    [posted, got, batch[0].take(), serde_json::from_str(event).unwrap()]
}

/// Code, message and places of the first error of an operation that was not run.
fn refusal(answer: &Value) -> (&str, &str, &Value) {
    assert!(answer.get("data").is_none(), "{answer}");
    let error = &answer["errors"][0];
    (error["extensions"]["code"].as_str().unwrap(), error["message"].as_str().unwrap(), &error["locations"])
}

#[tokio::test]
async fn a_character_may_be_escaped_by_its_number_or_as_a_surrogate_pair() {
    let endpoint = TestEndpoint::new();
    for (literal, expected) in [
        (r#""\u{1F600}""#, "😀"),
        (r#""\uD83D\uDE00""#, "😀"),
        (r#""Sri \u{1F600} \u0022\u{22}\u{5c}""#, "Sri 😀 \"\"\\"),
        (r#""""\u{1F600}""""#, r"\u{1F600}"),
    ] {
        let query = format!("# \\u{{1F600}}\n{{ byId(id: {literal}) }}");
        for answer in over_every_transport(&endpoint, &query, "{}").await {
            assert_eq!(answer, json!({ "data": { "byId": expected } }), "{literal}");
        }
    }
    let default = r#"query ($id: ID = "\u{1F600}") { byId(id: $id) }"#;
    assert_eq!(endpoint.query(default).await.data(), &json!({ "byId": "😀" }));
}

#[tokio::test]
async fn half_a_surrogate_pair_is_a_syntax_error() {
    let endpoint = TestEndpoint::new();
    for escape in [r"\uD83D", r"\uDE00", r"\u{D83D}", r"\u{110000}", r"\u{}"] {
        let message = format!("Invalid Unicode escape sequence: \"{escape}\".");
        for answer in over_every_transport(&endpoint, &format!("{{\n  byId(id: \"a{escape}\") }}"), "{}").await {
            let place = json!([{ "line": 2, "column": 14 }]);
            assert_eq!(refusal(&answer), ("GRAPHQL_PARSE_FAILED", message.as_str(), &place));
        }
    }
}

#[tokio::test]
async fn a_document_is_known_by_the_hash_of_its_text_as_it_was_sent() {
    let endpoint = TestEndpoint::new();
    let query = r#"{ byId(id: "\u{1F600}") }"#;
    let hash = hex::encode(Sha256::digest(query));
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    assert_eq!(endpoint.post(json!({ "extensions": extensions })).await.refused(), "PERSISTED_QUERY_NOT_FOUND");
    let stored = endpoint.post(json!({ "query": query, "extensions": extensions })).await;
    assert_eq!(stored.data(), &json!({ "byId": "😀" }));
    assert_eq!(endpoint.post(json!({ "extensions": extensions })).await.data(), &json!({ "byId": "😀" }));
}

#[tokio::test]
async fn a_duplicate_field_of_an_input_object_is_refused() {
    let endpoint = TestEndpoint::new();
    for (query, name, first, second) in [
        (r#"{ echo(input: { text: "a", text: "b" }) }"#, "text", 17, 28),
        (r#"{ echo(input: { text: "a", inner: { number: 1 number: 1 } }) }"#, "number", 37, 47),
        (r#"query ($i: EchoInput = { text: "a", text: "a" }) { echo(input: $i) }"#, "text", 26, 37),
    ] {
        let message = format!("There can be only one input field named \"{name}\".");
        let places = json!([{ "line": 1, "column": first }, { "line": 1, "column": second }]);
        for answer in over_every_transport(&endpoint, query, "{}").await {
            assert_eq!(refusal(&answer), ("GRAPHQL_VALIDATION_FAILED", message.as_str(), &places), "{query}");
        }
    }
    let same_names = r#"{ a: echo(input: { text: "text", inner: { number: 1 } }) b: echo(input: { text: "text" }) }"#;
    endpoint.query(same_names).await.data();
}

#[tokio::test]
async fn a_duplicate_member_in_the_variables_is_refused() {
    let endpoint = TestEndpoint::new();
    let query = "query ($input: EchoInput!) { echo(input: $input) }";
    for (variables, name) in [
        (r#"{"input":{"text":"a","text":"b"}}"#, "text"),
        (r#"{"input":{"text":"a","te\u0078t":"a"}}"#, "text"),
        (r#"{"input":{"text":"a","inner":{"number":1,"number":2}}}"#, "number"),
        (r#"{"input":{"text":"a"},"input":{"text":"b"}}"#, "input"),
        (r#"{"input":{"text":"a"},"unused":[{"x":1,"x":1}]}"#, "x"),
    ] {
        let message = format!("There can be only one member named \"{name}\" in an object of the variables.");
        for answer in over_every_transport(&endpoint, query, variables).await {
            assert_eq!(refusal(&answer), ("BAD_USER_INPUT", message.as_str(), &Value::Null), "{variables}");
        }
    }
    for answer in
        over_every_transport(&endpoint, query, r#"{"input":{"text":"a","inner":{"number":1}},"text":1}"#).await
    {
        assert_eq!(answer, json!({ "data": { "echo": "a Some((1, None)) 7" } }));
    }
}

#[tokio::test]
async fn an_int_has_32_bits() {
    let endpoint = TestEndpoint::new();
    let query = "query ($n: [Int!]!) { sum(numbers: $n) }";
    for number in ["2147483648", "-2147483649", "9223372036854775808", "1.5"] {
        for answer in over_every_transport(&endpoint, query, &format!(r#"{{"n":[{number}]}}"#)).await {
            let place = json!([{ "line": 1, "column": 23 }]);
            assert_eq!(refusal(&answer), ("VALIDATION_FAILED", "The given data was invalid.", &place), "{number}");
        }
        for query in [
            format!("{{ sum(numbers: [{number}]) }}"),
            format!("query ($n: [Int!]! = [{number}]) {{ sum(numbers: $n) }}"),
        ] {
            assert_eq!(endpoint.query(&query).await.refused(), "GRAPHQL_VALIDATION_FAILED", "{query}");
        }
    }
    for edge in ["2147483647", "-2147483648"] {
        for answer in over_every_transport(&endpoint, query, &format!(r#"{{"n":[{edge}]}}"#)).await {
            assert_eq!(answer["data"]["sum"].to_string(), edge);
        }
    }
}
