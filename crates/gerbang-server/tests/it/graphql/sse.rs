//! Server-Sent Events in the distinct connections mode.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{body::BodyDataStream, http::StatusCode, response::Response};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt;

use crate::support::{TestEndpoint, get, post};

const EVENTS: &str = "text/event-stream";
const SOON: Duration = Duration::from_secs(5);

/// An answer that is read piece by piece.
pub(super) struct Events(BodyDataStream);

impl Events {
    pub(super) async fn post(endpoint: &TestEndpoint, headers: &[(&str, &str)], body: Value) -> (Response<()>, Self) {
        let headers = [&[("content-type", "application/json"), ("accept", EVENTS)], headers].concat();
        let response = endpoint.service.router.clone().oneshot(post(body.to_string(), &headers)).await.unwrap();
        let (parts, body) = response.into_parts();
        (Response::from_parts(parts, ()), Self(body.into_data_stream()))
    }

    /// The answer in the next event.
    pub(super) async fn payload(&mut self) -> Value {
        let mut event = self.next().await.expect("an event");
        while !event.ends_with("\n\n") {
            event += &self.next().await.expect("the rest of the event");
        }
        let data = event.strip_prefix("event: next\ndata: ").expect("an answer");
        serde_json::from_str(data).unwrap()
    }

    /// The next piece of text; nothing at the end.
    pub(super) async fn next(&mut self) -> Option<String> {
        let chunk = timeout(SOON, self.0.next()).await.expect("something comes soon")?;
        Some(String::from_utf8(chunk.unwrap().into()).unwrap())
    }
}

fn next(payload: Value) -> String {
    format!("event: next\ndata: {payload}\n\n")
}

fn complete() -> String {
    "event: complete\ndata: \n\n".to_owned()
}

#[tokio::test]
async fn a_subscription_is_sent_event_by_event() {
    let endpoint = TestEndpoint::new();
    let body = json!({ "query": "subscription ($to: Int!) { ticks(to: $to) }", "variables": { "to": 2 } });
    let (head, mut events) = Events::post(&endpoint, &[], body).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()["content-type"], EVENTS);
    assert_eq!(head.headers()["cache-control"], "no-cache");
    assert_eq!(events.next().await, Some(next(json!({ "data": { "ticks": 1 } }))));
    assert_eq!(events.next().await, Some(next(json!({ "data": { "ticks": 2 } }))));
    assert_eq!(events.next().await, Some(complete()));
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn queries_and_mutations_have_one_event() {
    let endpoint = TestEndpoint::new();
    let (_, mut events) = Events::post(&endpoint, &[], json!({ "query": "mutation { count }" })).await;
    assert_eq!(events.next().await, Some(next(json!({ "data": { "count": 1 } }))));
    assert_eq!(events.next().await, Some(complete()));
}

#[tokio::test]
async fn event_sources_subscribe_by_get() {
    let endpoint = TestEndpoint::new();
    let mut request = get(&[("query", "subscription { ticks(to: 1) }")]);
    request.headers_mut().insert("accept", EVENTS.parse().unwrap());
    let reply = endpoint.send(request).await;
    assert_eq!(reply.text, "event: next\ndata: {\"data\":{\"ticks\":1}}\n\nevent: complete\ndata: \n\n");
    let mut request = get(&[("query", "mutation { count }")]);
    request.headers_mut().insert("accept", EVENTS.parse().unwrap());
    assert_eq!(endpoint.send(request).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn an_operations_error_is_an_event_and_a_requests_error_is_a_status() {
    let endpoint = TestEndpoint::new();
    let (head, mut events) = Events::post(&endpoint, &[], json!({ "query": "subscription { unknown }" })).await;
    assert_eq!(head.status(), StatusCode::OK);
    let event = events.next().await.unwrap();
    assert!(
        event.starts_with("event: next\ndata: {\"errors\":[") && event.contains("GRAPHQL_VALIDATION_FAILED"),
        "{event}"
    );
    assert_eq!(events.next().await, Some(complete()));
    let (head, _) = Events::post(&endpoint, &[], json!({ "qeury": "" })).await;
    assert_eq!(head.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn clients_that_take_both_get_events_for_subscriptions_only() {
    let endpoint = TestEndpoint::new();
    let accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let reply = endpoint.post_as(accept, json!({ "query": "{ hello }" })).await;
    assert_eq!(reply.header("content-type"), "application/graphql-response+json; charset=utf-8");
    let reply = endpoint.post_as(accept, json!({ "query": "subscription { ticks(to: 1) }" })).await;
    assert_eq!(reply.header("content-type"), EVENTS);
}

#[tokio::test]
async fn a_subscription_ends_when_its_client_or_the_server_goes() {
    let endpoint = TestEndpoint::new();
    let forever = json!({ "query": "subscription { forever }" });
    let authorization = [("authorization", "Bearer alice")];
    let (_, mut events) = Events::post(&endpoint, &authorization, forever.clone()).await;
    assert_eq!(events.next().await, Some(next(json!({ "data": { "forever": "alice" } }))));
    assert_eq!(endpoint.open.load(Ordering::SeqCst), 1);
    drop(events);
    assert_eq!(endpoint.open.load(Ordering::SeqCst), 0);

    let (_, mut events) = Events::post(&endpoint, &authorization, forever).await;
    events.next().await.unwrap();
    endpoint.shutdown.cancel();
    assert_eq!(events.next().await, Some(complete()));
    assert_eq!(events.next().await, None);
    assert_eq!(endpoint.open.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_is_kept_alive_until_its_token_expires() {
    let endpoint = TestEndpoint::new();
    let forever = json!({ "query": "subscription { forever }" });
    let (_, mut events) = Events::post(&endpoint, &[("authorization", "Bearer alice")], forever).await;
    events.next().await.unwrap();
    let quiet = timeout(Duration::from_secs(14), events.0.next()).await;
    assert!(quiet.is_err(), "nothing comes for 15 seconds");
    assert_eq!(events.next().await.as_deref(), Some(":\n\n"));
    endpoint.valid_tokens.lock().unwrap().clear();
    let mut rest = Vec::new();
    while let Some(Ok(chunk)) = timeout(Duration::from_mins(2), events.0.next()).await.expect("the stream ends") {
        rest.push(String::from_utf8(chunk.into()).unwrap());
    }
    assert_eq!(rest.last().cloned(), Some(complete()));
}

#[tokio::test]
async fn a_revoked_token_ends_its_streams_at_once_with_an_error() {
    let endpoint = TestEndpoint::new();
    let subscription = json!({ "query": "subscription { news }" });
    let (_, mut events) = Events::post(&endpoint, &[("authorization", "Bearer alice")], subscription).await;
    // The subscription begins when it is first read.
    assert!(timeout(Duration::from_millis(50), events.0.next()).await.is_err(), "nothing has happened");
    endpoint.publish_access_change();
    endpoint.news.send(1).unwrap();
    assert_eq!(events.next().await, Some(next(json!({ "data": { "news": 1 } }))));
    endpoint.revoke();
    endpoint.news.send(2).unwrap();
    let event = events.next().await.unwrap();
    let error: Value = serde_json::from_str(event.trim().strip_prefix("event: next\ndata: ").unwrap()).unwrap();
    assert_eq!(error["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert!(error.get("data").is_none(), "{error}");
    assert_eq!(events.next().await, Some(complete()));
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_stream_holds_its_events_while_its_token_cannot_be_looked_up() {
    let endpoint = TestEndpoint::new();
    let subscription = json!({ "query": "subscription { news }" });
    let (_, mut events) = Events::post(&endpoint, &[("authorization", "Bearer alice")], subscription).await;
    assert!(timeout(Duration::from_millis(50), events.0.next()).await.is_err(), "nothing has happened");
    endpoint.is_away.store(true, Ordering::SeqCst);
    endpoint.publish_access_change();
    endpoint.news.send(1).unwrap();
    assert!(
        timeout(Duration::from_millis(300), events.0.next()).await.is_err(),
        "nobody knows whether it may be shown"
    );
    endpoint.is_away.store(false, Ordering::SeqCst);
    assert_eq!(events.next().await, Some(next(json!({ "data": { "news": 1 } }))));
}
