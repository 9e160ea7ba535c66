//! Work that no request waits for: delivering messages, and removing what has had its time.

use std::time::Duration;

use super::{
    Domain,
    accounts::{
        outbox::{Carriers, deliver_forever},
        retention,
    },
    operations::client_error::prune_client_errors,
};
use crate::{error::Result, platform::db::in_background};

/// How often old rows are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Works for as long as it is polled; every replica runs one.
pub async fn run(domain: Domain, carriers: Carriers) {
    let prune = async {
        loop {
            report("accounts", retention::prune(&domain).await);
            report("client errors", prune_client_errors(&domain).await);
            tokio::time::sleep(PRUNE_EVERY).await;
        }
    };
    in_background(Box::pin(async {
        tokio::join!(deliver_forever(&domain, &carriers), prune);
    }))
    .await;
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
