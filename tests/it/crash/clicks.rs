//! No answered click is lost.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use gerbang::{
    accounts::{Realm, Role},
    tracking::{click, network, offer, sub_id, summary},
};
use reqwest::Client;
use sea_orm::EntityTrait;
use tempfile::TempDir;
use tokio::time::sleep;

use super::{Program, TIMEOUT, client};
use crate::support::{TestApp, database::TestDatabase};

const VISITORS: usize = 32;
/// Clicks that are answered before the program is killed.
const ENOUGH: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answered_click_survives_kill_9() {
    for database in TestDatabase::each().await {
        let folder = TempDir::new().unwrap();
        database.migrated().await.close().await.unwrap();
        let client = client();
        let program = Program::start(folder.path(), &database, &client).await;
        let app = TestApp::on(database, |_| ()).await;
        add_link(&app).await;

        let answered = Arc::new(Mutex::new(Vec::new()));
        let visitors =
            (0..VISITORS).map(|_| tokio::spawn(follow(client.clone(), program.url("/c/link"), Arc::clone(&answered))));
        let visitors: Vec<_> = visitors.collect();
        let began = Instant::now();
        while answered.lock().unwrap().len() < ENOUGH {
            assert!(began.elapsed() < TIMEOUT, "clicks are not answered");
            sleep(Duration::from_millis(10)).await;
        }
        program.kill();
        for visitor in join_all(visitors).await {
            visitor.unwrap();
        }

        let rows = click::row::Entity::find().all(app.domain.db.read()).await.unwrap();
        let recorded: HashSet<_> = rows.iter().map(|click| click.click_id.as_str()).collect();
        let answered = answered.lock().unwrap().clone();
        let lost: Vec<_> = answered.iter().filter(|click_id| !recorded.contains(click_id.as_str())).collect();
        assert!(lost.is_empty(), "{} of {} are lost", lost.len(), answered.len());
        // Click and sum are in one transaction.
        let sums = summary::row::Entity::find().all(app.domain.db.read()).await.unwrap();
        assert_eq!(sums.iter().map(|sum| sum.clicks).sum::<i64>(), i64::try_from(rows.len()).unwrap());
    }
}

/// Follows the link again and again until the program is gone, and notes which clicks were answered.
pub(super) async fn follow(client: Client, link: String, answered: Arc<Mutex<Vec<String>>>) {
    while let Ok(reply) = client.get(&link).header("user-agent", "Mozilla/5.0").send().await {
        assert_eq!(reply.status(), 302);
        let location = reply.headers()["location"].to_str().unwrap();
        let click_id = location.strip_prefix("https://shop.test/?clickid=").expect("where to go");
        answered.lock().unwrap().push(click_id.to_owned());
    }
}

pub(super) async fn add_link(app: &TestApp) {
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let (created_at, updated_at) = (app.clock.now(), app.clock.now());
    let name = "Satu".to_owned();
    app.insert(network::row::Model {
        id: 1,
        name,
        secret: None,
        allow_unsigned: true,
        created_at: created_at.into(),
        updated_at: updated_at.into(),
    })
    .await;
    let offer = offer::row::Model {
        id: 1,
        name: "Belanja".to_owned(),
        url: "https://shop.test/?clickid={click_id}".to_owned(),
        payout_micros: 5_000_000,
        currency: "USD".to_owned(),
        network_id: 1,
        active: true,
        created_at: created_at.into(),
        updated_at: updated_at.into(),
    };
    app.insert(offer).await;
    let (id, affiliate_id) = ("link".to_owned(), affiliate.id);
    app.insert(sub_id::row::Model {
        id,
        affiliate_id,
        offer_id: 1,
        created_at: created_at.into(),
        updated_at: updated_at.into(),
    })
    .await;
}
