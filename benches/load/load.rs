//! Connections that ask one request after the other, and how long each answer took.

use std::{
    error::Error,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;

use crate::{client::Connection, workload::Requests};

/// What a round of a server came to.
pub(crate) struct Round {
    pub(crate) per_second: f64,
    /// Of each answer, in microseconds.
    pub(crate) latencies: Vec<u32>,
}

/// Keeps so many connections busy for so long.
pub(crate) async fn run(
    address: SocketAddr,
    requests: &Requests,
    status: u16,
    connections: usize,
    duration: Duration,
) -> Result<Round, Box<dyn Error>> {
    let begun = Instant::now();
    let end = begun + duration;
    let latencies = try_join_all((0..connections).map(|_| keep_busy(address, requests, status, end))).await?;
    let elapsed = begun.elapsed();
    let latencies = latencies.concat();
    Ok(Round { per_second: latencies.len() as f64 / elapsed.as_secs_f64(), latencies })
}

async fn keep_busy(
    address: SocketAddr,
    requests: &Requests,
    status: u16,
    end: Instant,
) -> Result<Vec<u32>, Box<dyn Error>> {
    // Counted over all rounds, so that nobody sends what has been sent and changes something.
    static SENT: AtomicU64 = AtomicU64::new(0);
    let mut connection = Connection::open(address).await?;
    let mut latencies = Vec::with_capacity(16 * 1024);
    loop {
        let request = requests.number(SENT.fetch_add(1, Ordering::Relaxed));
        let asked = Instant::now();
        let answer = connection.ask(&request).await?;
        if answer.status != status {
            let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(400)]).into_owned();
            return Err(format!("answered {} instead of {status}: {body}", answer.status).into());
        }
        let answered = Instant::now();
        latencies.push(u32::try_from((answered - asked).as_micros()).unwrap_or(u32::MAX));
        if answered >= end {
            return Ok(latencies);
        }
    }
}
