//! Removes what providers said long ago. Payments stay as it left them.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use gerbang_platform::query::prune;
use sea_orm::ColumnTrait;

use super::row::{Column, Entity};
use crate::domain::Domain;

/// Removes events that are older than the settings say; says how many. For the worker.
pub async fn prune_webhook_events(domain: &Domain) -> Result<u64> {
    let days = domain.config.payments.event_days;
    if days == 0 {
        return Ok(0);
    }
    let oldest = domain.clock.now() - TimeDelta::days(days.into());
    prune::remove::<Entity>(&domain.db, Column::Id, Column::ReceivedAt.lt(oldest)).await
}
