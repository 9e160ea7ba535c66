//! No acknowledged notification of a payment is lost.

use chrono::{DateTime, Utc};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use gerbang::{
    accounts::Realm,
    payments::{
        event,
        order::{
            self,
            row::{Provider, Status},
        },
    },
};
use gerbang_platform::db::Db;
use reqwest::Client;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tempfile::TempDir;
use tokio::time::sleep;

use super::{DOKU_SECRET, Program, TIMEOUT, client};
use crate::support::{
    database::TestDatabase,
    webhooks::{Notification, doku_by},
};

const SENDERS: usize = 16;
/// More than are sent before the end.
const ORDERS: usize = 6_000;

async fn add_orders(db: &Db) {
    let now = "2026-02-03T04:05:06Z".parse::<DateTime<Utc>>().unwrap().into();
    let rows = (0..ORDERS).map(|number| order::row::ActiveModel {
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
        order::row::Entity::insert_many(some.to_vec()).exec_without_returning(db.write()).await.unwrap();
    }
}

fn order_id(number: usize) -> String {
    format!("CRASH-{number}")
}

/// The notification that the order was paid.
fn paid(number: usize) -> Notification {
    doku_by(DOKU_SECRET, &order_id(number), "SUCCESS", &format!("request-{number}"))
}

/// Whether it was acknowledged.
async fn post(client: &Client, url: String, notification: &Notification) -> bool {
    let request =
        notification.headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, value));
    matches!(request.body(notification.body.clone()).send().await, Ok(reply) if reply.status() == 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledged_notification_survives_kill_9() {
    for database in TestDatabase::each().await {
        let folder = TempDir::new().unwrap();
        add_orders(&database.migrated().await).await;
        let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
        let next = Arc::new(AtomicUsize::new(0));
        for milliseconds in [400, 900, 1_500] {
            let client = client();
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
                assert!(began.elapsed() < TIMEOUT, "nothing is acknowledged");
                sleep(Duration::from_millis(5)).await;
            }
            sleep(Duration::from_millis(milliseconds)).await;
            program.kill();
            for sender in join_all(senders).await {
                sender.unwrap();
            }
        }
        let client = client();
        let program = Program::start(folder.path(), &database, &client).await;
        let acknowledged = acknowledged.lock().unwrap().clone();
        let db = database.connect().await;
        let events = event::row::Entity::find().all(db.read()).await.unwrap();
        let payments = order::row::Entity::find().all(db.read()).await.unwrap();
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
        let all = event::row::Entity::find().all(db.read()).await.unwrap();
        assert_eq!(all.len(), sent);
        db.close().await.unwrap();
    }
}
