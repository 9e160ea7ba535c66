//! A token that is not valid (any more): nothing is answered as if none had been sent.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{JSON, RESPONSE};
use crate::support::{Reply, TRUSTED, TestEndpoint, post};

const DEAD: &str = "Bearer bob";

async fn send(endpoint: &TestEndpoint, authorization: &str, accept: &str, body: Value) -> Reply {
    let headers = [("content-type", JSON), ("accept", accept), ("authorization", authorization)];
    endpoint.send(post(body.to_string(), &headers)).await
}

#[tokio::test]
async fn a_dead_token_is_refused_with_401_where_the_media_type_has_statuses() {
    let endpoint = TestEndpoint::new();
    for query in ["{ hello }", "{ who }", TRUSTED, "mutation { count countSlowly(milliseconds: 0) }", "{ __typename }"]
    {
        for (accept, status) in [(RESPONSE, StatusCode::UNAUTHORIZED), (JSON, StatusCode::OK)] {
            let reply = send(&endpoint, DEAD, accept, json!({ "query": query })).await;
            assert_eq!((reply.status, reply.refused()), (status, "UNAUTHENTICATED"), "{query}");
            assert_eq!(reply.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        }
    }
    let counted = send(&endpoint, "Bearer alice", JSON, json!({ "query": "mutation { count }" })).await;
    assert_eq!(counted.data()["count"], 1, "nothing was run for who had no valid token");
}

#[tokio::test]
async fn what_opens_a_session_is_run_whatever_the_token() {
    let endpoint = TestEndpoint::new();
    for query in [
        "mutation { count }",
        "mutation { __typename again: count }",
        "mutation { ... { count } ...Counts } fragment Counts on Mutation { count }",
    ] {
        send(&endpoint, DEAD, RESPONSE, json!({ "query": query })).await.data();
    }
    let query = "mutation { ...Counts } fragment Counts on Mutation { count countSlowly(milliseconds: 0) }";
    let reply = send(&endpoint, DEAD, RESPONSE, json!({ "query": query })).await;
    assert_eq!(reply.refused(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_is_wrong_with_the_document_is_said_first() {
    let endpoint = TestEndpoint::new();
    let reply = send(&endpoint, DEAD, RESPONSE, json!({ "query": "{ unknown }" })).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED"));
}

#[tokio::test]
async fn who_may_send_any_document_hears_that_the_token_has_ended() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.only_trusted = true);
    let document = json!({ "query": "{ one hello }" });
    let reply = send(&endpoint, DEAD, RESPONSE, document.clone()).await;
    assert_eq!(reply.refused(), "UNAUTHENTICATED");
    assert_eq!(endpoint.post(document).await.refused(), "DOCUMENT_NOT_TRUSTED");
}

#[tokio::test]
async fn each_operation_of_a_batch_is_refused_by_itself() {
    let endpoint = TestEndpoint::new();
    let batch = json!([{ "query": "mutation { count }" }, { "query": "{ who }" }]);
    let reply = send(&endpoint, DEAD, RESPONSE, batch).await;
    assert_eq!(reply.body[0]["data"]["count"], 1, "{reply:?}");
    assert_eq!(reply.body[1]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{reply:?}");
}

#[tokio::test]
async fn events_say_it_and_end() {
    let endpoint = TestEndpoint::new();
    for query in ["subscription { ticks(to: 3) }", "{ hello }"] {
        let reply = send(&endpoint, DEAD, "text/event-stream", json!({ "query": query })).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.text.matches("event: next").count(), 1, "{reply:?}");
        assert!(reply.text.contains(r#""code":"UNAUTHENTICATED""#), "{reply:?}");
        assert!(reply.text.ends_with("event: complete\ndata: \n\n"), "{reply:?}");
    }
}
