//! How long reports take, and whether memory stays flat: `cargo bench --bench reports`.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the benchmark")]

use std::{
    fs,
    time::{Duration, Instant},
};

use gerbang::{
    accounts::{Realm, Role, user},
    app::App,
    config::{Config, JwtKey},
    demo,
    domain::Domain,
    talents::{
        assessment::rules::{Assessment, assessments_of},
        client, partner,
        result_report::{Format, ReportKind, Subject, document},
    },
    viewer::{TokenKind, Viewer},
};
use gerbang_kernel::{clock::Clock, messages::Language, secret::Secret};
use gerbang_platform::query::by_position::ColumnSet;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Reports that are timed, of each kind.
const TIMED: usize = 60;
/// Reports over which memory is watched.
const WATCHED: usize = 1_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (timed, watched) = if quick { (2, 2) } else { (TIMED, WATCHED) };

    let folder = tempfile::tempdir().unwrap();
    let uncached = open(folder.path(), 0).await;
    let subjects = subjects(&uncached).await;
    println!("before the first report   {:>8.1} MiB resident", resident());
    let start = Instant::now();
    make(&uncached, &subjects, 0, ReportKind::Full).await;
    println!("first full report, cold   {:>8.1} ms", milliseconds(start.elapsed()));
    for (name, kind) in [("full report, warm", ReportKind::Full), ("short report, warm", ReportKind::Short)] {
        let mut took = Vec::new();
        for number in 0..timed {
            let start = Instant::now();
            make(&uncached, &subjects, number, kind).await;
            took.push(start.elapsed());
        }
        show(name, took);
    }

    let cached = open(folder.path(), 1 << 30).await;
    for (name, kind) in [("full report, cached", ReportKind::Full), ("short report, cached", ReportKind::Short)] {
        make(&cached, &subjects, 0, kind).await;
        let mut took = Vec::new();
        for _ in 0..timed * 10 {
            let start = Instant::now();
            make(&cached, &subjects, 0, kind).await;
            took.push(start.elapsed());
        }
        show(name, took);
    }

    let start = Instant::now();
    for number in 1..=watched {
        make(&uncached, &subjects, number, ReportKind::Full).await;
        if [1, 10, 100, 250, 500, 1_000].contains(&number) {
            println!("after {number:>5} full reports  {:>8.1} MiB resident", resident());
        }
    }
    let a_second = f64::from(u32::try_from(watched).unwrap()) / start.elapsed().as_secs_f64();
    println!("one after the other       {a_second:>8.1} full reports a second");
}

/// A demo whose documents are kept up to `cache_bytes`.
async fn open(folder: &std::path::Path, cache_bytes: u64) -> Domain {
    let mut config = Config::demo(folder, &folder.join("outbox"), ([127, 0, 0, 1], 0).into()).unwrap();
    config.auth.jwt_keys =
        vec![JwtKey { kid: "bench".to_owned(), secret: Secret::new("a secret for benchmarks, 32 bytes") }];
    config.reports.cache_bytes = cache_bytes;
    let app = App::build(config, Clock::system()).await.unwrap();
    app.migrate().await.unwrap();
    demo::fill_if_empty(&app.domain).await.unwrap();
    app.domain
}

type Owned = (client::row::Model, partner::row::Model, std::sync::Arc<Assessment>);

/// Every client of the demo with a result.
async fn subjects(domain: &Domain) -> Vec<Owned> {
    let db = domain.db.read();
    let admins = user::row::Entity::find().filter(user::row::Column::Role.eq(Role::Admin));
    let admin = admins.filter(user::row::Column::Realm.eq(Realm::TalentsMapping)).one(db).await.unwrap().unwrap();
    let viewer = Viewer::logged_in(admin, TokenKind::Sanctum { id: 0 });
    let clients = client::row::Entity::find().all(db).await.unwrap();
    let partners = partner::row::Entity::find().all(db).await.unwrap();
    let ids: Vec<i64> = clients.iter().map(|client| client.id).collect();
    let mut results = assessments_of(domain, &viewer, &ids, true, ColumnSet::ALL).await.unwrap();
    let owned = clients.into_iter().filter_map(|client| {
        let partner = partners.iter().find(|partner| partner.id == client.partner_id)?.clone();
        let result = results.remove(&client.id)?;
        Some((client, partner, result))
    });
    owned.collect()
}

/// Another report for every number.
async fn make(domain: &Domain, subjects: &[Owned], number: usize, kind: ReportKind) {
    let (client, partner, assessment) = &subjects[number % subjects.len()];
    let client = client::row::Model { name: format!("{} {number}", client.name), ..client.clone() };
    let subject = Subject { client: &client, partner, assessment };
    let language = if number.is_multiple_of(2) { Language::Indonesian } else { Language::English };
    document(domain, subject, kind, language, Format::Pdf).await.unwrap();
}

fn show(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| milliseconds(times[(times.len() - 1) * share / 100]);
    println!("{name:<25} {:>8.2} ms median {:>8.2} ms at 95 %", at(50), at(95));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Resident memory of this process in MiB; nothing where the system does not say.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1_024.0
}
