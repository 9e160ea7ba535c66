//! Notifications with signatures that were computed elsewhere.

use gerbang::config::{Config, DokuClient};
use gerbang_kernel::secret::Secret;
use serde_json::{Value, json};

use super::Shop;
use crate::support::webhooks::Notification;

const MIDTRANS: &str = r#"{"va_numbers":[{"va_number":"333333333333333","bank":"bca"}],"transaction_time":"2026-01-27 10:20:00","transaction_status":"settlement","transaction_id":"9aed5972-5b6a-401e-894b-a32c91ed1a3a","status_message":"midtrans payment notification","status_code":"200","signature_key":"252ae55f1a3fb7daab557e502bc64cfb1f8235d9b21238bdbc91674e833213e95f70a559f0a5b7091b4bf6cfa83aab612ab842779e31322e9d16cdcd2440fe64","settlement_time":"2026-01-27 10:24:23","payment_type":"bank_transfer","payment_amounts":[],"order_id":"INV-2026-000123","merchant_id":"G141532850","gross_amount":"250000.00","fraud_status":"accept","currency":"IDR"}"#;
const MIDTRANS_201: &str = "225be4fb9daa07a04aa6b3874f515ffe367c3ac5bf29920f2d9e80c246845c9700f71e4ef4ef12350bb7be2230435d024b2e82beb067248af720f4a071d877c5";
const MIDTRANS_202: &str = "73624d025e5015c7741d3729d1eef28e95348e3f211e75d33f6ff1f64f6cc7f5d202bbbc9f888a16732398754271e5b687bd41ee37fce7c74b82a3f8ec0ec72b";
/// Of the amount as `250000`, which is not what Midtrans signs.
const MIDTRANS_REFORMATTED: &str = "3e8229d4b2ba53a59fc42908bd959952d1baecdec3ddf1af853e3f2e639270587e69ff2a11be1bc25b353a5b2e44ede2ef7564b098855b8355f15e4b947597c3";
const DOKU: &str = r#"{"service":{"id":"VIRTUAL_ACCOUNT"},"acquirer":{"id":"BCA"},"channel":{"id":"VIRTUAL_ACCOUNT_BCA"},"transaction":{"status":"SUCCESS","date":"2026-01-27T03:24:23Z","original_request_id":"15022aab-444f-4b04-afa8-ddfce89432ec"},"order":{"invoice_number":"INV-2026-000124","amount":150000},"virtual_account_info":{"virtual_account_number":"1900600000000046"},"virtual_account_payment":{"identifer":[{"name":"REQUEST_ID","value":"7892931"},{"name":"REFERENCE","value":"6769200"},{"name":"CHANNEL_TYPE","value":"6010"}]}}"#;
const XENDIT: &str = r#"{"id":"593f4ed1c3d3bb7f39733d83","external_id":"INV-2026-000125","user_id":"5848fdf860053555135587e7","status":"PAID","merchant_name":"Example","amount":2000000,"paid_amount":2000000,"payer_email":"buyer@example.test","description":"Order 125","created":"2026-01-13T02:32:49.827Z","updated":"2026-01-14T02:32:50.912Z","paid_at":"2026-01-14T02:32:50.912Z","currency":"IDR","payment_method":"RETAIL_OUTLET","payment_channel":"ALFAMART","payment_destination":"TEST815"}"#;

/// The keys that the vectors were made with.
fn keys(config: &mut Config) {
    let payments = &mut config.payments;
    payments.midtrans.server_keys = vec![Secret::new("SB-Mid-server-TESTKEY0001")];
    payments.doku.clients = vec![DokuClient {
        client_id: "BRN-0201-1700000000001".to_owned(),
        secret: Secret::new("SK-testSecretKey0001"),
    }];
    payments.doku.paths = vec!["/webhooks/doku".to_owned()];
    payments.xendit.callback_tokens = vec![Secret::new("xnd-test-callback-token-0001")];
}

fn midtrans() -> Notification {
    Notification { path: "/api/midtrans/notif-hook".to_owned(), headers: Vec::new(), body: MIDTRANS.to_owned() }
}

fn doku() -> Notification {
    let header = |name, value: &str| (name, value.to_owned());
    Notification {
        path: "/webhooks/doku".to_owned(),
        headers: vec![
            header("client-id", "BRN-0201-1700000000001"),
            header("request-id", "479b663f-5c9d-400d-8e80-3e548a8f7639"),
            header("request-timestamp", "2026-01-27T03:24:23Z"),
            header("signature", "HMACSHA256=vHBy04UcVM/VylyulmoACF7/mVDYB55u38q769Z5f0U="),
        ],
        body: DOKU.to_owned(),
    }
}

fn xendit() -> Notification {
    let header = |name, value: &str| (name, value.to_owned());
    Notification {
        path: "/api/xendit/notif-hook".to_owned(),
        headers: vec![header("x-callback-token", "xnd-test-callback-token-0001"), header("webhook-id", "wh-test-0001")],
        body: XENDIT.to_owned(),
    }
}

async fn shop() -> Shop {
    let shop = Shop::with(keys).await;
    for (order_id, provider, amount) in [
        ("INV-2026-000123", "MIDTRANS", 250_000),
        ("INV-2026-000124", "DOKU", 150_000),
        ("INV-2026-000125", "XENDIT", 2_000_000),
    ] {
        shop.order_of(json!({ "orderId": order_id, "provider": provider, "amount": amount })).await;
    }
    shop
}

#[tokio::test]
async fn each_documented_notification_pays_its_order() {
    let shop = shop().await;
    assert_eq!(DOKU.len(), 515);
    for (notification, order_id) in
        [(midtrans(), "INV-2026-000123"), (doku(), "INV-2026-000124"), (xendit(), "INV-2026-000125")]
    {
        shop.deliver(&notification).await;
        assert_eq!(shop.status(order_id).await, "PAID");
    }
    let query = "{ webhookEvents(direction: ASC) { nodes { eventId body amount currency } } }";
    let events = shop.admin().graphql(query).await.ok()["webhookEvents"]["nodes"].take();
    assert!(
        events[0]["eventId"]
            .as_str()
            .unwrap()
            .starts_with("INV-2026-000123|9aed5972-5b6a-401e-894b-a32c91ed1a3a|200|settlement|accept|")
    );
    assert_eq!(events[0]["body"], MIDTRANS);
    assert_eq!((&events[0]["amount"], &events[0]["currency"]), (&json!(250_000), &json!("IDR")));
    assert_eq!(events[1]["eventId"], "479b663f-5c9d-400d-8e80-3e548a8f7639");
    assert_eq!(events[2]["eventId"], "wh-test-0001");
}

#[tokio::test]
async fn midtrans_signs_the_status_code_and_the_amount_as_written() {
    let shop = shop().await;
    let saying = |status: &str, code: &str, signature: &str, amount: &str| {
        let mut body: Value = serde_json::from_str(MIDTRANS).unwrap();
        body["transaction_status"] = status.into();
        body["status_code"] = code.into();
        body["signature_key"] = signature.into();
        body["gross_amount"] = amount.into();
        Notification { body: body.to_string(), ..midtrans() }
    };
    shop.deliver(&saying("pending", "201", MIDTRANS_201, "250000.00")).await;
    assert_eq!(shop.status("INV-2026-000123").await, "PENDING");
    shop.deliver(&saying("deny", "202", MIDTRANS_202, "250000.00")).await;
    assert_eq!(shop.status("INV-2026-000123").await, "FAILED");
    shop.send(&saying("settlement", "200", MIDTRANS_201, "250000.00")).await.says(401, "Unauthenticated.");
    shop.send(&saying("settlement", "200", MIDTRANS_REFORMATTED, "250000.00")).await.says(401, "Unauthenticated.");
    // What is signed is the text, whatever it is.
    shop.deliver(&saying("settlement", "200", MIDTRANS_REFORMATTED, "250000")).await;
    assert_eq!(shop.status("INV-2026-000123").await, "PAID");
}

#[tokio::test]
async fn doku_signs_the_body_and_the_path() {
    let shop = shop().await;
    let mut failed = doku();
    failed.body = failed.body.replace("SUCCESS", "FAILED");
    assert_eq!(failed.body.len(), 514);
    shop.send(&failed).await.says(401, "Unauthenticated.");
    let failed = failed.with_header("signature", "HMACSHA256=ThyOeEj9KOE0C3DdM/xa1ZIIzskufSc3D0tTSGdvHZM=");
    shop.deliver(&failed).await;
    assert_eq!(shop.status("INV-2026-000124").await, "FAILED");
    // Behind a proxy that changes paths, the public one is signed and another called.
    let behind = Notification { path: "/talentsmapping/api/doku/notif-hook".to_owned(), ..doku() };
    shop.deliver(&behind).await;
    // For GET the line with the digest is left out: that signature is none for a body.
    let get = doku().with_header("signature", "HMACSHA256=DEYons1iGdlSZncLFz7esTT/sKiO+tux5RJFw0EuESE=");
    shop.send(&get).await.says(401, "Unauthenticated.");
}

/// Every way to change one byte of `text` that leaves it printable.
fn changed(text: &str) -> impl Iterator<Item = String> {
    (0..text.len()).map(|place| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        String::from_utf8(bytes).unwrap()
    })
}

#[tokio::test]
async fn one_changed_byte_invalidates_the_signature() {
    let shop = shop().await;
    let refused = async |notification: Notification| {
        let reply = shop.send(&notification).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.text),
            (401, &r#"{"message":"Unauthenticated."}"#.to_owned()),
            "{notification:?}"
        );
    };
    let body: Value = serde_json::from_str(MIDTRANS).unwrap();
    for member in ["order_id", "status_code", "gross_amount", "signature_key"] {
        for text in changed(body[member].as_str().unwrap()) {
            let mut body = body.clone();
            body[member] = text.into();
            refused(Notification { body: body.to_string(), ..midtrans() }).await;
        }
    }
    for body in changed(DOKU) {
        refused(Notification { body, ..doku() }).await;
    }
    for longer in [format!("{DOKU}\n"), format!(" {DOKU}"), DOKU[..514].to_owned(), String::new()] {
        refused(Notification { body: longer, ..doku() }).await;
    }
    for (name, value) in doku().headers {
        for value in changed(&value).chain([value.to_lowercase() + "x", format!("{value} "), String::new()]) {
            refused(doku().with_header(name, &value)).await;
        }
    }
    let unconfigured = Shop::with(|config| {
        keys(config);
        config.payments.doku.paths.clear();
    });
    let elsewhere = Notification { path: "/api/doku/notif-hook".to_owned(), ..doku() };
    unconfigured.await.send(&elsewhere).await.says(401, "Unauthenticated.");
    let token = "xnd-test-callback-token-0001";
    for value in changed(token).chain([token.to_uppercase(), format!("{token} "), format!(" {token}"), String::new()]) {
        refused(xendit().with_header("x-callback-token", &value)).await;
    }
    assert_eq!(shop.events().await, 0, "nothing is kept of a forgery");
}
