//! `dashboard-data` over few and over many clicks of the same days and links, by turns in one run. The data comes from
//! the command `gerbang generate-clicks`.
//!
//! `cargo bench --bench click_dashboard`; `GERBANG_BENCH_CLICKS` says how many are many (10 million), and with
//! `GERBANG_TEST_POSTGRES_URL=postgres://user@host` (a server, no database) it is PostgreSQL instead of SQLite.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::{
    fs,
    net::Ipv4Addr,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use gerbang::{
    accounts::{
        Role,
        token::{self, rules::hash_secret},
        user,
    },
    app::App,
    config::{Config, JwtKey},
    http::service::service,
};
use gerbang_kernel::{clock::Clock, secret::Secret};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, Database, EntityTrait, QueryFilter,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FEW: u64 = 10_000;
const MANY: u64 = 10_000_000;
const WANTED: f64 = 1.5;
const ROUNDS: usize = 20;
const REQUESTS: usize = 20;
const SECRET: &str = "a-secret-for-a-benchmark-of-32-bytes";

#[tokio::main]
async fn main() {
    let many = std::env::var("GERBANG_BENCH_CLICKS").ok().and_then(|number| number.parse().ok()).unwrap_or(MANY);
    let server = std::env::var("GERBANG_TEST_POSTGRES_URL").ok();
    let folder = tempfile::tempdir().unwrap();
    let mut urls = Vec::new();
    for name in ["few", "many"] {
        urls.push(match &server {
            Some(server) => {
                let database = format!("gerbang_bench_{}", Uuid::new_v4().simple());
                administer(server, format!("create database {database}")).await;
                format!("{server}/{database}")
            }
            None => format!("sqlite://{}", folder.path().join(format!("{name}.db")).display()),
        });
    }
    let few = Subject::new(folder.path(), &urls[0], FEW).await;
    let many = Subject::new(folder.path(), &urls[1], many).await;

    let (mut few_times, mut many_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        few.ask(&mut few_times).await;
        many.ask(&mut many_times).await;
    }
    let (few_time, many_time) = (median(few_times), median(many_times));
    println!(
        "dashboard-data on {}, median of {}:",
        if server.is_some() { "PostgreSQL" } else { "SQLite" },
        ROUNDS * REQUESTS
    );
    println!("  {:>10} clicks  {few_time:.2?}", few.clicks);
    println!("  {:>10} clicks  {many_time:.2?}", many.clicks);
    let ratio = many_time.as_secs_f64() / few_time.as_secs_f64();
    let holds = if ratio <= WANTED { "holds" } else { "DOES NOT HOLD" };
    println!("  {ratio:.2} times as long (wanted: at most {WANTED}): {holds}");

    drop((few, many));
    if let Some(server) = server {
        for url in urls {
            let database = url.rsplit('/').next().unwrap();
            administer(&server, format!("drop database {database} with (force)")).await;
        }
    }
}

async fn administer(server: &str, statement: String) {
    let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
    admin.execute_unprepared(&statement).await.unwrap();
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A server over so many clicks.
struct Subject {
    clicks: u64,
    router: Router,
    token: String,
}

impl Subject {
    async fn new(folder: &Path, url: &str, clicks: u64) -> Self {
        generate(folder, url, clicks);
        let mut config = Config::demo(folder, &folder.join("outbox"), (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        config.auth.jwt_keys = vec![JwtKey { kid: "bench".to_owned(), secret: Secret::new(SECRET) }];
        config.database.url = Secret::new(url);
        config.limits.scale = 1_000_000;
        let app = App::build(config, Clock::system()).await.unwrap();
        let affiliate = user::row::Entity::find().filter(user::row::Column::Role.eq(Role::Affiliate));
        let affiliate = affiliate.one(app.domain.db.read()).await.unwrap().unwrap();
        let now = app.domain.clock.now();
        let token = token::row::ActiveModel {
            id: NotSet,
            user_id: Set(affiliate.id),
            name: Set("bench".to_owned()),
            token_hash: Set(hash_secret(SECRET)),
            abilities: Set(r#"["*"]"#.to_owned()),
            last_used_at: Set(None),
            expires_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let token = token.insert(app.domain.db.write()).await.unwrap();
        let router = service(app, CancellationToken::new()).unwrap().router;
        Self { clicks, router, token: format!("Bearer {}|{SECRET}", token.id) }
    }

    async fn ask(&self, times: &mut Vec<Duration>) {
        for _ in 0..REQUESTS {
            let request = Request::get("/apextrack/api/dashboard-data")
                .header("host", "gerbang.test")
                .header("authorization", &self.token)
                .body(Body::empty())
                .unwrap();
            let begun = Instant::now();
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            times.push(begun.elapsed());
            assert!(status.is_success() && body.len() > 500, "{status}: {}", String::from_utf8_lossy(&body));
        }
    }
}

fn generate(folder: &Path, url: &str, clicks: u64) {
    let settings = folder.join("gerbang.toml");
    let folder = folder.display();
    fs::write(&settings, format!("files.folder = \"{folder}/files\"\ndatabase.durable = false\n")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
        // It knows no settings of benchmarks.
        command.env_clear();
        let status = command.args(arguments).arg("--config").arg(&settings).env("DATABASE_URL", url).status().unwrap();
        assert!(status.success(), "gerbang {arguments:?}");
    };
    run(&["migrate"]);
    let begun = Instant::now();
    run(&["generate-clicks", "--clicks", &clicks.to_string()]);
    println!("{clicks} clicks generated in {:.1?}", begun.elapsed());
}
