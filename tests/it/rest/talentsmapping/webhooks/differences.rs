//! Notifications that don't fit their order: kept, flagged, nothing paid.

use gerbang::payments::order::row::Provider;
use serde_json::{Value, json};

use super::Shop;
use crate::support::webhooks::{MIDTRANS_KEY, Notification, doku, midtrans, midtrans_saying, xendit, xendit_saying};

fn altered(notification: &Notification, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = serde_json::from_str(&notification.body).unwrap();
    change(&mut body);
    body
}

fn of_midtrans(change: impl FnOnce(&mut Value)) -> Notification {
    midtrans_saying(MIDTRANS_KEY, altered(&midtrans("M", "settlement"), change))
}

fn of_doku(request_id: &str, change: impl FnOnce(&mut Value)) -> Notification {
    let body = altered(&doku("D", "SUCCESS", ""), change).to_string();
    crate::support::webhooks::doku_signed(
        crate::support::webhooks::DOKU_SECRET,
        "/api/doku/notif-hook",
        request_id,
        body,
    )
}

fn of_xendit(webhook_id: &str, change: impl FnOnce(&mut Value)) -> Notification {
    xendit_saying(webhook_id, &altered(&xendit("X", "PAID", ""), change))
}

async fn shop() -> Shop {
    let shop = Shop::new().await;
    for (order_id, provider) in [("M", Provider::Midtrans), ("D", Provider::Doku), ("X", Provider::Xendit)] {
        shop.order(order_id, provider).await;
    }
    shop
}

#[tokio::test]
async fn another_amount_pays_nothing() {
    let shop = shop().await;
    let notifications = [
        ("M", of_midtrans(|body| body["gross_amount"] = "149999.00".into())),
        ("M", of_midtrans(|body| body["gross_amount"] = "150000.01".into())),
        ("M", of_midtrans(|body| body["gross_amount"] = "1500000".into())),
        ("M", of_midtrans(|body| body["gross_amount"] = "Rp150000".into())),
        ("D", of_doku("d1", |body| body["order"]["amount"] = 1.into())),
        ("D", of_doku("d2", |body| body["order"]["amount"] = 150_000.5.into())),
        ("D", of_doku("d3", |body| body["order"]["amount"] = Value::Null)),
        ("X", of_xendit("x1", |body| body["amount"] = 15_000.into())),
        ("X", of_xendit("x2", |body| body["paid_amount"] = 149_999.into())),
        ("X", of_xendit("x3", |body| body["amount"] = json!(9_007_199_254_740_993_i64))),
    ];
    for (order_id, notification) in notifications {
        shop.deliver(&notification).await;
        let payment = shop.payment(order_id).await;
        assert_eq!((&payment["status"], payment["flagged"].is_string()), (&json!("PENDING"), true), "{notification:?}");
        let events = payment["events"].as_array().unwrap();
        assert!(events.iter().all(|event| event["status"] == "FLAGGED"), "{events:?}");
    }
    assert_eq!(shop.events().await, 10);
}

#[tokio::test]
async fn an_amount_may_be_a_number_or_a_text() {
    for (order_id, notification) in [
        ("M", of_midtrans(|body| body["gross_amount"] = "150000".into())),
        ("M", of_midtrans(|body| body["gross_amount"] = "150000.0000".into())),
        ("D", of_doku("d1", |body| body["order"]["amount"] = "150000".into())),
        ("D", of_doku("d2", |body| body["order"]["amount"] = 150_000.0.into())),
        ("X", of_xendit("x1", |body| body["amount"] = "150000.00".into())),
        ("X", of_xendit("x2", |body| body["paid_amount"] = 160_000.into())),
        ("X", of_xendit("x3", |body| body["paid_amount"] = Value::Null)),
    ] {
        let shop = shop().await;
        shop.deliver(&notification).await;
        assert_eq!(shop.status(order_id).await, "PAID", "{notification:?}");
    }
}

#[tokio::test]
async fn another_currency_pays_nothing() {
    let shop = shop().await;
    shop.order_of(json!({ "orderId": "USD", "provider": "DOKU", "amount": 150_000, "currency": "USD" })).await;
    for (order_id, notification) in [
        ("M", of_midtrans(|body| body["currency"] = "USD".into())),
        ("X", of_xendit("x1", |body| body["currency"] = "idr".into())),
        // DOKU names no currency: it means rupiah.
        ("USD", of_doku("d1", |body| body["order"]["invoice_number"] = "USD".into())),
    ] {
        shop.deliver(&notification).await;
        let payment = shop.payment(order_id).await;
        assert_eq!((&payment["status"], payment["flagged"].is_string()), (&json!("PENDING"), true), "{notification:?}");
    }
    shop.deliver(&of_midtrans(|body| body["currency"] = Value::Null)).await;
    assert_eq!(shop.status("M").await, "PAID");
}

#[tokio::test]
async fn another_provider_pays_nothing() {
    let shop = shop().await;
    for (order_id, notification) in [
        ("M", of_xendit("x1", |body| body["external_id"] = "M".into())),
        ("D", of_midtrans(|body| body["order_id"] = "D".into())),
        ("X", of_doku("d1", |body| body["order"]["invoice_number"] = "X".into())),
    ] {
        shop.deliver(&notification).await;
        let payment = shop.payment(order_id).await;
        assert_eq!((&payment["status"], payment["flagged"].is_string()), (&json!("PENDING"), true), "{notification:?}");
        assert_eq!(payment["events"], json!([]), "it is none of the order's");
        assert_eq!(shop.outcomes(order_id).await, ["FLAGGED"]);
    }
}

#[tokio::test]
async fn a_success_that_breaks_midtrans_rules_pays_nothing() {
    for (change, status) in [
        (("status_code", "201"), "PENDING"),
        (("status_code", "202"), "PENDING"),
        (("fraud_status", "challenge"), "REVIEW"),
        (("fraud_status", "deny"), "FAILED"),
        (("fraud_status", "unheard of"), "PENDING"),
        (("transaction_status", "unheard of"), "PENDING"),
        (("transaction_status", "SETTLEMENT"), "PENDING"),
    ] {
        let shop = shop().await;
        shop.deliver(&of_midtrans(|body| body[change.0] = change.1.into())).await;
        assert_eq!(shop.status("M").await, status, "{change:?}");
        assert_eq!(shop.events().await, 1);
    }
    let shop = shop().await;
    let fraud_absent = of_midtrans(|body| {
        body.as_object_mut().unwrap().shift_remove("fraud_status");
    });
    shop.deliver(&fraud_absent).await;
    assert_eq!(shop.status("M").await, "PAID");
}

#[tokio::test]
async fn an_unknown_status_is_stored() {
    let shop = shop().await;
    shop.deliver(&of_doku("d1", |body| body["transaction"]["status"] = "PARTLY".into())).await;
    shop.deliver(&of_xendit("x1", |body| body["status"] = "HALF".into())).await;
    shop.deliver(&of_midtrans(|body| body["transaction_status"] = "maybe".into())).await;
    for order_id in ["M", "D", "X"] {
        let payment = shop.payment(order_id).await;
        assert_eq!(payment["status"], "PENDING");
        assert_eq!(payment["events"][0]["status"], "UNKNOWN_STATUS");
    }
}

#[tokio::test]
async fn unknown_members_and_long_values_are_accepted() {
    let shop = shop().await;
    let long = "x".repeat(2_000);
    shop.deliver(&of_midtrans(|body| {
        body["metadata"] = json!({ "deep": [1, { "er": null }] });
        body["transaction_id"] = long.clone().into();
    }))
    .await;
    assert_eq!(shop.status("M").await, "PAID");
    shop.deliver(&of_xendit(&"w".repeat(3_000), |body| body["new"] = json!([]))).await;
    assert_eq!(shop.status("X").await, "PAID");
    // An order's id that no order can have.
    shop.deliver(&of_doku("d1", |body| body["order"]["invoice_number"] = long.clone().into())).await;
    shop.deliver(&of_doku("d2", |body| body["transaction"]["status"] = long.clone().into())).await;
    assert_eq!(shop.events().await, 4);
}

#[tokio::test]
async fn xendits_payments_are_read_like_its_invoices() {
    let shop = shop().await;
    let event = |name: &str, status: &str| {
        xendit_saying(
            &format!("{name}-{status}"),
            &json!({
                "event": name, "business_id": "5f27a14a9bf05c73dd040bc8", "created": "2026-02-03T04:00:00.000Z",
                "data": {
                    "payment_id": "py-1", "payment_request_id": "pr-1", "reference_id": "X", "request_amount": 150_000,
                    "currency": "IDR", "status": status, "channel_code": "GOPAY",
                    "captures": [{ "capture_id": "c-1", "capture_amount": 150_000 }]
                }
            }),
        )
    };
    shop.deliver(&event("payment.authorization", "AUTHORIZED")).await;
    assert_eq!(shop.status("X").await, "PENDING");
    shop.deliver(&event("payment.failure", "FAILED")).await;
    assert_eq!(shop.status("X").await, "FAILED");
    shop.deliver(&event("refund.succeeded", "SUCCEEDED")).await;
    assert_eq!(shop.status("X").await, "FAILED", "a refund that succeeds is no payment");
    shop.deliver(&event("payment.capture", "SUCCEEDED")).await;
    assert_eq!(shop.status("X").await, "PAID");
}
