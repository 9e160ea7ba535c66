//! Twice as many requests as the program can answer, for minutes: what it takes it answers soon, what it does not it refuses,
//! and afterwards it is as it was before.
//!
//! `cargo bench --bench overload -- --seconds 600`; with `--database postgres` and `GERBANG_TEST_POSTGRES_URL` on PostgreSQL.
//! It fails where what docs/performance.md promises does not hold.
#![expect(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss, reason = "a benchmark")]

#[path = "../load/client.rs"]
mod client;
#[path = "../load/data.rs"]
mod data;
#[path = "../load/options.rs"]
#[expect(dead_code, reason = "another benchmark asks for more")]
mod options;
mod pressure;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "another benchmark asks for more")]
mod server;

use std::{
    error::Error,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;

use self::{
    client::request,
    data::Data,
    options::{Kind, Options},
    pressure::{Outcome, keep_busy, press},
    server::Server,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long it is found out what can be answered.
const MEASURE: Duration = Duration::from_secs(5);
/// What an answer may take, of 99 in 100.
const SOON: Duration = Duration::from_secs(1);
/// Mebibytes by which memory may grow once everything is in use.
const GROWTH: u64 = 32;
/// What is left of the speed afterwards, at least.
const LEFT: f64 = 0.8;

fn main() -> ExitCode {
    let run = async {
        let options = Options::parse();
        let kind = options.database.unwrap_or(Kind::Sqlite);
        let data = Data::new(kind, &options).await?;
        let outcome = overload(&data, &options).await;
        data.remove().await?;
        outcome
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn overload(data: &Data, options: &Options) -> Result<(), Box<dyn Error>> {
    let server = Server::gerbang(data, &[]).await?;
    let request = Arc::new(request("GET", "/apextrack/api/dashboard-data", Some(&data.sanctum), None));
    let memory = || server.memory().unwrap_or_default();
    let before = keep_busy(server.address, &request, options.connections, MEASURE).await?;
    println!("{}: {before:.0} requests a second can be answered; {} MiB", data.kind.name(), memory());

    let end = Instant::now() + Duration::from_secs_f64(options.seconds);
    let part = Duration::from_secs_f64((options.seconds / 2.0).min(60.0));
    let (mut all, mut grown) = (Outcome::default(), None);
    println!("offered/s  answered/s  503/s  others  p50 ms  p99 ms  MiB");
    while Instant::now() + part / 2 < end {
        let outcome = press(server.address, &request, 2.0 * before, part).await;
        let (p50, p99) = (outcome.percentile(50), outcome.percentile(99));
        let per_second = |count: usize| count as f64 / part.as_secs_f64();
        println!(
            "{:9.0}  {:10.0}  {:5.0}  {:6}  {p50:6.0}  {p99:6.0}  {:3}",
            per_second(outcome.all()),
            per_second(outcome.latencies.len()),
            per_second(outcome.refused),
            outcome.others,
            memory(),
        );
        grown.get_or_insert_with(&memory);
        all.add(outcome);
    }
    let after_load = memory();
    let after = keep_busy(server.address, &request, options.connections, MEASURE).await?;
    println!("afterwards: {after:.0} requests a second; {} MiB", memory());

    let p99 = all.percentile(99);
    let grown = after_load.saturating_sub(grown.unwrap_or(after_load));
    for (holds, promise) in [
        (all.others == 0, format!("{} requests were neither answered nor refused", all.others)),
        (all.refused > 0, "nothing was refused: there was no overload".to_owned()),
        (p99 < SOON.as_secs_f64() * 1_000.0, format!("of what was answered, 1 in 100 took {p99:.0} ms or more")),
        (grown <= GROWTH, format!("memory grew by {grown} MiB")),
        (after >= LEFT * before, format!("afterwards it answers {after:.0} a second, before {before:.0}")),
    ] {
        if !holds {
            return Err(promise.into());
        }
    }
    Ok(())
}
