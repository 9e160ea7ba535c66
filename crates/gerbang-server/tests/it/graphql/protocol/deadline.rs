//! How long an operation may take, and what of a mutation was done by then.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::TestEndpoint;

#[tokio::test]
async fn time_is_limited() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.timeout_seconds = 1);
    let reply = endpoint.query("{ sleep(milliseconds: 5000) }").await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT"));
    assert_eq!(reply.message(), "The operation took longer than 1 seconds and was stopped.");
}

#[tokio::test]
async fn a_mutation_that_runs_is_finished_and_answered_as_done() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.timeout_seconds = 1);
    let reply = endpoint.query("mutation { countSlowly(milliseconds: 1500) }").await;
    assert_eq!(reply.data(), &json!({ "countSlowly": 1 }));
}

#[tokio::test]
async fn after_its_time_limit_a_mutation_starts_no_field_and_answers_the_finished_ones() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.timeout_seconds = 1);
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
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.timeout_seconds = 1);
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
