//! Notifications that come before their order, and those that are looked at again.

use futures_util::future::join_all;
use gerbang::{
    accounts::{Realm, Role},
    payments::order::row::Provider,
};
use serde_json::json;

use super::Shop;
use crate::support::{
    database::TestDatabase,
    webhooks::{doku, midtrans, xendit},
};

#[tokio::test]
async fn a_notification_that_comes_before_its_order_is_applied_later() {
    let shop = Shop::new().await;
    for notification in [midtrans("LATE", "pending"), midtrans("LATE", "settlement"), midtrans("OTHER", "settlement")] {
        shop.deliver(&notification).await;
    }
    assert_eq!(shop.outcomes("LATE").await, ["UNMATCHED", "UNMATCHED"]);
    let admin = shop.admin();
    let mut watcher = admin.subscribe("subscription { paymentUpdated { orderId status } }");
    let payment = shop.order("LATE", Provider::Midtrans).await;
    assert_eq!(payment["status"], "PAID");
    assert!(payment["paidAt"].is_string());
    assert_eq!(payment["events"], json!([{ "status": "DUPLICATE_STATE" }, { "status": "APPLIED" }]));
    assert_eq!(watcher.next().await.unwrap().ok()["paymentUpdated"], json!({ "orderId": "LATE", "status": "PAID" }));
    assert!(watcher.is_silent());
    assert_eq!(shop.outcomes("OTHER").await, ["UNMATCHED"]);
}

#[tokio::test]
async fn unmatched_events_are_applied_in_the_order_in_which_they_came() {
    let shop = Shop::new().await;
    for (word, id) in [("EXPIRED", "1"), ("SUCCESS", "2"), ("REFUNDED", "3"), ("PENDING", "4")] {
        shop.deliver(&doku("LATE", word, id)).await;
    }
    let payment = shop.order("LATE", Provider::Doku).await;
    assert_eq!((&payment["status"], &payment["latePayment"]), (&json!("REFUNDED"), &json!(true)));
    assert_eq!(shop.outcomes("LATE").await, ["APPLIED", "APPLIED", "APPLIED", "IGNORED"]);
}

#[tokio::test]
async fn an_unmatched_event_that_contradicts_its_new_order_is_flagged() {
    let shop = Shop::new().await;
    shop.deliver(&midtrans("LATE", "settlement")).await;
    let payment = shop.order("LATE", Provider::Xendit).await;
    assert_eq!((&payment["status"], payment["flagged"].is_string()), (&json!("PENDING"), true));
    assert_eq!(shop.outcomes("LATE").await, ["FLAGGED"]);
    shop.deliver(&midtrans("CHEAP", "settlement")).await;
    let payment = shop.order_of(json!({ "orderId": "CHEAP", "provider": "MIDTRANS", "amount": 1 })).await;
    assert_eq!((&payment["status"], payment["flagged"].is_string()), (&json!("PENDING"), true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_notification_and_its_order_at_once_lose_nothing() {
    for database in TestDatabase::each().await {
        let shop = Shop::on(database, |config| config.database.connections = 6).await;
        let orders: Vec<String> = (0..24).map(|number| format!("RACE-{number}")).collect();
        let both = join_all(orders.iter().map(async |order_id| {
            let notification = xendit(order_id, "PAID", order_id);
            tokio::join!(shop.order(order_id, Provider::Xendit), shop.deliver(&notification));
        }));
        both.await;
        for order_id in &orders {
            let payment = shop.payment(order_id).await;
            assert_eq!(payment["status"], "PAID", "{order_id}: {payment}");
            assert_eq!(payment["events"][0]["status"], "APPLIED");
        }
    }
}

#[tokio::test]
async fn an_event_can_be_replayed() {
    let shop = Shop::new().await;
    shop.order("M", Provider::Midtrans).await;
    shop.deliver(&midtrans("M", "refund")).await;
    shop.deliver(&midtrans("M", "settlement")).await;
    assert_eq!(shop.outcomes("M").await, ["FLAGGED", "APPLIED"], "money came back before it came");
    let event = shop.replay(1).await.ok()["replayWebhookEvent"]["event"].take();
    assert_eq!((&event["status"], &event["reason"]), (&json!("APPLIED"), &json!(null)));
    assert_eq!(event["payment"]["status"], "REFUNDED");
    // Neither of them again.
    for id in [1, 2] {
        let event = shop.replay(id).await.ok()["replayWebhookEvent"]["event"].take();
        assert_eq!((&event["status"], &event["payment"]["status"]), (&json!("APPLIED"), &json!("REFUNDED")));
    }
    assert_eq!(shop.events().await, 2);
}

#[tokio::test]
async fn replaying_an_event_that_still_does_not_match_changes_nothing() {
    let shop = Shop::new().await;
    shop.deliver(&doku("NOBODY", "SUCCESS", "1")).await;
    let event = shop.replay(1).await.ok()["replayWebhookEvent"]["event"].take();
    assert_eq!(event, json!({ "status": "UNMATCHED", "reason": "there is no such order", "payment": null }));
    shop.order("D", Provider::Doku).await;
    for (word, id) in [("SUCCESS", "2"), ("PENDING", "3")] {
        shop.deliver(&doku("D", word, id)).await;
    }
    let event = shop.replay(3).await.ok()["replayWebhookEvent"]["event"].take();
    assert_eq!((&event["status"], &event["payment"]["status"]), (&json!("IGNORED"), &json!("PAID")));
}

#[tokio::test]
async fn only_admins_who_see_an_event_may_replay_it() {
    let shop = Shop::new().await;
    shop.deliver(&doku("NOBODY", "SUCCESS", "1")).await;
    assert_eq!(shop.replay(2).await.code(), "NOT_FOUND");
    let app = &shop.legacy.app;
    let query = r#"mutation { replayWebhookEvent(input: { id: "1" }) { event { status } } }"#;
    assert_eq!(app.anonymous().graphql(query).await.code(), "UNAUTHENTICATED");
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    assert_eq!(app.as_user(&affiliate).graphql(query).await.code(), "FORBIDDEN");
    let elsewhere = app.user(Realm::Scholarship, Role::Admin).await;
    assert_eq!(app.as_user(&elsewhere).graphql(query).await.code(), "NOT_FOUND");
    let of_gateway = app.user(Realm::Staff, Role::Admin).await;
    app.as_user(&of_gateway).graphql(query).await.ok();
}
