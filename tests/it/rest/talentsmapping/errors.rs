//! Chapter 4: errors that browsers report.

use gerbang::client_errors;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{Office, invalid};

async fn stored(office: &Office) -> Vec<client_errors::row::Model> {
    let all = client_errors::row::Entity::find().order_by_asc(client_errors::row::Column::Id);
    all.all(office.app().domain.db.read()).await.unwrap()
}

#[tokio::test]
async fn anybody_can_report_an_error() {
    let office = Office::new().await;
    let report = json!({
        "message": "TypeError: x is undefined",
        "level": "warning",
        "stack": "at app.js:1",
        "url": "https://app.talentsmapping.id/clients/1",
        "context": { "release": "2.14.0", "tags": ["a"] }
    });
    let call = office.post("/log-client-error").from([203, 0, 113, 7]).header("user-agent", "Firefox");
    call.json(report).await.says(201, "Error logged");
    office.post("/log-client-error").form("message=short").await.says(201, "Error logged");
    // A token is not asked for, so a bad one is no obstacle.
    let call = office.post("/log-client-error").token("nonsense");
    call.json(json!({ "message": "a", "level": null, "context": null })).await.says(201, "Error logged");

    let rows = stored(&office).await;
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[0].message.as_str(), rows[0].level.as_str()), ("TypeError: x is undefined", "warning"));
    assert_eq!(rows[0].context, Some(r#"{"release":"2.14.0","tags":["a"]}"#.to_owned()));
    assert_eq!((rows[0].ip.as_deref(), rows[0].user_agent.as_deref()), (Some("203.0.113.7"), Some("Firefox")));
    assert_eq!((rows[1].message.as_str(), rows[1].level.as_str(), &rows[1].stack), ("short", "error", &None));
}

#[tokio::test]
async fn a_report_needs_a_message() {
    let office = Office::new().await;
    for body in [json!({}), json!({ "message": " " }), json!({ "message": null })] {
        let answer = office.post("/log-client-error").json(body).await;
        answer.is(422, invalid("message", "The message field is required."));
    }
    let answer = office.post("/log-client-error").json(json!({ "message": { "a": 1 } })).await;
    answer.is(422, invalid("message", "The message must be a string."));
    let level = json!({ "message": "a", "level": "x".repeat(21) });
    let answer = office.post("/log-client-error").json(level).await;
    answer.is(422, invalid("level", "The level must not be greater than 20 characters."));
    assert!(stored(&office).await.is_empty());
}

#[tokio::test]
async fn a_report_of_more_than_16_kib_is_too_large() {
    let office = Office::new().await;
    let report = |length: usize| json!({ "message": "a", "stack": "x".repeat(length) });
    office.post("/log-client-error").json(report(16_000)).await.says(201, "Error logged");
    let answer = office.post("/log-client-error").json(report(16_500)).await;
    answer.says(413, "The POST data is too large.");
}

#[tokio::test]
async fn the_31st_report_in_a_minute_answers_429() {
    let office = Office::new().await;
    let report = || office.post("/log-client-error").json(json!({ "message": "a" }));
    for _ in 0..30 {
        report().await.says(201, "Error logged");
    }
    let refused = report().await;
    refused.says(429, "Too Many Attempts.");
    let seconds: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    let elsewhere = office.post("/log-client-error").from([203, 0, 113, 8]);
    elsewhere.json(json!({ "message": "a" })).await.says(201, "Error logged");
    office.app().clock.advance(chrono::TimeDelta::seconds(seconds));
    report().await.says(201, "Error logged");
    assert_eq!(stored(&office).await.len(), 32);
}
