//! Webhook events: what is shown of them and to whom.

use chrono::TimeDelta;
use gerbang::payments::event::{self, retention::prune_webhook_events};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::Fixture;
use crate::support::TestApp;

#[tokio::test]
async fn a_payment_shows_its_events_in_the_order_in_which_they_came() {
    let fixture = Fixture::new().await;
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    fixture.event("first", "A", Some(1)).await;
    fixture.event("second", "A", Some(1)).await;
    let query = r#"{ payment(orderId: "A") { orderId status amount provider events { eventId status } } }"#;
    assert_eq!(
        fixture.admin().graphql(query).await.ok()["payment"],
        json!({
            "orderId": "A", "status": "PENDING", "amount": 150_000, "provider": "MIDTRANS",
            "events": [{ "eventId": "first", "status": "APPLIED" }, { "eventId": "second", "status": "APPLIED" }]
        })
    );
    let node = r#"{ node(id: "webhookEvent_1") { ... on WebhookEvent {
        id legacyId eventId provider orderId status providerStatus reason amount currency body receivedAt payment { orderId }
    } } }"#;
    assert_eq!(
        fixture.admin().graphql(node).await.ok()["node"],
        json!({
            "id": "webhookEvent_1", "legacyId": "1", "eventId": "first", "provider": "MIDTRANS", "orderId": "A",
            "status": "APPLIED", "providerStatus": "settlement", "reason": null, "amount": 150_000, "currency": "IDR",
            "body": super::body("A"), "receivedAt": "2026-02-03T04:06:06+00:00", "payment": { "orderId": "A" }
        })
    );
    assert_eq!(fixture.other().graphql(node).await.ok()["node"], Value::Null);
}

#[tokio::test]
async fn an_order_that_is_created_late_applies_the_events_that_came_before() {
    let fixture = Fixture::new().await;
    fixture.event("waiting", "A", None).await;
    fixture.event("elsewhere", "B", None).await;
    let unmatched = "{ webhookEvents(filter: { status: UNMATCHED }, direction: ASC) { nodes { eventId reason payment { orderId } } } }";
    assert_eq!(
        fixture.admin().graphql(unmatched).await.ok()["webhookEvents"]["nodes"],
        json!([
            { "eventId": "waiting", "reason": "no such order", "payment": null },
            { "eventId": "elsewhere", "reason": "no such order", "payment": null }
        ])
    );
    assert_eq!(
        fixture.other().graphql("{ webhookEvents { totalCount } }").await.ok()["webhookEvents"]["totalCount"],
        0
    );
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    fixture.order(fixture.admin(), "B", "DOKU").await;
    let query =
        r#"{ a: payment(orderId: "A") { events { eventId } } b: payment(orderId: "B") { events { eventId } } }"#;
    assert_eq!(
        fixture.admin().graphql(query).await.ok(),
        json!({ "a": { "events": [{ "eventId": "waiting" }] }, "b": { "events": [] } }),
        "only the provider's own"
    );
}

#[tokio::test]
async fn events_are_paged_newest_first_and_filtered() {
    let fixture = Fixture::new().await;
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    for (key, payment) in [("1", Some(1)), ("2", None), ("3", Some(1))] {
        fixture.event(key, if payment.is_some() { "A" } else { "B" }, payment).await;
        fixture.app.clock.advance(TimeDelta::minutes(1));
    }
    let keys = async |arguments: &str| {
        let query = format!("{{ webhookEvents{arguments} {{ nodes {{ eventId }} }} }}");
        let events = fixture.gateway_admin().graphql(&query).await.ok()["webhookEvents"].take();
        events["nodes"].as_array().unwrap().iter().map(|row| row["eventId"].as_str().unwrap()).collect::<String>()
    };
    assert_eq!(keys("").await, "321");
    assert_eq!(keys("(first: 1)").await, "3");
    assert_eq!(keys("(page: 2, perPage: 2)").await, "1");
    assert_eq!(keys(r#"(filter: { orderId: "A" })"#).await, "31");
    assert_eq!(keys("(filter: { provider: DOKU })").await, "");
    assert_eq!(keys(r#"(filter: { from: "2026-02-03T04:07:06Z", to: "2026-02-03T04:08:06Z" })"#).await, "2");
}

#[tokio::test]
async fn a_page_of_payments_takes_as_many_statements_as_one_payment() {
    let fixture = Fixture::new().await;
    for number in 1..=6 {
        let order_id = format!("A{number}");
        fixture.order(fixture.admin(), &order_id, "MIDTRANS").await;
        fixture.event(&format!("{number}a"), &order_id, Some(number)).await;
        fixture.event(&format!("{number}b"), &order_id, Some(number)).await;
    }
    let statements = async |rows: usize| {
        let query =
            format!("{{ payments(first: {rows}) {{ nodes {{ events {{ eventId payment {{ orderId }} }} }} }} }}");
        let before = fixture.app.statements();
        let payments = fixture.admin().graphql(&query).await.ok()["payments"].take();
        let payments = payments["nodes"].as_array().unwrap();
        assert_eq!(payments.len(), rows);
        assert!(payments.iter().all(|payment| payment["events"].as_array().unwrap().len() == 2));
        fixture.app.statements() - before
    };
    let one = statements(1).await;
    assert_eq!(one, 3);
    assert_eq!(statements(6).await, one);
}

#[tokio::test]
async fn events_are_kept_for_the_days_of_the_setting() {
    let fixture = Fixture::on(TestApp::with(|config| config.payments.event_days = 90).await).await;
    fixture.event("old", "order-1", None).await;
    fixture.app.clock.advance(TimeDelta::days(1));
    let kept = fixture.event("new", "order-2", None).await;
    fixture.app.clock.advance(TimeDelta::days(89));
    assert_eq!(prune_webhook_events(&fixture.app.domain).await.unwrap(), 0);
    fixture.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(prune_webhook_events(&fixture.app.domain).await.unwrap(), 1);
    let left = event::row::Entity::find().all(fixture.app.domain.db.write()).await.unwrap();
    assert_eq!(left, [kept]);
    let for_ever = TestApp::new().await;
    assert_eq!(prune_webhook_events(&for_ever.domain).await.unwrap(), 0);
}
