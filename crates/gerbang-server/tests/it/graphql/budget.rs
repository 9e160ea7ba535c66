//! What one request may use up: bytes of its answer and time, whatever it comes over and however it is split.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::sleep;
use tower::ServiceExt;

use super::{sse::Events, websocket::Server};
use crate::support::{TestEndpoint, TestSettings, post};

const KILOBYTE: &str = "text(bytes: 1000)";

fn ten_kilobytes(settings: &mut TestSettings) {
    settings.graphql.limits.answer_bytes = 10_000;
}

fn rows(count: usize) -> String {
    format!("{{ things(first: {count}) {{ nodes {{ {KILOBYTE} }} }} }}")
}

#[track_caller]
fn assert_cut(body: &Value) {
    let error = &body["errors"][0]["extensions"];
    assert_eq!(error["code"], "RESPONSE_TOO_LARGE", "{body}");
    assert_eq!((error["limit"].as_str(), error["maximum"].as_u64()), (Some("answer_bytes"), Some(10_000)));
    assert!(body.get("data").is_none());
}

#[tokio::test]
async fn an_answer_over_the_size_limit_is_stopped_while_it_is_built() {
    let endpoint = TestEndpoint::with(ten_kilobytes);
    assert!(endpoint.query(&rows(9)).await.text.len() > 9_000);
    let before = endpoint.resolved.load(Ordering::SeqCst);
    let reply = endpoint.query(&rows(90)).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_cut(&reply.body);
    let made = endpoint.resolved.load(Ordering::SeqCst) - before;
    assert!((10..=12).contains(&made), "{made} kilobytes were made");
    let reply = endpoint.post_as("application/json", json!({ "query": rows(90) })).await;
    assert_eq!(reply.status, StatusCode::OK, "as clients of that type expect");
    assert_cut(&reply.body);
}

#[tokio::test]
async fn answers_that_are_large_in_other_ways_are_stopped_too() {
    let endpoint = TestEndpoint::with(ten_kilobytes);
    for query in [
        "{ things(first: 100) { nodes { a_name_that_is_longer_than_what_it_stands_for_and_repeated_in_each_row_that_comes_back: __typename } } }",
        "{ things(first: 100) { nodes { nullableFailure } } }",
        "{ things(first: 100) { nodes { maybe { failure } } } }",
        "{ one text(bytes: 10000) }",
        "{ quotes(count: 5000) }",
    ] {
        assert_cut(&endpoint.query(query).await.body);
    }
}

#[tokio::test]
async fn the_operations_of_a_batch_share_the_size_limit() {
    let endpoint = TestEndpoint::with(ten_kilobytes);
    let reply = endpoint.post(json!(vec![json!({ "query": rows(4) }); 4])).await;
    assert_eq!(reply.status, StatusCode::OK);
    for answer in [&reply.body[0], &reply.body[1]] {
        assert_eq!(answer["data"]["things"]["nodes"].as_array().map(Vec::len), Some(4));
    }
    assert_cut(&reply.body[2]);
    assert_cut(&reply.body[3]);
}

#[tokio::test]
async fn the_operations_of_a_batch_share_the_complexity_limit() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.complexity = 300);
    let query = json!({ "query": "{ things(first: 60) { nodes { name } } }" });
    let reply = endpoint.post(json!([query, query, query, { "query": "{ hello }" }])).await;
    assert!(reply.body[0]["data"].is_object() && reply.body[1]["data"].is_object(), "{reply:?}");
    let error = &reply.body[2]["errors"][0];
    assert_eq!(
        (error["extensions"]["code"].as_str(), error["extensions"]["limit"].as_str()),
        (Some("GRAPHQL_VALIDATION_FAILED"), Some("complexity"))
    );
    endpoint.post(query).await.data();
}

#[tokio::test]
async fn the_operations_of_a_batch_share_the_time_limit_and_keep_finished_answers() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.timeout_seconds = 1);
    let slow = json!({ "query": "{ sleep(milliseconds: 700) }" });
    let began = Instant::now();
    let reply = endpoint
        .post(json!([{ "query": "mutation { count }" }, slow, slow, slow, { "query": "mutation { count }" }]))
        .await;
    assert!(began.elapsed() < Duration::from_secs(3), "took {:?}", began.elapsed());
    assert_eq!(reply.body[0], json!({ "data": { "count": 1 } }));
    assert_eq!(reply.body[1], json!({ "data": { "sleep": true } }));
    for answer in [&reply.body[2], &reply.body[3], &reply.body[4]] {
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TIMEOUT");
    }
    assert_eq!(
        endpoint.query("mutation { count }").await.data(),
        &json!({ "count": 2 }),
        "nothing was begun afterwards"
    );
}

#[tokio::test]
async fn each_event_of_a_stream_has_its_own_limits() {
    let endpoint = TestEndpoint::with(ten_kilobytes);
    let body = json!({ "query": rows(90) });
    let (_, mut events) = Events::post(&endpoint, &[], body).await;
    assert_cut(&events.payload().await);
    let body = json!({ "query": "subscription { texts(sizes: [8000, 8000, 20000, 1]) }" });
    let (_, mut events) = Events::post(&endpoint, &[], body).await;
    for _ in 0..2 {
        assert_eq!(events.payload().await["data"]["texts"].as_str().map(str::len), Some(8_000));
    }
    assert_cut(&events.payload().await);
    assert_eq!(events.next().await.as_deref(), Some("event: complete\ndata: \n\n"));
}

#[tokio::test]
async fn each_operation_on_a_socket_has_its_own_limits() {
    let server = Server::over(TestEndpoint::with(ten_kilobytes)).await;
    let mut socket = server.connect_as("alice").await;
    let assert_error = |message: Value| {
        assert_eq!(message["type"], "error");
        assert_cut(&json!({ "errors": message["payload"] }));
    };
    socket.subscribe("query", &rows(90)).await;
    assert_error(socket.receive().await);
    socket.subscribe("events", "subscription { texts(sizes: [8000, 8000, 20000, 1]) }").await;
    for _ in 0..2 {
        assert_eq!(socket.receive().await["payload"]["data"]["texts"].as_str().map(str::len), Some(8_000));
    }
    assert_error(socket.receive().await);
    socket.subscribe("after", "{ hello }").await;
    assert_eq!(socket.receive().await["payload"], json!({ "data": { "hello": "world" } }));
}

#[tokio::test]
async fn the_time_limit_ends_work_that_never_yields() {
    let endpoint = TestEndpoint::with(|settings| {
        settings.graphql.limits.timeout_seconds = 1;
        settings.graphql.limits.complexity = 1_000_000;
    });
    let others = tokio::spawn(async {
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        let until = last + Duration::from_millis(900);
        while last < until {
            sleep(Duration::from_millis(1)).await;
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        longest
    });
    let began = Instant::now();
    // Five seconds of it.
    let fields: String = (0..10).map(|n| format!("f{n}: busy(microseconds: 50) ")).collect();
    let query = format!("{{ things(first: 100) {{ nodes {{ things(first: 100) {{ nodes {{ {fields} }} }} }} }} }}");
    let reply = endpoint.query(&query).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT"));
    assert!(began.elapsed() < Duration::from_secs(3), "took {:?}", began.elapsed());
    let resolved = endpoint.resolved.load(Ordering::SeqCst);
    assert!(resolved < 60_000, "{resolved} fields");
    sleep(Duration::from_millis(300)).await;
    assert_eq!(endpoint.resolved.load(Ordering::SeqCst), resolved, "nothing runs on");
    let longest = others.await.unwrap();
    assert!(longest < Duration::from_millis(700), "others waited {longest:?} for the thread");
}

#[tokio::test]
async fn large_operations_wait_to_be_admitted_and_small_ones_do_not() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.complexity = 1_200);
    // Four may run at once, so that eight take twice as long as one.
    let large = "{ sleep(milliseconds: 300) things(first: 100) { nodes { a: name b: name c: name d: name e: name f: name g: name h: name i: name j: name } } }";
    let began = Instant::now();
    let eight = join_all((0..8).map(|_| endpoint.query(large)));
    let small = async {
        sleep(Duration::from_millis(20)).await;
        let began = Instant::now();
        endpoint.query("{ hello }").await;
        began.elapsed()
    };
    let (replies, small) = tokio::join!(eight, small);
    assert!(replies.iter().all(|reply| reply.data()["sleep"] == true));
    assert!(began.elapsed() >= Duration::from_millis(600), "{:?}", began.elapsed());
    assert!(small < Duration::from_millis(250), "{small:?}");
}

#[tokio::test]
async fn unsent_answers_are_bounded_in_all() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.limits.answer_bytes = 400_000);
    let ask = async || {
        let query = json!({ "query": "{ text(bytes: 390000) }" }).to_string();
        let request = post(query, &[("content-type", "application/json")]);
        endpoint.service.router.clone().oneshot(request).await.unwrap()
    };
    let mut untaken = Vec::new();
    while untaken.len() < 20 {
        let answer = ask().await;
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            break;
        }
        untaken.push(answer);
    }
    assert_eq!(untaken.len(), 8);
    assert!(ask().await.headers().contains_key("retry-after"));
    assert_eq!(endpoint.query("{ hello }").await.data(), &json!({ "hello": "world" }));
    untaken.pop();
    assert_eq!(ask().await.status(), StatusCode::OK);
}
