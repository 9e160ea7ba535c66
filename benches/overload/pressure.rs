//! Requests that come whether or not those before them were answered.

use std::{
    cell::RefCell,
    error::Error,
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use tokio::{task::LocalSet, time::sleep_until};

use crate::client::Connection;

/// How often requests are sent.
const TICK: Duration = Duration::from_millis(5);

/// What came of requests.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Of each that was answered, in microseconds.
    pub(crate) latencies: Vec<u32>,
    /// Answered with 503.
    pub(crate) refused: usize,
    /// Answered with something else, or not at all.
    pub(crate) others: usize,
}

impl Outcome {
    pub(crate) fn all(&self) -> usize {
        self.latencies.len() + self.refused + self.others
    }

    pub(crate) fn add(&mut self, mut other: Self) {
        self.latencies.append(&mut other.latencies);
        self.refused += other.refused;
        self.others += other.others;
    }

    /// Milliseconds that so many in a hundred took at most.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut latencies = self.latencies.clone();
        latencies.sort_unstable();
        let place = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
        f64::from(latencies.get(place).copied().unwrap_or_default()) / 1_000.0
    }
}

/// How many requests a second are answered where each connection waits for its answer.
pub(crate) async fn keep_busy(
    address: SocketAddr,
    request: &[u8],
    connections: usize,
    duration: Duration,
) -> Result<f64, Box<dyn Error>> {
    let begun = Instant::now();
    let ask = async || {
        let (mut connection, mut count) = (Connection::open(address).await?, 0_usize);
        while begun.elapsed() < duration {
            let answer = connection.ask(request).await?;
            if answer.status != 200 {
                return Err(format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body)).into());
            }
            count += 1;
        }
        Ok::<_, Box<dyn Error>>(count)
    };
    let counts = try_join_all((0..connections).map(|_| ask())).await?;
    Ok(counts.into_iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64())
}

/// Sends `per_second` requests a second for so long, on as many connections as that takes.
pub(crate) async fn press(address: SocketAddr, request: &Arc<Vec<u8>>, per_second: f64, duration: Duration) -> Outcome {
    let (outcome, idle) = (Rc::new(RefCell::new(Outcome::default())), Rc::new(RefCell::new(Vec::new())));
    let local = LocalSet::new();
    local
        .run_until(async {
            let (begun, mut sent) = (Instant::now(), 0_u64);
            while begun.elapsed() < duration {
                while (sent as f64) < begun.elapsed().as_secs_f64() * per_second {
                    sent += 1;
                    let (outcome, idle, request) = (Rc::clone(&outcome), Rc::clone(&idle), Arc::clone(request));
                    tokio::task::spawn_local(async move {
                        let asked = Instant::now();
                        let kept = idle.borrow_mut().pop();
                        let connection = match kept {
                            Some(connection) => Ok(connection),
                            None => Connection::open(address).await,
                        };
                        let Ok(mut connection) = connection else {
                            outcome.borrow_mut().others += 1;
                            return;
                        };
                        let status = connection.ask(&request).await.map(|answer| answer.status);
                        let mut outcome = outcome.borrow_mut();
                        match status {
                            Ok(200) => {
                                let took = u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX);
                                outcome.latencies.push(took);
                            }
                            Ok(503) => outcome.refused += 1,
                            _ => {
                                outcome.others += 1;
                                return;
                            }
                        }
                        idle.borrow_mut().push(connection);
                    });
                }
                sleep_until((Instant::now() + TICK).into()).await;
            }
        })
        .await;
    // Those that are still on their way.
    local.await;
    outcome.take()
}
