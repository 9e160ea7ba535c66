//! Midtrans' status API: where a transaction stands, by its own record.
//!
//! A call is tried again after a short wait when the failure may pass. When most calls fail, a circuit breaker opens and
//! none are made for a while, so that notifications are refused at once instead of piling up.

use std::{fmt, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use gerbang_kernel::secret::Secret;
use gerbang_platform::{tls, upstream};
use recloser::{AsyncRecloser, Error as BreakerError, Recloser};
use reqwest::{Client, Response, StatusCode, Url, redirect::Policy};

/// Bytes of an answer that are read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How long the API is waited for, and when its circuit breaker opens.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Of one attempt.
    pub attempt: Duration,
    /// The wait before the second attempt; it doubles before the third. Jitter may double each.
    pub first_backoff: Duration,
    /// Of all attempts and the waits between them.
    pub total: Duration,
    /// How many of the last calls the circuit breaker looks at.
    pub window: usize,
    /// How long the circuit breaker stays open before one call is tried.
    pub open: Duration,
}

impl Default for Timeouts {
    /// Three tries end well within the five seconds in which Midtrans wants its answer.
    fn default() -> Self {
        Self {
            attempt: Duration::from_millis(1_100),
            first_backoff: Duration::from_millis(150),
            total: Duration::from_millis(4_300),
            window: 10,
            open: Duration::from_secs(15),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// It may be there in a moment.
    #[error("Midtrans can't be reached: {0}")]
    Unreachable(String),
    /// It answers, but not to us.
    #[error("Midtrans answered {0}; is the server key one of this environment (production, sandbox)?")]
    Refused(u16),
    /// The circuit breaker is open: too many calls failed a moment ago.
    #[error("Midtrans was not asked: too many calls failed just before")]
    CircuitOpen,
}

/// A client of the status API. Cheap to clone.
#[derive(Clone)]
pub struct StatusApi {
    client: Client,
    base: Url,
    timeouts: Timeouts,
    breaker: AsyncRecloser,
}

impl fmt::Debug for StatusApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusApi").field("host", &self.base.host_str()).finish_non_exhaustive()
    }
}

impl StatusApi {
    /// The API below `base`, such as `https://api.midtrans.com`.
    ///
    /// # Errors
    /// When the URL can't be read, or TLS can't be set up.
    pub fn new(base: &str, timeouts: Timeouts) -> Result<Self, String> {
        let base: Url = base.parse().map_err(|error| format!("[payments.midtrans] api_url: {error}"))?;
        if base.cannot_be_a_base() {
            return Err("[payments.midtrans] api_url must be an http or https URL".to_owned());
        }
        let client = tls::client(Client::builder().timeout(timeouts.attempt).redirect(Policy::none()));
        let client = client.map_err(|error| format!("[payments.midtrans] the client can't be set up: {error}"))?;
        let breaker = Recloser::custom()
            .error_rate(0.5)
            .closed_len(timeouts.window)
            .half_open_len(1)
            .open_wait(timeouts.open)
            .build();
        Ok(Self { client, base, timeouts, breaker: AsyncRecloser::from(breaker) })
    }

    /// Midtrans' record of an order, as JSON; `None` if it has none.
    ///
    /// # Errors
    /// When there is no answer after three tries, or in the time for all of them.
    pub async fn record(&self, server_key: &Secret, order_id: &str) -> Result<Option<Bytes>, StatusError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["v2", order_id, "status"]);
        }
        let try_once = || async {
            match self.breaker.call(self.ask(server_key, url.clone())).await {
                Ok(record) => Ok(record),
                Err(BreakerError::Inner(error)) => Err(error),
                Err(BreakerError::Rejected) => Err(StatusError::CircuitOpen),
            }
        };
        let waits = ExponentialBuilder::default()
            .with_min_delay(self.timeouts.first_backoff)
            .with_factor(2.0)
            .with_max_times(2)
            .with_jitter();
        let tries = try_once.retry(waits).when(|error| matches!(error, StatusError::Unreachable(_)));
        tokio::time::timeout(self.timeouts.total, tries)
            .await
            .unwrap_or_else(|_| Err(StatusError::Unreachable(format!("no answer in {:?}", self.timeouts.total))))
    }

    async fn ask(&self, server_key: &Secret, url: Url) -> Result<Option<Bytes>, StatusError> {
        let request =
            self.client.get(url).basic_auth(server_key.expose(), Some("")).header("accept", "application/json");
        let answer = upstream::send(request).await.map_err(unreachable)?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => read(answer).await,
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                Err(StatusError::Refused(status.as_u16()))
            }
            status => Err(StatusError::Unreachable(format!("it answered {status}"))),
        }
    }
}

async fn read(mut answer: Response) -> Result<Option<Bytes>, StatusError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(StatusError::Unreachable("its answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    // It also says with 200 that it knows no such transaction.
    let status: Status =
        serde_json::from_slice(&body).map_err(|_| StatusError::Unreachable("its answer can't be read".to_owned()))?;
    match status.status_code.as_str() {
        "404" => Ok(None),
        "401" => Err(StatusError::Refused(401)),
        _ => Ok(Some(body.into())),
    }
}

#[derive(serde::Deserialize)]
struct Status {
    #[serde(default)]
    status_code: String,
}

fn unreachable(error: reqwest::Error) -> StatusError {
    // The order's id in the URL is nobody's business.
    StatusError::Unreachable(error.without_url().to_string())
}
