//! The real program, killed while it works: what it has acknowledged is there when it is started again.

use std::{
    collections::BTreeSet,
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use gerbang::{
    entity::{
        accounts::Realm,
        payments::{
            payment_order::{self, Provider, Status},
            webhook_event,
        },
    },
    platform::db::Db,
};
use reqwest::Client;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{
    database::TestDatabase,
    webhooks::{Notification, doku},
};

const SENDERS: usize = 16;
/// More than are sent before the end.
const ORDERS: usize = 6_000;
const PATIENCE: Duration = Duration::from_mins(1);

/// `gerbang serve` on a database, as an operator would run it.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    async fn start(folder: &Path, database: &TestDatabase, client: &Client) -> Self {
        // Taken and let go, so that it is free.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let settings = folder.join("gerbang.toml");
        let keys = r#"[payments.doku]
clients = [{ client_id = "demo-client", secret = "demo-doku-secret" }]
[auth]
jwt_keys = [{ kid = "test", secret = "a secret for tests, 32 bytes long" }]
[mail]
transport = "file"
[sms]
transport = "file"
"#;
        let url = json!(database.url());
        let [outbox, files, reports] = ["outbox", "files", "reports"].map(|name| json!(folder.join(name)));
        let rest = format!(
            "[server]\nlisten = \"{address}\"\nshared_root = true\n[database]\nurl = {url}\n[outbox]\nfolder = {outbox}\n[files]\nfolder = {files}\n[reports]\ncache_folder = {reports}\n"
        );
        fs::write(&settings, format!("{keys}{rest}")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_gerbang"))
            .env_clear()
            .args(["serve", "--config"])
            .arg(&settings)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let program = Self { child, address };
        let began = Instant::now();
        while !matches!(client.get(program.url("/readyz")).send().await, Ok(reply) if reply.status() == 200) {
            assert!(began.elapsed() < PATIENCE, "the program does not start");
            sleep(Duration::from_millis(50)).await;
        }
        program
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `kill -9`
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn add_orders(db: &Db) {
    let now = "2026-02-03T04:05:06Z".parse().unwrap();
    let rows = (0..ORDERS).map(|number| payment_order::ActiveModel {
        order_id: Set(order_id(number)),
        realm: Set(Realm::TalentsMapping),
        provider: Set(Provider::Doku),
        amount: Set(150_000),
        currency: Set("IDR".to_owned()),
        status: Set(Status::Pending),
        late_payment: Set(false),
        reversed: Set(false),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    });
    let rows: Vec<_> = rows.collect();
    for some in rows.chunks(500) {
        payment_order::Entity::insert_many(some.to_vec()).exec_without_returning(db.write()).await.unwrap();
    }
}

fn order_id(number: usize) -> String {
    format!("CRASH-{number}")
}

/// The notification that the order was paid.
fn paid(number: usize) -> Notification {
    doku(&order_id(number), "SUCCESS", &format!("request-{number}"))
}

/// Whether it was acknowledged.
async fn post(client: &Client, url: String, notification: &Notification) -> bool {
    let request =
        notification.headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, value));
    matches!(request.body(notification.body.clone()).send().await, Ok(reply) if reply.status() == 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for database in TestDatabase::each().await {
        let folder = TempDir::new().unwrap();
        add_orders(&database.migrated().await).await;
        let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
        let next = Arc::new(AtomicUsize::new(0));
        for milliseconds in [400, 900, 1_500] {
            let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
            let program = Program::start(folder.path(), &database, &client).await;
            let url = program.url("/api/doku/notif-hook");
            let before = acknowledged.lock().unwrap().len();
            let senders = (0..SENDERS).map(|_| {
                let (client, url) = (client.clone(), url.clone());
                let (acknowledged, next) = (Arc::clone(&acknowledged), Arc::clone(&next));
                tokio::spawn(async move {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        assert!(number < ORDERS, "there are too few orders for so fast a machine");
                        if !post(&client, url.clone(), &paid(number)).await {
                            // Killed.
                            return;
                        }
                        acknowledged.lock().unwrap().insert(number);
                    }
                })
            });
            let senders: Vec<_> = senders.collect();
            // Under way in any case, however slow the machine is.
            let began = Instant::now();
            while acknowledged.lock().unwrap().len() < before + SENDERS {
                assert!(began.elapsed() < PATIENCE, "nothing is acknowledged");
                sleep(Duration::from_millis(5)).await;
            }
            sleep(Duration::from_millis(milliseconds)).await;
            program.kill();
            for sender in join_all(senders).await {
                sender.unwrap();
            }
        }
        let client = Client::new();
        let program = Program::start(folder.path(), &database, &client).await;
        let acknowledged = acknowledged.lock().unwrap().clone();
        let db = database.connect().await;
        let events = webhook_event::Entity::find().all(db.read()).await.unwrap();
        let payments = payment_order::Entity::find().all(db.read()).await.unwrap();
        let stored: BTreeSet<String> = events.iter().map(|event| event.event_key.clone()).collect();
        for number in &acknowledged {
            assert!(stored.contains(&format!("request-{number}")), "{number} was acknowledged and is gone");
        }
        assert_eq!(stored.len(), events.len(), "an event is there twice");
        // Event and payment are in one transaction: the one never without the other.
        let told: BTreeSet<_> = events.iter().map(|event| event.order_id.as_str()).collect();
        let paid_orders: BTreeSet<_> =
            payments.iter().filter(|order| order.status == Status::Paid).map(|order| order.order_id.as_str()).collect();
        assert_eq!(told, paid_orders);
        assert!(acknowledged.len() >= 3 * SENDERS && events.len() >= acknowledged.len());
        // What was not acknowledged comes again, as a provider would send it.
        let sent = next.load(Ordering::Relaxed);
        let lost = (0..sent).filter(|number| !acknowledged.contains(number));
        for number in lost {
            assert!(post(&client, program.url("/api/doku/notif-hook"), &paid(number)).await);
        }
        let all = webhook_event::Entity::find().all(db.read()).await.unwrap();
        assert_eq!(all.len(), sent);
        db.close().await.unwrap();
    }
}
