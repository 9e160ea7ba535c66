//! What is not taken, and what is said about it.

use gerbang::{config::DokuClient, payments::order::row::Provider};
use gerbang_kernel::secret::Secret;
use serde_json::json;

use super::Shop;
use crate::support::{
    log::Lines,
    webhooks::{
        DOKU_CLIENT, DOKU_SECRET, MIDTRANS_KEY, Notification, XENDIT_TOKEN, doku, doku_signed, midtrans,
        midtrans_saying, xendit,
    },
};

fn unsigned(path: &str, body: &str) -> Notification {
    Notification { path: path.to_owned(), headers: Vec::new(), body: body.to_owned() }
}

#[tokio::test]
async fn an_unsigned_notification_answers_401_whatever_its_body() {
    let shop = Shop::new().await;
    for path in ["/api/midtrans/notif-hook", "/api/doku/notif-hook", "/api/xendit/notif-hook"] {
        for body in ["{}", "", "[]", "null", r#"{"order_id":"A","transaction_status":"settlement"}"#] {
            shop.send(&unsigned(path, body)).await.says(401, "Unauthenticated.");
        }
    }
    // Whose signature is in a header is not even asked for JSON.
    for path in ["/api/doku/notif-hook", "/api/xendit/notif-hook"] {
        shop.send(&unsigned(path, "{ no JSON")).await.says(401, "Unauthenticated.");
    }
    for header in ["client-id", "request-id", "request-timestamp", "signature"] {
        let notification = doku("A", "SUCCESS", "r").without_header(header);
        shop.send(&notification).await.says(401, "Unauthenticated.");
    }
    shop.send(&xendit("A", "PAID", "w").without_header("x-callback-token")).await.says(401, "Unauthenticated.");
    assert_eq!(shop.events().await, 0);
}

#[tokio::test]
async fn an_unreadable_notification_answers_400() {
    let shop = Shop::new().await;
    let signed = |body: &str| doku_signed(DOKU_SECRET, "/api/doku/notif-hook", "r", body.to_owned());
    for body in [
        "",
        "{ no JSON",
        "{}",
        "[]",
        r#"{"order":{},"transaction":{"status":"SUCCESS"}}"#,
        r#"{"order":{"invoice_number":"A"}}"#,
    ] {
        shop.send(&signed(body)).await.says(400, "Bad request.");
        let body = body.to_owned();
        shop.send(&Notification { body, ..xendit("A", "PAID", "w") }).await.says(400, "Bad request.");
    }
    for body in ["{ no JSON", r#"{"order_id":"A""#, "{}}"] {
        shop.send(&unsigned("/api/midtrans/notif-hook", body)).await.says(400, "Bad request.");
    }
    let statusless = json!({ "order_id": "A", "status_code": "200", "gross_amount": "1.00" });
    shop.send(&midtrans_saying(MIDTRANS_KEY, statusless)).await.says(400, "Bad request.");
    let nul =
        json!({ "order_id": "A\0", "status_code": "200", "gross_amount": "1.00", "transaction_status": "settlement" });
    shop.send(&midtrans_saying(MIDTRANS_KEY, nul)).await.says(400, "Bad request.");
    assert_eq!(shop.events().await, 0);
}

#[tokio::test]
async fn a_signature_stands_for_one_order_and_one_amount_only() {
    let shop = Shop::new().await;
    // The signed text is one: `A` + `200` + `150000.00`. Cut elsewhere it would be another order's, or another amount.
    for (order_id, status_code, gross_amount) in
        [("A2", "00", "150000.00"), ("A20", "0", "150000.00"), ("A200", "", "150000.00"), ("A", "2001", "50000.00")]
    {
        let body = json!({
            "order_id": order_id,
            "status_code": status_code,
            "gross_amount": gross_amount,
            "transaction_status": "settlement",
        });
        shop.send(&midtrans_saying(MIDTRANS_KEY, body)).await.says(401, "Unauthenticated.");
    }
    assert_eq!(shop.events().await, 0);
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_answers_400() {
    let shop = Shop::new().await;
    let call = shop.legacy.post("/api/xendit/notif-hook").header("x-callback-token", XENDIT_TOKEN);
    call.body("application/json", vec![b'{', 0xff, b'}']).await.says(400, "Bad request.");
    let call = shop.legacy.post("/api/midtrans/notif-hook");
    call.body("application/json", vec![b'{', 0xff, b'}']).await.says(400, "Bad request.");
}

#[tokio::test]
async fn a_notification_over_64_kib_answers_413() {
    let shop = Shop::new().await;
    shop.order("X", Provider::Xendit).await;
    let padded = |length: usize| {
        let mut notification = xendit("X", "PAID", "w");
        notification.body.push_str(&" ".repeat(length - notification.body.len()));
        notification
    };
    shop.send(&padded(64 * 1024 + 1)).await.says(413, "The POST data is too large.");
    assert_eq!(shop.events().await, 0);
    shop.deliver(&padded(64 * 1024)).await;
}

#[tokio::test]
async fn only_post_is_answered() {
    let shop = Shop::new().await;
    for path in ["/api/midtrans/notif-hook", "/api/doku/notif-hook", "/api/xendit/notif-hook"] {
        let reply = shop.legacy.get(path).send().await;
        reply.says(405, "Method not allowed.");
        assert_eq!(reply.header("allow"), "POST");
    }
}

#[tokio::test]
async fn without_keys_every_notification_answers_401() {
    let shop = Shop::with(|config| {
        config.payments.midtrans.server_keys.clear();
        config.payments.doku.clients.clear();
        config.payments.xendit.callback_tokens.clear();
    });
    let shop = shop.await;
    let empty = midtrans_saying("", json!({ "order_id": "A", "status_code": "200", "gross_amount": "1.00" }));
    for notification in [
        empty,
        doku("A", "SUCCESS", "r"),
        xendit("A", "PAID", "w"),
        xendit("A", "PAID", "w").with_header("x-callback-token", ""),
    ] {
        shop.send(&notification).await.says(401, "Unauthenticated.");
    }
}

#[tokio::test]
async fn keys_can_be_rotated_while_notifications_come_in() {
    let shop = Shop::with(|config| {
        let payments = &mut config.payments;
        payments.midtrans.server_keys.push(Secret::new("next-midtrans-key"));
        let next = DokuClient { client_id: DOKU_CLIENT.to_owned(), secret: Secret::new("next-doku-secret") };
        payments.doku.clients.push(next);
        payments.xendit.callback_tokens.push(Secret::new("next-xendit-token"));
    });
    let shop = shop.await;
    for (order_id, provider) in [("M", Provider::Midtrans), ("D", Provider::Doku), ("X", Provider::Xendit)] {
        shop.order(order_id, provider).await;
    }
    let of_doku = doku("D", "SUCCESS", "r2").body;
    for (old, new) in [
        (
            midtrans("M", "pending"),
            midtrans_saying("next-midtrans-key", serde_json::from_str(&midtrans("M", "settlement").body).unwrap()),
        ),
        (doku("D", "PENDING", "r1"), doku_signed("next-doku-secret", "/api/doku/notif-hook", "r2", of_doku)),
        (xendit("X", "PENDING", "w1"), xendit("X", "PAID", "w2").with_header("x-callback-token", "next-xendit-token")),
    ] {
        shop.deliver(&old).await;
        shop.deliver(&new).await;
    }
    for order_id in ["M", "D", "X"] {
        assert_eq!(shop.status(order_id).await, "PAID");
    }
}

#[tokio::test]
async fn while_the_database_is_away_a_notification_answers_503() {
    let shop = Shop::new().await;
    shop.order("M", Provider::Midtrans).await;
    shop.legacy.app.domain.db.clone().close().await.unwrap();
    for notification in [midtrans("M", "settlement"), doku("D", "SUCCESS", "r"), xendit("X", "PAID", "w")] {
        let reply = shop.send(&notification).await;
        reply.says(503, "Service Unavailable");
        assert_ne!(reply.header("retry-after"), "");
    }
    shop.send(&unsigned("/api/midtrans/notif-hook", "{}")).await.says(401, "Unauthenticated.");
}

#[tokio::test]
async fn a_refusal_is_in_the_audit_log_without_secrets() {
    let shop = Shop::new().await;
    shop.order("M", Provider::Midtrans).await;
    let forged = midtrans_saying("guessed-key", serde_json::from_str(&midtrans("M", "settlement").body).unwrap());
    let (good, wrong_token) =
        (xendit("X", "PAID", "w"), xendit("X", "PAID", "w").with_header("x-callback-token", "guessed-token"));
    let (lines, guard) = Lines::collect();
    shop.send(&forged).await.says(401, "Unauthenticated.");
    shop.send(&wrong_token).await.says(401, "Unauthenticated.");
    shop.deliver(&good).await;
    shop.deliver(&doku("D", "SUCCESS", "r")).await;
    drop(guard);
    let log = lines.text();
    let audit: Vec<_> = log.lines().filter(|line| line.contains("gerbang::audit")).collect();
    assert_eq!(audit.len(), 2, "{log}");
    assert!(audit[0].contains("midtrans") && audit[0].contains("ip="), "{}", audit[0]);
    assert!(audit[1].contains("xendit"), "{}", audit[1]);
    let signature = serde_json::from_str::<serde_json::Value>(&forged.body).unwrap()["signature_key"].take();
    let of_doku = doku("D", "SUCCESS", "r").headers.pop().unwrap().1;
    for secret in [
        signature.as_str().unwrap(),
        &of_doku,
        "guessed-token",
        MIDTRANS_KEY,
        DOKU_SECRET,
        XENDIT_TOKEN,
        "merchant_id",
        "external_id",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

#[tokio::test]
async fn each_also_answers_at_the_paths_of_the_settings_at_every_host() {
    let shop = Shop::with(|config| {
        config.payments.midtrans.paths = vec!["/hooks/midtrans".to_owned(), "/other".to_owned()];
        config.payments.doku.paths = vec!["/hooks/doku".to_owned()];
        config.payments.xendit.paths = vec!["/hooks/xendit".to_owned()];
        config.server.shared_root = false;
    });
    let shop = shop.await;
    for (order_id, provider) in [("M", Provider::Midtrans), ("D", Provider::Doku), ("X", Provider::Xendit)] {
        shop.order(order_id, provider).await;
    }
    let at = |path: &str, notification: Notification| Notification { path: path.to_owned(), ..notification };
    let of_doku = doku("D", "SUCCESS", "r").body;
    shop.send(&midtrans("M", "settlement")).await.says(404, "Not found.");
    shop.deliver(&at("/hooks/midtrans", midtrans("M", "pending"))).await;
    shop.deliver(&at("/other", midtrans("M", "settlement"))).await;
    shop.deliver(&doku_signed(DOKU_SECRET, "/hooks/doku", "r", of_doku)).await;
    let call = shop.legacy.post("/hooks/xendit").header("host", "api.talentsmapping.id");
    let call = call.header("x-callback-token", XENDIT_TOKEN);
    call.body("application/json", xendit("X", "PAID", "w").body).await.says(200, "OK");
    for order_id in ["M", "D", "X"] {
        assert_eq!(shop.status(order_id).await, "PAID", "{order_id}");
    }
    // The documented ones stay, at the host and under the prefix; DOKU signs the path as it was called.
    shop.deliver(&at("/talentsmapping/api/midtrans/notif-hook", midtrans("M", "refund"))).await;
    let prefixed = "/talentsmapping/api/doku/notif-hook";
    shop.deliver(&doku_signed(DOKU_SECRET, prefixed, "r3", doku("D", "REFUNDED", "r3").body)).await;
    assert_eq!((shop.status("M").await, shop.status("D").await), ("REFUNDED".to_owned(), "REFUNDED".to_owned()));
}
