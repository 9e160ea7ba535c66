//! Signs and posts a payment notification, as Midtrans, DOKU or Xendit would, with the keys of the demo.
//!
//! ```sh
//! cargo run -- demo
//! cargo run --example send_notification                                  # pays an order of each provider
//! cargo run --example send_notification -- doku DEMO-ORDER-5 FAILED
//! ```

use std::{env, error::Error, io::Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use gerbang_kernel::clock::Clock;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use sha2::{Digest, Sha256, Sha512};

const USAGE: &str = "usage: send_notification [URL] [midtrans|doku|xendit ORDER STATUS]";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Whoever set a provider before is fine with us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (urls, arguments): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|one| one.contains("://"));
    let server = urls.into_iter().next().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let all = [
        ["midtrans", "DEMO-ORDER-1", "settlement"],
        ["doku", "DEMO-ORDER-4", "SUCCESS"],
        ["xendit", "DEMO-ORDER-7", "PAID"],
    ];
    let wanted: Vec<[&str; 3]> = match arguments.as_slice() {
        [] => all.to_vec(),
        [provider, order, status] => vec![[provider, order, status]],
        _ => return Err(USAGE.into()),
    };
    let client = Client::new();
    for [provider, order, status] in wanted {
        let request = match provider {
            "midtrans" => midtrans(&client, &server, order, status),
            "doku" => doku(&client, &server, order, status)?,
            "xendit" => xendit(&client, &server, order, status),
            _ => return Err(USAGE.into()),
        };
        let answer = request.header("content-type", "application/json").send().await?;
        let code = answer.status();
        writeln!(std::io::stdout(), "{provider} {order} {status}: {code} {}", answer.text().await?)?;
        if !code.is_success() {
            return Err("the notification was refused".into());
        }
    }
    Ok(())
}

/// The signature is a member of the body: a hash over three others and the server key.
fn midtrans(client: &Client, server: &str, order: &str, status: &str) -> RequestBuilder {
    let (code, amount) = (if status == "pending" { "201" } else { "200" }, "150000.00");
    let signature = hex::encode(Sha512::digest(format!("{order}{code}{amount}demo-midtrans-key")));
    let body = json!({
        "order_id": order, "transaction_id": uuid::Uuid::new_v4(), "transaction_status": status, "status_code": code,
        "gross_amount": amount, "currency": "IDR", "fraud_status": "accept", "payment_type": "qris", "signature_key": signature,
    });
    client.post(format!("{server}/api/midtrans/notif-hook")).body(body.to_string())
}

/// The signature is a header: an HMAC over three other headers, the called path and a hash of the body.
fn doku(client: &Client, server: &str, order: &str, status: &str) -> Result<RequestBuilder, Box<dyn Error>> {
    let (path, id, request_id) = ("/api/doku/notif-hook", "demo-client", uuid::Uuid::new_v4());
    let time = Clock::system().now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let body = json!({
        "order": { "invoice_number": order, "amount": 150_000 },
        "transaction": { "status": status, "date": time },
    });
    let body = body.to_string();
    let digest = BASE64_STANDARD.encode(Sha256::digest(&body));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"demo-doku-secret")?;
    mac.update(
        format!(
            "Client-Id:{id}\nRequest-Id:{request_id}\nRequest-Timestamp:{time}\nRequest-Target:{path}\nDigest:{digest}"
        )
        .as_bytes(),
    );
    let signature = format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    let request =
        client.post(format!("{server}{path}")).header("Client-Id", id).header("Request-Id", request_id.to_string());
    Ok(request.header("Request-Timestamp", time).header("Signature", signature).body(body))
}

/// There is no signature, but a token that both sides know.
fn xendit(client: &Client, server: &str, order: &str, status: &str) -> RequestBuilder {
    let body = json!({
        "id": uuid::Uuid::new_v4().simple().to_string(), "external_id": order, "status": status, "amount": 150_000,
        "paid_amount": 150_000, "currency": "IDR", "updated": Clock::system().now(),
    });
    let request =
        client.post(format!("{server}/api/xendit/notif-hook")).header("X-Callback-Token", "demo-xendit-token");
    request.header("Webhook-Id", uuid::Uuid::new_v4().to_string()).body(body.to_string())
}
