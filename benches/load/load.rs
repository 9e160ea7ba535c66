//! Connections that ask one request after the other, and how long each answer took.

use std::{
    error::Error,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;

use crate::{client::Connection, compare::difference, workload::Requests};

/// What a round of a server came to.
pub(crate) struct Round {
    pub(crate) per_second: f64,
    /// Of each answer, in microseconds.
    pub(crate) latencies: Vec<u32>,
}

/// How a server is asked, and what it has to answer.
pub(crate) struct Load<'a> {
    pub(crate) connections: usize,
    pub(crate) status: u16,
    /// The bodies, in the order of the requests; none where they change.
    pub(crate) bodies: &'a [Vec<u8>],
}

impl Load<'_> {
    /// Keeps the connections busy for so long. What each answers is compared here too: a row must not come to the
    /// wrong caller because many ask at once.
    pub(crate) async fn run(
        &self,
        address: SocketAddr,
        requests: &Requests,
        duration: Duration,
    ) -> Result<Round, Box<dyn Error>> {
        let begun = Instant::now();
        let end = begun + duration;
        let latencies = try_join_all((0..self.connections).map(|_| self.keep_busy(address, requests, end))).await?;
        let elapsed = begun.elapsed();
        let latencies = latencies.concat();
        Ok(Round { per_second: latencies.len() as f64 / elapsed.as_secs_f64(), latencies })
    }

    async fn keep_busy(
        &self,
        address: SocketAddr,
        requests: &Requests,
        end: Instant,
    ) -> Result<Vec<u32>, Box<dyn Error>> {
        // Counted over all rounds, so that what makes a row makes another each time.
        static SENT: AtomicU64 = AtomicU64::new(0);
        let mut connection = Connection::open(address).await?;
        let mut latencies = Vec::with_capacity(16 * 1024);
        loop {
            let number = SENT.fetch_add(1, Ordering::Relaxed);
            let request = requests.number(number);
            let asked = Instant::now();
            let answer = connection.ask(&request).await?;
            let answered = Instant::now();
            latencies.push(u32::try_from((answered - asked).as_micros()).unwrap_or(u32::MAX));
            let expected = match self.bodies {
                [] => answer.body,
                bodies => &bodies[requests.place(number)],
            };
            if answer.status != self.status || answer.body != expected {
                return Err(difference("expected", (self.status, expected), (answer.status, answer.body)).into());
            }
            if answered >= end {
                return Ok(latencies);
            }
        }
    }
}
