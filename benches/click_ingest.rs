//! Clicks through the queue against a transaction for each, at 32 writers: the same statements on the same tables of
//! the same database, by turns in one run.
//!
//! `cargo bench --bench click_ingest`; with `GERBANG_TEST_POSTGRES_URL=postgres://user@host` (a server, no database) on
//! PostgreSQL as well.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DurationRound, TimeDelta};
use gerbang::{
    app::App,
    config::{Config, JwtKey},
    demo::clicks::{Generate, generate_clicks},
    tracking::{
        click::{self, row::DeviceType},
        offer, sub_id, summary,
    },
};
use gerbang_kernel::{clock::Clock, identity::ClientInfo, secret::Secret};
use sea_orm::{ConnectionTrait, Database, EntityTrait};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const WRITERS: u32 = 32;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);
const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";

/// Every visitor comes from an address of their own.
static VISITORS: AtomicU32 = AtomicU32::new(0);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    measure("SQLite", 8.0, format!("sqlite://{}", folder.path().join("gerbang.db").display()), folder.path()).await;
    if let Ok(server) = std::env::var("GERBANG_TEST_POSTGRES_URL") {
        let name = format!("gerbang_bench_{}", Uuid::new_v4().simple());
        let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
        admin.execute_unprepared(&format!("create database {name}")).await.unwrap();
        measure("PostgreSQL", 3.5, format!("{server}/{name}"), folder.path()).await;
        admin.execute_unprepared(&format!("drop database {name} with (force)")).await.unwrap();
    }
}

async fn measure(database: &str, wanted: f64, url: String, folder: &std::path::Path) {
    let mut config = Config::demo(folder, &folder.join("outbox"), (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    config.auth.jwt_keys =
        vec![JwtKey { kid: "bench".to_owned(), secret: Secret::new("a-secret-for-a-benchmark-of-32-bytes") }];
    config.database.url = Secret::new(url);
    config.database.durable = true;
    config.database.connections = 10;
    let app = App::build(config, Clock::system()).await.unwrap();
    app.migrate().await.unwrap();
    // A link for each writer, so that those who write one by one do not wait for each other's sums.
    let wanted_rows = Generate { clicks: 50_000, days: 30, affiliates: 1, links: WRITERS };
    generate_clicks(&app.domain, wanted_rows, |_| ()).await.unwrap();
    let links = sub_id::row::Entity::find().all(app.domain.db.read()).await.unwrap();
    let links: Arc<[String]> = links.into_iter().map(|link| link.id).collect();

    println!("{database}, {WRITERS} writers, {ROUNDS} rounds of {} s by turns:", ROUND.as_secs());
    let (mut shared, mut single) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        single.push(round(&app, &links, Way::OneByOne).await);
        shared.push(round(&app, &links, Way::Queue).await);
    }
    let (single, shared) = (median(single), median(shared));
    println!("  a transaction for each  {single}");
    println!("  through the queue       {shared}");
    let ratio = shared.per_second / single.per_second;
    let latency = shared.median.as_secs_f64() / single.median.as_secs_f64();
    let holds = if ratio >= wanted && latency <= 1.0 { "holds" } else { "DOES NOT HOLD" };
    println!("  {ratio:.1} times as many (wanted: {wanted}) at {latency:.2} times the median latency: {holds}");
}

/// What one round showed.
struct Round {
    per_second: f64,
    median: Duration,
    slow: Duration,
}

impl std::fmt::Display for Round {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { per_second, median, slow } = self;
        write!(f, "{per_second:>8.0} clicks/s, median {median:>8.2?}, 99 % within {slow:>8.2?}")
    }
}

/// How a click gets into the database.
#[derive(Clone, Copy)]
enum Way {
    OneByOne,
    Queue,
}

async fn round(app: &App, links: &Arc<[String]>, way: Way) -> Round {
    let started = Instant::now();
    let writers = (0..WRITERS as usize).map(|writer| {
        let (app, links) = (app.clone(), Arc::clone(links));
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < ROUND {
                let begun = Instant::now();
                match way {
                    Way::OneByOne => one_by_one(&app, &links[writer]).await,
                    Way::Queue => through_the_queue(&app, &links[writer]).await,
                }
                latencies.push(begun.elapsed());
            }
            latencies
        })
    });
    let mut latencies = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        latencies.extend(writer.await.unwrap());
    }
    let elapsed = started.elapsed();
    latencies.sort();
    let count = latencies.len();
    Round {
        per_second: f64::from(u32::try_from(count).unwrap()) / elapsed.as_secs_f64(),
        median: latencies[count / 2],
        slow: latencies[count * 99 / 100],
    }
}

fn median(mut rounds: Vec<Round>) -> Round {
    rounds.sort_by(|left, right| left.per_second.total_cmp(&right.per_second));
    rounds.swap_remove(rounds.len() / 2)
}

async fn through_the_queue(app: &App, link: &str) {
    let visitor = VISITORS.fetch_add(1, Ordering::Relaxed);
    let (ip, user_agent) = (Ipv4Addr::from(visitor).into(), Some(PHONE.to_owned()));
    app.follow_link(link, ClientInfo { ip, user_agent, country: None }, None).await.unwrap();
}

/// What everybody writes first: look the link up, then count and insert in a transaction. The device is known already.
async fn one_by_one(app: &App, link: &str) {
    let db = &app.domain.db;
    let found =
        sub_id::row::Entity::find_by_id(link).find_also_related(offer::row::Entity).one(db.read()).await.unwrap();
    let (link, _) = found.unwrap();
    let now = app.domain.clock.now();
    let click = click::row::Model {
        id: 0,
        click_id: Uuid::now_v7().simple().to_string(),
        sub_id: link.id.clone(),
        affiliate_id: link.affiliate_id,
        offer_id: link.offer_id,
        visitor_hash: Some(format!("{:032x}", rand::random::<u128>())),
        user_agent: Some(PHONE.to_owned()),
        country_code: None,
        device_type: DeviceType::Mobile,
        os: Some("Android".to_owned()),
        browser: Some("Chrome".to_owned()),
        referrer: None,
        is_bot: false,
        is_unique: true,
        created_at: now.into(),
    };
    let sum = summary::row::Model {
        sub_id: link.id,
        hour: now.duration_trunc(TimeDelta::hours(1)).unwrap(),
        affiliate_id: link.affiliate_id,
        clicks: 1,
        leads: 0,
        approved_leads: 0,
        payout_micros: 0,
    };
    let transaction = db.begin().await.unwrap();
    summary::row::add(&transaction, &[sum]).await.unwrap();
    click::batch::insert(&transaction, &mut [click], TimeDelta::hours(24)).await.unwrap();
    transaction.commit().await.unwrap();
}
