//! Work that no request waits for: delivering messages, and removing what has had its time.
//!
//! Each kind of work is a job of its own: one that panics is begun again, and the others don't notice.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use gerbang_kernel::error::Result;
use gerbang_platform::{db::in_background, query::total::merge_kept_counts};

use super::{
    accounts::retention,
    audit::keeping::prune_audit_entries,
    client_errors::rules::prune_client_errors,
    domain::Domain,
    notifications::rules::prune_notifications,
    outbox::rules::{Transports, deliver_forever, read_gauges},
    payments::event::retention::prune_webhook_events,
    tracking::click::{months::make_months_ahead, retention::prune_clicks},
    usage::rules::{prune_legacy_usage, store},
};

/// How often old rows are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// How often the months that come next are looked for.
const MAKE_MONTHS_EVERY: Duration = Duration::from_hours(1);
/// How often counts of rows are put together that were written in parts.
const MERGE_COUNTS_EVERY: Duration = Duration::from_hours(1);
/// How often counted calls of legacy routes are stored.
const STORE_EVERY: Duration = Duration::from_secs(10);
/// How often the outbox is looked at for the metrics.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How long a job rests after it panicked.
const REST: Duration = Duration::from_secs(10);

/// Works for as long as it is polled; every replica runs one.
pub async fn run(domain: Domain, transports: Transports) {
    let (domain, transports) = (&domain, &transports);
    in_background(Box::pin(async {
        tokio::join!(
            keep_running("messages", || deliver_forever(domain, transports)),
            keep_running("accounts", || prune("accounts", || retention::prune(domain))),
            keep_running("client errors", || prune("client errors", || prune_client_errors(domain))),
            keep_running("legacy usage", || prune("legacy usage", || prune_legacy_usage(domain))),
            keep_running("audit entries", || prune("audit entries", || prune_audit_entries(domain))),
            keep_running("notifications", || prune("notifications", || prune_notifications(domain))),
            keep_running("webhook events", || prune("webhook events", || prune_webhook_events(domain))),
            keep_running("clicks", || prune("clicks", || prune_clicks(domain))),
            keep_running("months of clicks", || make_months_now_and_then(domain)),
            keep_running("row counts", || merge_counts_now_and_then(domain)),
            keep_running("legacy calls", || store_now_and_then(domain)),
            keep_running("gauges", || look_now_and_then(domain)),
        );
    }))
    .await;
}

/// Runs a job; whenever it panics, it is begun again after a rest.
async fn keep_running<F: Future<Output = ()>>(job: &'static str, begin: impl Fn() -> F) {
    // What a panic left half done was in the job's own future, or is behind a lock that tells of it.
    while let Err(panic) = AssertUnwindSafe(begin()).catch_unwind().await {
        tracing::error!(job, panic = panic_message(&*panic), "a job of the worker panicked and is begun again");
        tokio::time::sleep(REST).await;
    }
}

/// What a panic said of itself.
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

async fn prune<F: Future<Output = Result<u64>>>(what: &'static str, remove: impl Fn() -> F) {
    loop {
        report(what, remove().await);
        tokio::time::sleep(PRUNE_EVERY).await;
    }
}

async fn store_now_and_then(domain: &Domain) {
    loop {
        tokio::time::sleep(STORE_EVERY).await;
        store_legacy_calls(domain).await;
    }
}

async fn make_months_now_and_then(domain: &Domain) {
    loop {
        match make_months_ahead(domain).await {
            Ok(0) => {}
            Ok(months) => tracing::info!(months, "tables for the clicks of months to come were made"),
            Err(error) => {
                let cause = error.cause().map(ToString::to_string);
                tracing::error!(cause, "tables for the clicks of months to come can't be made");
            }
        }
        tokio::time::sleep(MAKE_MONTHS_EVERY).await;
    }
}

async fn merge_counts_now_and_then(domain: &Domain) {
    loop {
        if let Err(error) = merge_kept_counts(domain.db.write()).await {
            let cause = error.cause().map(ToString::to_string);
            tracing::error!(cause, "the parts of counts of rows can't be put together");
        }
        tokio::time::sleep(MERGE_COUNTS_EVERY).await;
    }
}

/// Looks how much waits in the outbox, which is a table.
async fn look_now_and_then(domain: &Domain) {
    loop {
        // Where the database is down, that is told by others.
        let _ = read_gauges(domain).await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Stores the counted calls of legacy routes: now and then, and once more when the server stops.
pub async fn store_legacy_calls(domain: &Domain) {
    if let Err(error) = store(domain).await {
        let cause = error.cause().map(ToString::to_string);
        tracing::warn!(cause, "counted calls of legacy routes can't be stored now");
    }
}

fn report(what: &str, pruned: Result<u64>) {
    match pruned {
        Ok(0) => {}
        Ok(rows) => tracing::info!(what, rows, "old rows were removed"),
        Err(error) => {
            let cause = error.cause().map(ToString::to_string);
            tracing::error!(what, cause, "old rows can't be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_job_that_panics_is_restarted_and_the_others_go_on() {
        let (begun, beats) = (Cell::new(0), Cell::new(0));
        let broken = || async {
            begun.set(begun.get() + 1);
            tokio::time::sleep(Duration::from_secs(1)).await;
            // The third time it works, and it ends.
            assert!(begun.get() > 2, "the {}. time", begun.get());
        };
        let sound = || async {
            for _ in 0..60 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                beats.set(beats.get() + 1);
            }
        };
        tokio::join!(keep_running("broken", broken), keep_running("sound", sound));
        assert_eq!((begun.get(), beats.get()), (3, 60));
    }

    #[test]
    fn a_panics_message_is_logged() {
        let panic = std::panic::catch_unwind(|| panic!("no {}", "way")).expect_err("it panics");
        assert_eq!(panic_message(&*panic), "no way");
    }
}
