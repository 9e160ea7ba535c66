//! The program under load, beside what somebody would write by hand: requests a second, latencies, memory.
//!
//! `cargo bench --bench load`; docs/performance.md tells what each workload is. On SQLite, and with
//! `GERBANG_TEST_POSTGRES_URL=postgres://user@host` (a server, no database) on PostgreSQL as well.
#![expect(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss, reason = "a benchmark")]

mod client;
mod compare;
mod data;
mod hand;
mod load;
mod options;
mod report;
mod seeing;
mod server;
mod workload;

use std::{error::Error, process::ExitCode, time::Duration};

use clap::Parser;
use serde_json::Value;

use self::{
    client::Connection,
    data::Data,
    load::Load,
    options::{Kind, Options},
    report::Measured,
    seeing::Seeing,
    server::Server,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Before the first round, as a part of one: caches fill, connections are made.
const WARM_UP: f64 = 0.2;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if let Some(database) = &options.serve {
        return tokio::runtime::Runtime::new()?.block_on(hand::serve(database));
    }
    // One thread is all that asking needs; the others are for those who answer.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure_all(options))
}

async fn measure_all(options: &Options) -> Result<(), Box<dyn Error>> {
    println!("{}", report::machine());
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if options.database.is_some_and(|wanted| wanted != kind) {
            continue;
        }
        if kind == Kind::Postgres && options.postgres.is_none() {
            println!("PostgreSQL IS NOT MEASURED: name a server with --postgres or GERBANG_TEST_POSTGRES_URL");
            continue;
        }
        let data = Data::new(kind, options).await?;
        let outcome = measure(&data, options).await;
        data.remove().await?;
        outcome?;
    }
    Ok(())
}

async fn measure(data: &Data, options: &Options) -> Result<(), Box<dyn Error>> {
    let (gerbang, seeing) = if options.seeing {
        Seeing::start(data).await.map(|(seen, seeing)| (seen, Some(seeing)))?
    } else {
        (Server::gerbang(data, &[]).await?, None)
    };
    let hand = Server::hand(&data.url).await?;
    let idle = gerbang.memory();
    let jwt = log_in(&gerbang).await?;
    let duration = Duration::from_secs_f64(options.seconds);
    let mut all = Vec::new();
    for workload in workload::all(data, &jwt) {
        if !options.wants(workload.name) {
            continue;
        }
        let bodies = compare::bodies(&workload, gerbang.address, hand.address).await?;
        let load = Load {
            connections: options.connections,
            status: workload.status,
            bodies: if workload.steady { &bodies } else { &[] },
        };
        let run = async |address, requests, duration| {
            load.run(address, requests, duration).await.map_err(|error| format!("{}: {error}", workload.name))
        };
        let mut servers = vec![(gerbang.address, &workload.gerbang)];
        servers.extend(workload.hand.iter().map(|(_, requests)| (hand.address, requests)));
        servers.extend(seeing.iter().map(|seeing| (seeing.unseen.address, &workload.gerbang)));
        for (address, requests) in &servers {
            run(*address, requests, duration.mul_f64(WARM_UP)).await?;
        }
        let mut measured = Measured::new(&workload, &bodies, servers.len());
        for _ in 0..options.rounds {
            for ((address, requests), rounds) in servers.iter().zip(&mut measured.rounds) {
                rounds.push(run(*address, requests, duration).await?);
            }
        }
        all.push(measured);
    }
    println!("{}", report::table(data.kind, &all, options.markdown));
    let mebibytes = |memory: Option<u64>| memory.map_or_else(|| "?".to_owned(), |memory| format!("{memory} MiB"));
    println!(
        "ready after {:.0?}; memory {} idle, {} after load\n",
        gerbang.ready_after,
        mebibytes(idle),
        mebibytes(gerbang.memory()),
    );
    Ok(())
}

/// The token of an administrator of Talents Mapping.
async fn log_in(gerbang: &Server) -> Result<String, Box<dyn Error>> {
    let mut connection = Connection::open(gerbang.address).await?;
    let answer = connection.ask(&workload::log_in()).await?;
    let answer: Value = serde_json::from_slice(answer.body)?;
    Ok(answer["access_token"].as_str().ok_or_else(|| format!("no token: {answer}"))?.to_owned())
}
