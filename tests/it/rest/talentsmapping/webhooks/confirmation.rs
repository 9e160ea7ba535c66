//! Midtrans' signature does not cover the status, so its own record is asked, over a real connection.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use gerbang::payments::{
    order::row::Provider,
    provider::midtrans::status_api::{StatusApi, StatusError, Timeouts},
};
use gerbang_kernel::secret::Secret;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::Shop;
use crate::support::webhooks::{doku, midtrans, midtrans_saying, xendit};

/// How Midtrans answers.
#[derive(Clone, Debug)]
enum Answer {
    Record(Value),
    Status(StatusCode),
    Never,
}

/// Midtrans' status API.
struct Midtrans {
    url: String,
    seen: Seen,
    serving: JoinHandle<()>,
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<(Vec<Answer>, Vec<(String, String)>)>>);

impl Midtrans {
    /// Gives these answers one after the other, and then the last of them for ever.
    async fn answering(answers: &[Answer]) -> Self {
        let seen = Seen::default();
        seen.0.lock().unwrap().0 = answers.to_vec();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v2/{order_id}/status", get(answer)).with_state(seen.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen, serving }
    }

    fn now_answers(&self, answer: Answer) {
        self.seen.0.lock().unwrap().0 = vec![answer];
    }

    /// Who was asked about, with which key.
    fn asked(&self) -> Vec<(String, String)> {
        self.seen.0.lock().unwrap().1.clone()
    }

    async fn shop(&self) -> Shop {
        let shop = Shop::with(|config| {
            config.payments.midtrans.confirm = true;
            config.payments.midtrans.api_url.clone_from(&self.url);
            config.payments.midtrans.server_keys.push(Secret::new("next-key"));
        });
        let shop = shop.await;
        shop.order("M", Provider::Midtrans).await;
        shop
    }
}

impl Drop for Midtrans {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(Seen(seen)): State<Seen>, Path(order_id): Path<String>, headers: HeaderMap) -> Response {
    let answer = {
        let mut seen = seen.lock().unwrap();
        seen.1.push((order_id, headers["authorization"].to_str().unwrap().to_owned()));
        if seen.0.len() > 1 { seen.0.remove(0) } else { seen.0[0].clone() }
    };
    match answer {
        Answer::Record(record) => Json(record).into_response(),
        Answer::Status(status) => (status, Json(json!({ "status_code": status.as_str() }))).into_response(),
        Answer::Never => std::future::pending().await,
    }
}

/// Midtrans' record of order `M`.
fn record(status: &str) -> Answer {
    Answer::Record(serde_json::from_str(&midtrans("M", status).body).unwrap())
}

const DOWN: Answer = Answer::Status(StatusCode::INTERNAL_SERVER_ERROR);

#[tokio::test]
async fn what_the_record_confirms_is_applied() {
    let api = Midtrans::answering(&[record("settlement")]).await;
    let shop = api.shop().await;
    shop.deliver(&midtrans("M", "settlement")).await;
    assert_eq!(shop.status("M").await, "PAID");
    // The key and a colon, in Base64.
    assert_eq!(api.asked(), [("M".to_owned(), "Basic ZGVtby1taWR0cmFucy1rZXk6".to_owned())]);
    // Only Midtrans leaves the status unsigned, and what is refused is not asked about.
    shop.deliver(&doku("D", "SUCCESS", "r")).await;
    shop.deliver(&xendit("X", "PAID", "w")).await;
    let forged =
        midtrans_saying("guessed", json!({ "order_id": "M", "status_code": "200", "gross_amount": "150000.00" }));
    shop.send(&forged).await.says(401, "Unauthenticated.");
    assert_eq!(api.asked().len(), 1);
}

#[tokio::test]
async fn midtrans_is_asked_with_the_key_that_it_signed_with() {
    let api = Midtrans::answering(&[record("settlement")]).await;
    let shop = api.shop().await;
    let body = serde_json::from_str(&midtrans("M", "settlement").body).unwrap();
    shop.deliver(&midtrans_saying("next-key", body)).await;
    assert_eq!(api.asked()[0].1, "Basic bmV4dC1rZXk6");
}

#[tokio::test]
async fn a_forged_status_pays_nothing() {
    // Somebody saw a signed notification of a payment that waits, and sends it again as a success.
    let mut body: Value = serde_json::from_str(&midtrans("M", "authorize").body).unwrap();
    body["status_code"] = "200".into();
    let seen = midtrans_saying("demo-midtrans-key", body.clone());
    body["transaction_status"] = "settlement".into();
    let made_up = midtrans_saying("demo-midtrans-key", body);
    let api = Midtrans::answering(&[record("authorize")]).await;
    let shop = api.shop().await;
    shop.deliver(&seen).await;
    shop.deliver(&made_up).await;
    let payment = shop.payment("M").await;
    assert_eq!(
        (&payment["status"], &payment["flagged"]),
        (&json!("PENDING"), &json!("Midtrans' record says `authorize`"))
    );
    assert_eq!(shop.outcomes("M").await, ["DUPLICATE_STATE", "FLAGGED"]);
    // When it has come true, an operator may let it count.
    api.now_answers(record("settlement"));
    let event = shop.replay(2).await.ok()["replayWebhookEvent"]["event"].take();
    assert_eq!((&event["status"], &event["payment"]["status"]), (&json!("APPLIED"), &json!("PAID")));
}

#[tokio::test]
async fn an_order_without_a_record_is_not_paid() {
    let in_the_body = Answer::Record(json!({ "status_code": "404", "status_message": "Transaction doesn't exist." }));
    for unknown in [Answer::Status(StatusCode::NOT_FOUND), in_the_body] {
        let api = Midtrans::answering(&[unknown]).await;
        let shop = api.shop().await;
        shop.deliver(&midtrans("M", "settlement")).await;
        assert_eq!(shop.status("M").await, "PENDING");
        assert_eq!(shop.outcomes("M").await, ["FLAGGED"]);
    }
}

#[tokio::test]
async fn a_late_notification_does_not_revert_the_payment() {
    let api = Midtrans::answering(&[record("settlement")]).await;
    let shop = api.shop().await;
    shop.deliver(&midtrans("M", "settlement")).await;
    // Of an earlier try; by the table alone it would be a reversal.
    shop.deliver(&midtrans("M", "deny")).await;
    assert_eq!(shop.status("M").await, "PAID");
    assert_eq!(shop.outcomes("M").await, ["APPLIED", "IGNORED"]);
    api.now_answers(record("deny"));
    let mut reversed: Value = serde_json::from_str(&midtrans("M", "deny").body).unwrap();
    reversed["transaction_time"] = "2026-02-03 11:04:00".into();
    shop.deliver(&midtrans_saying("demo-midtrans-key", reversed)).await;
    let payment = shop.payment("M").await;
    assert_eq!((&payment["status"], &payment["reversed"]), (&json!("FAILED"), &json!(true)));
}

#[tokio::test]
async fn a_passing_failure_of_the_status_api_is_retried() {
    let api = Midtrans::answering(&[DOWN, Answer::Status(StatusCode::TOO_MANY_REQUESTS), record("settlement")]).await;
    let shop = api.shop().await;
    shop.deliver(&midtrans("M", "settlement")).await;
    assert_eq!((shop.status("M").await.as_str(), api.asked().len()), ("PAID", 3));
}

#[tokio::test]
async fn a_notification_that_cannot_be_confirmed_answers_503() {
    let api = Midtrans::answering(&[DOWN]).await;
    let shop = api.shop().await;
    let reply = shop.send(&midtrans("M", "settlement")).await;
    reply.says(503, "Service Unavailable");
    assert_eq!(reply.header("retry-after"), "60");
    assert_eq!((shop.events().await, shop.status("M").await.as_str(), api.asked().len()), (0, "PENDING", 3));
    api.now_answers(record("settlement"));
    shop.deliver(&midtrans("M", "settlement")).await;
    assert_eq!(shop.status("M").await, "PAID");
    // A key of another environment is not tried three times.
    api.now_answers(Answer::Status(StatusCode::UNAUTHORIZED));
    let asked = api.asked().len();
    shop.send(&midtrans("M", "refund")).await.says(503, "Service Unavailable");
    assert_eq!(api.asked().len(), asked + 1);
}

#[tokio::test]
async fn a_status_api_that_never_answers_is_given_up_within_five_seconds() {
    let api = Midtrans::answering(&[Answer::Never]).await;
    let shop = api.shop().await;
    let began = Instant::now();
    shop.send(&midtrans("M", "settlement")).await.says(503, "Service Unavailable");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!((shop.events().await, api.asked().len()), (0, 3));
}

#[tokio::test]
async fn the_circuit_breaker_opens_while_the_api_is_down() {
    let api = Midtrans::answering(&[DOWN]).await;
    let timeouts = Timeouts {
        attempt: Duration::from_secs(2),
        first_backoff: Duration::from_millis(1),
        total: Duration::from_secs(5),
        window: 6,
        open: Duration::from_millis(300),
    };
    let client = StatusApi::new(&api.url, timeouts).unwrap();
    let key = Secret::new("key");
    let ask = async || client.record(&key, "M").await;
    while !matches!(ask().await, Err(StatusError::CircuitOpen)) {
        assert!(api.asked().len() < 20, "it is asked on and on");
    }
    let asked = api.asked().len();
    for _ in 0..5 {
        assert_eq!(ask().await, Err(StatusError::CircuitOpen));
    }
    assert_eq!(api.asked().len(), asked, "nobody asks");
    api.now_answers(record("settlement"));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(ask().await.unwrap().is_some(), "it is asked again after the rest");
    for _ in 0..8 {
        assert!(ask().await.unwrap().is_some());
    }
}
