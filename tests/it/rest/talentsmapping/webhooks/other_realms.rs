//! Orders of other realms, which can neither block nor take what is paid to the realm that the hooks belong to.

use gerbang::{
    accounts::{Realm, Role},
    payments::order::row::Provider,
};
use serde_json::json;

use super::{CREATE, Shop};
use crate::support::webhooks::midtrans;

/// Adds an order of 150,000 rupiah to a realm, as its admin. Says where it stands.
async fn order_of(shop: &Shop, realm: Realm, order_id: &str) -> String {
    let admin = shop.legacy.app.user(realm, Role::Admin).await;
    let input = json!({ "input": { "orderId": order_id, "provider": "MIDTRANS", "amount": 150_000 } });
    let created = shop.legacy.app.as_user(&admin).graphql_with(CREATE, input).await.ok();
    created["createPaymentOrder"]["payment"]["status"].as_str().unwrap().to_owned()
}

/// Where the orders with this id stand, in the order in which they were made.
async fn statuses(shop: &Shop, order_id: &str) -> Vec<String> {
    let admin = shop.legacy.app.user(Realm::Staff, Role::Admin).await;
    let query =
        format!("{{ payments(filter: {{ search: \"{order_id}\" }}, direction: ASC) {{ nodes {{ status }} }} }}");
    let payments = shop.legacy.app.as_user(&admin).graphql(&query).await.ok()["payments"]["nodes"].take();
    payments.as_array().unwrap().iter().map(|payment| payment["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_order_of_another_realm_blocks_no_payment() {
    let shop = Shop::new().await;
    shop.order("AFTER", Provider::Midtrans).await;
    order_of(&shop, Realm::Notary, "AFTER").await;
    order_of(&shop, Realm::Notary, "BEFORE").await;
    order_of(&shop, Realm::Apextrack, "BEFORE").await;
    shop.order("BEFORE", Provider::Midtrans).await;
    order_of(&shop, Realm::Notary, "STAFF").await;
    order_of(&shop, Realm::Staff, "STAFF").await;
    for order_id in ["AFTER", "BEFORE", "STAFF"] {
        shop.deliver(&midtrans(order_id, "settlement")).await;
    }
    assert_eq!(statuses(&shop, "AFTER").await, ["PAID", "PENDING"]);
    assert_eq!(statuses(&shop, "BEFORE").await, ["PENDING", "PENDING", "PAID"]);
    assert_eq!(statuses(&shop, "STAFF").await, ["PENDING", "PAID"]);
}

#[tokio::test]
async fn an_order_with_precedence_is_used_even_if_another_matches_better() {
    let shop = Shop::new().await;
    shop.order_of(json!({ "orderId": "CHEAP", "provider": "MIDTRANS", "amount": 1 })).await;
    order_of(&shop, Realm::Notary, "CHEAP").await;
    shop.deliver(&midtrans("CHEAP", "settlement")).await;
    assert_eq!(statuses(&shop, "CHEAP").await, ["PENDING", "PENDING"]);
    assert!(shop.payment("CHEAP").await["flagged"].is_string());
}

#[tokio::test]
async fn an_order_of_another_realm_takes_no_unmatched_event() {
    let shop = Shop::new().await;
    for order_id in ["LATE", "STAFF"] {
        shop.deliver(&midtrans(order_id, "settlement")).await;
        for realm in [Realm::Notary, Realm::Scholarship, Realm::Apextrack] {
            assert_eq!(order_of(&shop, realm, order_id).await, "PENDING", "{realm:?}");
        }
        assert_eq!(shop.outcomes(order_id).await, ["UNMATCHED"]);
    }
    assert_eq!(shop.order("LATE", Provider::Midtrans).await["status"], "PAID");
    assert_eq!(order_of(&shop, Realm::Staff, "STAFF").await, "PAID");
    for order_id in ["LATE", "STAFF"] {
        assert_eq!(statuses(&shop, order_id).await, ["PENDING", "PENDING", "PENDING", "PAID"]);
    }
}

#[tokio::test]
async fn an_order_of_another_realm_that_is_there_in_time_is_paid() {
    let shop = Shop::new().await;
    order_of(&shop, Realm::Notary, "N").await;
    shop.deliver(&midtrans("N", "settlement")).await;
    assert_eq!(statuses(&shop, "N").await, ["PAID"]);
}
