//! However often a notification is delivered, it counts once.

use futures_util::future::join_all;
use gerbang::payments::{event, order::row::Provider};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use super::Shop;
use crate::support::{
    database::TestDatabase,
    webhooks::{Notification, doku, midtrans, xendit},
};

const ORDERS: [(&str, Provider); 3] = [("M", Provider::Midtrans), ("D", Provider::Doku), ("X", Provider::Xendit)];

fn paid() -> [Notification; 3] {
    [midtrans("M", "settlement"), doku("D", "SUCCESS", "request-1"), xendit("X", "PAID", "delivery-1")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_deliveries_at_once_are_one_event_and_one_change() {
    for database in TestDatabase::each().await {
        let shop = Shop::on(database, |config| config.database.connections = 6).await;
        for (order_id, provider) in ORDERS {
            shop.order(order_id, provider).await;
        }
        let admin = shop.admin();
        let mut watcher = admin.subscribe("subscription { paymentUpdated { orderId status } }");
        for (notification, (order_id, _)) in paid().iter().zip(ORDERS) {
            let replies = join_all((0..64).map(|_| shop.send(notification))).await;
            for reply in replies {
                reply.says(200, "OK");
            }
            let payment = shop.payment(order_id).await;
            assert_eq!(payment["status"], "PAID");
            assert_eq!(payment["events"].as_array().unwrap().len(), 1, "{payment}");
            let update = watcher.next().await.unwrap().ok();
            assert_eq!(update["paymentUpdated"], json!({ "orderId": order_id, "status": "PAID" }));
            assert!(watcher.is_silent(), "it changed once");
        }
        assert_eq!(shop.events().await, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_notifications_about_many_orders_are_all_stored() {
    for database in TestDatabase::each().await {
        let shop = Shop::on(database, |config| config.database.connections = 6).await;
        let orders: Vec<String> = (0..20).map(|number| format!("ORDER-{number}")).collect();
        for order_id in &orders {
            shop.order(order_id, Provider::Doku).await;
        }
        // Each in two words, and each word twice; the words may arrive in any order.
        let notifications = orders.iter().flat_map(|order_id| {
            let failed = doku(order_id, "FAILED", &format!("{order_id}-failed"));
            let paid = doku(order_id, "SUCCESS", &format!("{order_id}-paid"));
            [failed.clone(), paid.clone(), paid, failed]
        });
        let notifications: Vec<_> = notifications.collect();
        for reply in join_all(notifications.iter().map(|notification| shop.send(notification))).await {
            reply.says(200, "OK");
        }
        for order_id in &orders {
            assert_eq!(shop.status(order_id).await, "PAID", "{order_id}");
        }
        assert_eq!(shop.events().await, 40);
    }
}

#[tokio::test]
async fn a_repeat_changes_nothing_however_late_it_is() {
    let shop = Shop::new().await;
    shop.order("M", Provider::Midtrans).await;
    let (denied, paid) = (midtrans("M", "deny"), midtrans("M", "settlement"));
    for notification in [&denied, &paid, &denied, &paid, &denied] {
        shop.deliver(notification).await;
    }
    assert_eq!(shop.status("M").await, "PAID");
    assert_eq!(shop.outcomes("M").await, ["APPLIED", "APPLIED"]);
}

#[tokio::test]
async fn equal_event_keys_of_two_providers_are_two_events() {
    let shop = Shop::new().await;
    shop.order("D", Provider::Doku).await;
    shop.order("X", Provider::Xendit).await;
    shop.deliver(&doku("D", "SUCCESS", "the-same-key")).await;
    shop.deliver(&xendit("X", "PAID", "the-same-key")).await;
    assert_eq!((shop.status("D").await, shop.status("X").await), ("PAID".to_owned(), "PAID".to_owned()));
}

#[tokio::test]
async fn xendit_without_a_delivery_id_is_deduplicated_by_its_content() {
    let shop = Shop::new().await;
    shop.order("X", Provider::Xendit).await;
    let (pending, paid) = (xendit("X", "PENDING", "").without_header("webhook-id"), xendit("X", "PAID", ""));
    for notification in [&pending, &paid.without_header("webhook-id"), &pending] {
        shop.deliver(notification).await;
    }
    assert_eq!(shop.outcomes("X").await, ["DUPLICATE_STATE", "APPLIED"]);
    let events = event::row::Entity::find().count(shop.legacy.app.domain.db.read()).await.unwrap();
    assert_eq!(events, 2);
}
