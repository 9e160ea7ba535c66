//! Chapter 4: the summary report, open to all; only administrators see money in it.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use super::{ADMIN, Office, invalid};
use crate::support::{
    legacy::Legacy,
    webhooks::{DOKU_SECRET, doku_signed},
};

/// Of the office: January to February 2026 is now.
fn report() -> Value {
    let month = |month: &str, clients: u8, assessments: u8| json!({ "month": month, "clients": clients, "assessments": assessments });
    json!({
        "partners": 2,
        "clients": 3,
        "assessments": 2,
        "months": [
            month("2025-08", 1, 1),
            month("2025-09", 0, 0),
            month("2025-10", 2, 1),
            month("2025-11", 0, 0),
            month("2025-12", 0, 0),
            month("2026-01", 0, 0),
            month("2026-02", 0, 0)
        ]
    })
}

#[tokio::test]
async fn anybody_sees_the_counts() {
    let office = Office::new().await;
    office.get("/summary-report").send().await.is(200, json!({ "data": report() }));
    // A token that gives no right to more is no obstacle.
    let notary = office.stranger(Realm::Notary, Role::Admin).await;
    for token in ["nonsense", &office.partner().await, &notary] {
        office.get("/summary-report").token(token).send().await.is(200, json!({ "data": report() }));
    }
}

#[tokio::test]
async fn a_period_is_counted_day_by_day() {
    let office = Office::new().await;
    let answer = office.get("/summary-report?from=2025-08-01&to=2025-10-19").send().await;
    answer.is(
        200,
        json!({
            "data": {
                "partners": 0,
                "clients": 3,
                "assessments": 1,
                "months": [
                    { "month": "2025-08", "clients": 1, "assessments": 1 },
                    { "month": "2025-09", "clients": 0, "assessments": 0 },
                    { "month": "2025-10", "clients": 2, "assessments": 0 }
                ]
            }
        }),
    );
    let one_day = office.get("/summary-report?from=2025-10-20&to=2025-10-20").send().await.body;
    assert_eq!((&one_day["data"]["clients"], &one_day["data"]["assessments"]), (&json!(0), &json!(1)));
    let blank = office.get("/summary-report?from=&to=").send().await;
    blank.is(200, json!({ "data": report() }));
}

#[tokio::test]
async fn an_invalid_date_is_refused() {
    let office = Office::new().await;
    for wrong in ["2025-02-30", "01/02/2025", "yesterday", "2025-2-3", "2025-02-03T00:00:00Z"] {
        let answer = office.get(&format!("/summary-report?from={wrong}")).send().await;
        answer.is(422, invalid("from", "The from is not a valid date."));
        let answer = office.get(&format!("/summary-report?to={wrong}")).send().await;
        answer.is(422, invalid("to", "The to is not a valid date."));
    }
    let backwards = office.get("/summary-report?from=2025-02-02&to=2025-02-01").send().await;
    assert_eq!(backwards.status, 422, "{backwards:?}");
    assert!(backwards.body["errors"]["to"][0].is_string());
}

#[tokio::test]
async fn administrators_see_the_payments_too() {
    let office = Office::new().await;
    let mut with_payments = report();
    with_payments["payments"] = json!([]);
    let gateway = office.stranger(Realm::Staff, Role::Admin).await;
    for token in [office.admin().await, gateway] {
        let answer = office.get("/summary-report").token(&token).send().await;
        answer.is(200, json!({ "data": with_payments.clone() }));
    }
}

#[tokio::test]
async fn payments_are_summed_by_provider_and_status() {
    let legacy = Legacy::demo().await;
    let token = legacy.log_in("/api/auth/login", ADMIN, "access_token").await;
    let body = legacy.get("/api/summary-report").token(&token).send().await.body;
    let payments = body["data"]["payments"].as_array().unwrap();
    // One order still open with Xendit besides the three to try.
    let names: Vec<_> = payments[0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["provider", "status", "count", "total"]);
    let open = payments.iter().find(|row| row["provider"] == "doku" && row["status"] == "pending").unwrap();
    assert_eq!(*open, json!({ "provider": "doku", "status": "pending", "count": 3, "total": 450_000 }));
    let count: i64 = payments.iter().map(|row| row["count"].as_i64().unwrap()).sum();
    assert_eq!(count, 29);
}

#[tokio::test]
async fn what_was_paid_is_summed_and_other_currencies_are_only_counted() {
    let office = Office::new().await;
    let admin = office.app().user(Realm::TalentsMapping, Role::Admin).await;
    let create = "mutation($input: CreatePaymentOrderInput!) { createPaymentOrder(input: $input) { payment { id } } }";
    for (order_id, amount, currency) in
        [("A", 150_000, "IDR"), ("B", 250_000, "IDR"), ("C", 20, "USD"), ("D", 5, "IDR")]
    {
        let input = json!({ "orderId": order_id, "provider": "DOKU", "amount": amount, "currency": currency });
        office.app().as_user(&admin).graphql_with(create, json!({ "input": input })).await.ok();
    }
    for order_id in ["A", "B"] {
        doku_paid(&office, order_id, if order_id == "A" { 150_000 } else { 250_000 }).await;
    }
    let answer = office.get("/summary-report").token(&office.admin().await).send().await;
    assert_eq!(
        answer.body["data"]["payments"],
        json!([
            { "provider": "doku", "status": "paid", "count": 2, "total": 400_000 },
            { "provider": "doku", "status": "pending", "count": 2, "total": 5 }
        ])
    );
}

/// DOKU reports that an order was paid.
async fn doku_paid(office: &Office, order_id: &str, amount: i64) {
    let body =
        json!({ "order": { "invoice_number": order_id, "amount": amount }, "transaction": { "status": "SUCCESS" } });
    let notification = doku_signed(DOKU_SECRET, "/api/doku/notif-hook", order_id, body.to_string());
    notification.send(&office.0).await.says(200, "OK");
}
