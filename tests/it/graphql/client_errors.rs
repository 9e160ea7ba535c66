//! Errors that front ends report.

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role},
    client_errors::{self, rules::prune_client_errors},
};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::TestApp;

const LOG: &str = "mutation($input: LogClientErrorInput!) {
    logClientError(input: $input) { clientError { id message level stack url context ip userAgent createdAt } }
}";

#[tokio::test]
async fn anybody_reports_and_admins_read() {
    let app = TestApp::new().await;
    let input =
        json!({ "message": " Boom ", "stack": "at main", "url": "https://app.test/x", "context": { "a": [1, null] } });
    let logged = app.anonymous().graphql_with(LOG, json!({ "input": input })).await.ok();
    let expected = json!({
        "id": "clientError_1", "message": "Boom", "level": "error", "stack": "at main", "url": "https://app.test/x",
        "context": { "a": [1, null] }, "ip": "203.0.113.7", "userAgent": "gerbang-tests",
        "createdAt": "2026-02-03T04:05:06+00:00"
    });
    assert_eq!(logged["logClientError"]["clientError"], expected);
    let input = json!({ "message": "Later", "level": "warning" });
    app.anonymous().graphql_with(LOG, json!({ "input": input })).await.ok();

    let list = "{ clientErrors { totalCount nodes { message level context } } }";
    let admin = app.talents_admin().await;
    assert_eq!(
        app.as_user(&admin).graphql(list).await.ok(),
        json!({ "clientErrors": { "totalCount": 2, "nodes": [
            { "message": "Later", "level": "warning", "context": null },
            { "message": "Boom", "level": "error", "context": { "a": [1, null] } }
        ] } })
    );
    let oldest_first = "{ clientErrors(direction: ASC, first: 1) { nodes { message } pageInfo { hasNextPage } } }";
    let page = app.as_user(&admin).graphql(oldest_first).await.ok();
    assert_eq!(page["clientErrors"], json!({ "nodes": [{ "message": "Boom" }], "pageInfo": { "hasNextPage": true } }));
    let levels = "{ clientErrors(orderBy: LEVEL, direction: ASC) { nodes { level } } }";
    let page = app.as_user(&admin).graphql(levels).await.ok();
    assert_eq!(page["clientErrors"]["nodes"], json!([{ "level": "error" }, { "level": "warning" }]));

    let node = r#"{ node(id: "clientError_1") { ... on ClientError { message } } }"#;
    assert_eq!(app.as_user(&admin).graphql(node).await.ok(), json!({ "node": { "message": "Boom" } }));
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    app.as_user(&gateway_admin).graphql(list).await.ok();
    let stranger = app.user(Realm::Notary, Role::Admin).await;
    assert_eq!(app.as_user(&stranger).graphql(list).await.code(), "FORBIDDEN");
    assert_eq!(app.as_user(&stranger).graphql(node).await.ok(), json!({ "node": null }));
    assert_eq!(app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    let refused = app.as_user(&admin).graphql("{ clientErrors(first: 101) { nodes { id } } }").await;
    assert_eq!(refused.broken_rules(), ["first MAX"]);
}

#[tokio::test]
async fn a_missing_or_oversized_report_is_refused() {
    let app = TestApp::new().await;
    let log = async |input: Value| app.anonymous().graphql_with(LOG, json!({ "input": input })).await;
    let rules = log(json!({ "message": " ", "level": "x".repeat(21) })).await.broken_rules();
    assert_eq!(rules, ["message REQUIRED", "level MAX_LENGTH"]);
    log(json!({ "message": "x".repeat(16 * 1_024) })).await.ok();
    for input in [
        json!({ "message": "x".repeat(16 * 1_024 + 1) }),
        json!({ "message": "x", "stack": "é".repeat(8 * 1_024) }),
        json!({ "message": "x", "context": { "long": "x".repeat(16 * 1_024) } }),
    ] {
        assert_eq!(log(input).await.code(), "PAYLOAD_TOO_LARGE");
    }
}

#[tokio::test]
async fn an_address_may_report_30_a_minute() {
    let app = TestApp::new().await;
    let log = async || app.anonymous().graphql_with(LOG, json!({ "input": { "message": "Boom" } })).await;
    for _ in 0..30 {
        log().await.ok();
    }
    app.clock.advance(TimeDelta::seconds(20));
    let refused = log().await;
    assert_eq!(refused.code(), "RATE_LIMITED");
    assert_eq!(refused.errors[0]["extensions"]["retryAfter"], 40);
    app.clock.advance(TimeDelta::seconds(40));
    log().await.ok();
}

#[tokio::test]
async fn reports_are_kept_for_30_days_and_the_newest_100_000() {
    let app = TestApp::new().await;
    let db = app.domain.db.write();
    let log = async |count: usize| {
        for start in (0..count).step_by(2_000) {
            let rows = (start..count.min(start + 2_000)).map(|_| client_errors::row::ActiveModel {
                message: Set("Boom".to_owned()),
                level: Set("error".to_owned()),
                created_at: Set(app.clock.now().into()),
                ..Default::default()
            });
            client_errors::row::Entity::insert_many(rows).exec(db).await.unwrap();
        }
    };
    let kept = async || client_errors::row::Entity::find().count(db).await.unwrap();
    log(3).await;
    app.clock.advance(TimeDelta::days(30));
    log(100_000).await;
    assert_eq!(prune_client_errors(&app.domain).await.unwrap(), 3);
    assert_eq!(kept().await, 100_000);
    app.clock.advance(TimeDelta::seconds(1));
    log(2).await;
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(prune_client_errors(&app.domain).await.unwrap(), 2);
    assert_eq!(prune_client_errors(&app.domain).await.unwrap(), 0);
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(prune_client_errors(&app.domain).await.unwrap(), 99_998);
    assert_eq!(kept().await, 2);
}
