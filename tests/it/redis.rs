//! Limits that machines count together. A Redis (or Valkey) server at `GERBANG_TEST_REDIS_URL` is needed where a test
//! says so, or one with TLS at `GERBANG_TEST_REDIS_TLS_URL`, whose certificate is for 127.0.0.1 alone and in the file of
//! `SSL_CERT_FILE`; `.ci/run` starts one that is both.

use std::{env, time::Duration};

use futures_util::future::join_all;
use gerbang_kernel::{clock::Clock, secret::Secret};
use gerbang_limits::{Limiter, RetryAfter};
use uuid::Uuid;

const MINUTE: Duration = Duration::from_mins(1);

/// A machine that counts in the server of the tests.
fn machine() -> Limiter {
    machine_at(&server("GERBANG_TEST_REDIS_URL"))
}

fn server(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| panic!("{variable} names a server"))
}

fn machine_at(url: &str) -> Limiter {
    gerbang_platform::tls::install();
    Limiter::with_server(Clock::system(), &Secret::new(url)).unwrap()
}

/// A key that no other test counts.
fn key() -> String {
    Uuid::now_v7().to_string()
}

#[tokio::test]
#[ignore = "needs a server at GERBANG_TEST_REDIS_URL"]
async fn two_servers_share_their_counters() {
    let (one, two, key) = (machine(), machine(), key());
    assert_eq!(one.hit(&key, 3, MINUTE).await.map(|left| left.hits), Ok(2));
    assert_eq!(two.hit(&key, 3, MINUTE).await.map(|left| left.hits), Ok(1));
    assert_eq!(one.peek(&key, 3).await.map(|left| left.hits), Ok(1));
    assert_eq!(one.hit(&key, 3, MINUTE).await.map(|left| left.hits), Ok(0));
    for refused in [one.hit(&key, 3, MINUTE).await, two.hit(&key, 3, MINUTE).await, two.peek(&key, 3).await] {
        let RetryAfter(seconds) = refused.unwrap_err();
        assert!((58..=60).contains(&seconds), "{seconds} seconds");
    }
    one.refund(&key).await;
    assert_eq!(two.peek(&key, 3).await.map(|left| left.hits), Ok(1));
    two.clear(&key).await;
    assert_eq!(one.peek(&key, 3).await.map(|left| left.hits), Ok(3));
    // What never began can't be taken back below nothing.
    one.refund(&key).await;
    assert_eq!(one.peek(&key, 3).await.map(|left| left.hits), Ok(3));
}

#[tokio::test]
#[ignore = "needs a server at GERBANG_TEST_REDIS_URL"]
async fn hits_refused_by_a_networks_limit_count_for_no_address_on_any_server() {
    let (one, two, address, network) = (machine(), machine(), key(), key());
    let limits = [(address.clone(), 3, MINUTE), (network, 1, MINUTE)];
    assert_eq!(one.hit_all(&limits).await, Ok(()));
    assert!(two.hit_all(&limits).await.is_err());
    assert_eq!(one.peek(&address, 3).await.map(|left| left.hits), Ok(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server at GERBANG_TEST_REDIS_URL"]
async fn of_concurrent_hits_exactly_the_allowed_number_passes() {
    let (machines, key) = ([machine(), machine()], key());
    let hits = (0..32).map(|number| {
        let (machine, key) = (machines[number % 2].clone(), key.clone());
        tokio::spawn(async move { machine.hit(&key, 10, MINUTE).await.is_ok() })
    });
    let allowed = join_all(hits).await.into_iter().filter(|hit| *hit.as_ref().unwrap()).count();
    assert_eq!(allowed, 10);
}

#[tokio::test]
#[ignore = "needs a server at GERBANG_TEST_REDIS_URL"]
async fn the_window_ends_by_the_servers_time() {
    let (machine, key, window) = (machine(), key(), Duration::from_millis(300));
    assert!(machine.hit(&key, 1, window).await.is_ok());
    assert_eq!(machine.hit(&key, 1, window).await, Err(RetryAfter(1)));
    tokio::time::sleep(window + Duration::from_millis(50)).await;
    assert!(machine.hit(&key, 1, window).await.is_ok());
}

#[tokio::test]
#[ignore = "needs a server at GERBANG_TEST_REDIS_TLS_URL"]
async fn a_server_with_tls_is_asked_if_its_certificate_names_it() {
    let (url, key) = (server("GERBANG_TEST_REDIS_TLS_URL"), key());
    let (one, two) = (machine_at(&url), machine_at(&url));
    assert!(one.hit(&key, 1, MINUTE).await.is_ok());
    assert!(two.hit(&key, 1, MINUTE).await.is_err());
    assert_eq!(two.server_answered(), Some(true));
    let stranger = machine_at(&url.replace("127.0.0.1", "localhost"));
    assert!(stranger.hit(&key, 1, MINUTE).await.is_ok(), "it counts on its own");
    assert_eq!(stranger.server_answered(), Some(false));
}

#[tokio::test]
async fn without_redis_a_server_counts_on_its_own() {
    // Nobody listens at the port that was given out and given back.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let url = Secret::new(format!("redis://127.0.0.1:{port}"));
    let limiter = Limiter::with_server(Clock::system(), &url).unwrap();
    assert!(limiter.hit("key", 1, MINUTE).await.is_ok());
    assert!(limiter.hit("key", 1, MINUTE).await.is_err());
    assert!(Limiter::with_server(Clock::system(), &Secret::new("not a url")).is_err());
}
