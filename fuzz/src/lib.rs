//! What the targets share: an API and an endpoint over the small schemas that the tests of their crates have, the product
//! itself, and what every answer must be.

// The tests use more of what they share.
#![allow(dead_code)]

use std::{
    future::Future,
    sync::OnceLock,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

pub mod graphql;
pub mod product;
pub mod rest;

/// What an answer may take; instruments included.
const SOON: Duration = Duration::from_secs(1);

/// What everything here runs on.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().max_blocking_threads(1).build().expect("a runtime")
    })
}

/// Waits for an answer and fails unless it comes soon and is not a fault of ours.
pub fn answered(answer: impl Future<Output = u16>) {
    let began = Instant::now();
    let status = runtime().block_on(answer);
    let took = began.elapsed();
    assert!(status < 500, "the answer is {status}");
    assert!(took < SOON, "the answer takes {took:?}");
}

/// A path as it comes over the wire: what may not stand there is escaped.
pub fn path(bytes: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b'!'..=b'~' if !b"\"<>\\^`{|}#".contains(byte) => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    std::iter::once("/".to_owned()).chain(bytes.iter().map(one)).collect()
}
