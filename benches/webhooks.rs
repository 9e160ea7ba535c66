//! How long a payment notification takes: 32 senders, each on a connection of its own, against the HTTP server on
//! SQLite with `durable = true`. Every notification is new and pays an order.
//!
//! ```sh
//! cargo bench --bench webhooks
//! ```

use std::{
    error::Error,
    io::Write,
    net::SocketAddr,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use gerbang::{
    accounts::Realm,
    app::App,
    config::{Config, JwtKey},
    http::service::service,
    payments::order::row::{ActiveModel, Entity, Provider, Status},
};
use gerbang_kernel::{clock::Clock, secret::Secret};
use gerbang_server::server::{Timeouts, serve_until};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Client;
use sea_orm::{ActiveValue::Set, EntityTrait};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SENDERS: u32 = 32;
const WARM_UP: u32 = 50;
const MEASURED: u32 = 400;
const PATH: &str = "/talentsmapping/api/doku/notif-hook";

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut config = Config::demo(folder.path(), &folder.path().join("outbox"), address)?;
    config.auth.jwt_keys = vec![JwtKey { kid: "bench".to_owned(), secret: Secret::new("x".repeat(32)) }];
    config.database.durable = true;
    let app = App::build(config, Clock::system()).await?;
    app.migrate().await?;
    add_orders(&app).await?;
    let shutdown = CancellationToken::new();
    let timeouts =
        Timeouts { head: Duration::from_secs(75), write: Duration::from_secs(30), drain: Duration::from_secs(5) };
    let serving = tokio::spawn(serve_until(listener, service(app, shutdown.clone())?, shutdown.clone(), timeouts));

    let began = Instant::now();
    let senders: Vec<_> = (0..SENDERS).map(|sender| tokio::spawn(send(address, sender))).collect();
    let mut times = Vec::new();
    for sender in senders {
        times.extend(sender.await??);
    }
    let rate = f64::from(SENDERS * (WARM_UP + MEASURED)) / began.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    writeln!(
        std::io::stdout(),
        "{} notifications, {SENDERS} senders: median {:.1} ms, p99 {:.1} ms, {rate:.0} a second",
        times.len(),
        at(50),
        at(99),
    )?;
    shutdown.cancel();
    serving.await?;
    Ok(())
}

async fn add_orders(app: &App) -> Result<(), Failure> {
    let now = app.domain.clock.now();
    let orders: Vec<_> = (0..SENDERS)
        .flat_map(|sender| (0..WARM_UP + MEASURED).map(move |number| order_id(sender, number)))
        .map(|order_id| ActiveModel {
            order_id: Set(order_id),
            realm: Set(Realm::TalentsMapping),
            provider: Set(Provider::Doku),
            amount: Set(150_000),
            currency: Set("IDR".to_owned()),
            status: Set(Status::Pending),
            late_payment: Set(false),
            reversed: Set(false),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
            ..Default::default()
        })
        .collect();
    for some in orders.chunks(1_000) {
        Entity::insert_many(some.to_vec()).exec_without_returning(app.domain.db.write()).await?;
    }
    Ok(())
}

fn order_id(sender: u32, number: u32) -> String {
    format!("BENCH-{sender}-{number}")
}

/// What one sender waited for each answer.
async fn send(address: SocketAddr, sender: u32) -> Result<Vec<Duration>, Failure> {
    let client = Client::new();
    let url = format!("http://{address}{PATH}");
    let mut times = Vec::new();
    for number in 0..WARM_UP + MEASURED {
        let body = format!(
            r#"{{"service":{{"id":"VIRTUAL_ACCOUNT"}},"transaction":{{"status":"SUCCESS"}},"order":{{"invoice_number":"{}","amount":150000}}}}"#,
            order_id(sender, number)
        );
        let request_id = format!("{sender}-{number}");
        let time = "2026-02-03T04:00:00Z";
        let request = client
            .post(&url)
            .header("client-id", "demo-client")
            .header("request-timestamp", time)
            .header("signature", sign(&request_id, time, &body)?)
            .header("request-id", request_id)
            .body(body);
        let began = Instant::now();
        let answer = request.send().await?;
        let status = answer.status();
        answer.bytes().await?;
        if status != 200 {
            return Err(format!("a notification was answered with {status}").into());
        }
        if number >= WARM_UP {
            times.push(began.elapsed());
        }
    }
    Ok(times)
}

fn sign(request_id: &str, time: &str, body: &str) -> Result<String, Failure> {
    let digest = BASE64_STANDARD.encode(Sha256::digest(body));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"demo-doku-secret")?;
    mac.update(
        format!("Client-Id:demo-client\nRequest-Id:{request_id}\nRequest-Timestamp:{time}\nRequest-Target:{PATH}\nDigest:{digest}").as_bytes(),
    );
    Ok(format!("HMACSHA256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}
