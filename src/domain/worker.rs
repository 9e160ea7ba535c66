//! Work that no request waits for: delivering messages, and removing what has had its time.

use std::time::Duration;

use super::{
    Domain,
    accounts::{
        outbox::{Carriers, deliver_forever},
        retention,
    },
    operations::{
        client_error::prune_client_errors,
        legacy_usage::{prune_legacy_usage, store},
    },
    tracking::retention::prune_clicks,
};
use crate::{error::Result, platform::db::in_background};

/// How often old rows are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// How often counted calls of legacy routes are stored.
const STORE_EVERY: Duration = Duration::from_secs(10);

/// Works for as long as it is polled; every replica runs one.
pub async fn run(domain: Domain, carriers: Carriers) {
    let prune = async {
        loop {
            report("accounts", retention::prune(&domain).await);
            report("client errors", prune_client_errors(&domain).await);
            report("legacy usage", prune_legacy_usage(&domain).await);
            report("clicks", prune_clicks(&domain).await);
            tokio::time::sleep(PRUNE_EVERY).await;
        }
    };
    let store_calls = async {
        loop {
            tokio::time::sleep(STORE_EVERY).await;
            store_legacy_calls(&domain).await;
        }
    };
    in_background(Box::pin(async {
        tokio::join!(deliver_forever(&domain, &carriers), prune, store_calls);
    }))
    .await;
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
