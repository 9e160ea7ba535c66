//! Which entries are stored, and for how long.
//!
//! What was done is stored before it is answered; what was refused to strangers is stored behind their backs, and only so
//! often: whoever tries passwords by the thousand must not fill the disk. All of them share statements.

use std::{net::IpAddr, time::Duration};

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use gerbang_limits as limits;
use gerbang_platform::query::prune;
use sea_orm::{ActiveEnum, ColumnTrait};

use super::{
    log::DROPPED,
    row::{Column, Entity, Model},
};
use crate::domain::Domain;

/// Refusals that are stored in an hour: of one address, of one network, and of all.
const REFUSALS: [u32; 3] = [60, 300, 3_000];
const HOUR: Duration = Duration::from_hours(1);

/// Stores what was done. What can't be stored stands in the log instead: it has happened all the same.
pub(crate) async fn store(domain: &Domain, entry: Model) {
    if let Err(error) = domain.audit.write(entry.clone()).await {
        let cause = error.cause().map(ToString::to_string);
        let Model { action, outcome, actor_id, subject, ip, request_id, .. } = entry;
        let (kind, realm) = (entry.kind.to_value(), entry.realm.to_value());
        tracing::error!(
            target: "gerbang::audit",
            kind, action, outcome, realm, actor_id, subject, ip, request_id, %error, cause,
            "an entry of the audit log could not be stored"
        );
    }
}

/// Stores soon what was refused, if there were not too many such from there.
pub(crate) async fn store_refusal(domain: &Domain, ip: IpAddr, entry: Model) {
    let keys = [
        format!("audit|{}", limits::address(ip)),
        format!("audit|network {}", limits::network(ip)),
        "audit".to_owned(),
    ];
    let hits: Vec<_> = keys.into_iter().zip(REFUSALS).map(|(key, most)| (key, most, HOUR)).collect();
    if domain.limiter.hit_all(&hits).await.is_err() || !domain.audit.write_later(entry) {
        metrics::counter!(DROPPED).increment(1);
    }
}

/// Removes entries that are older than the settings say; says how many. For the worker.
pub async fn prune_audit_entries(domain: &Domain) -> Result<u64> {
    let days = domain.config.audit.days;
    if days == 0 {
        return Ok(0);
    }
    let oldest = domain.clock.now() - TimeDelta::days(days.into());
    prune::remove::<Entity>(&domain.db, Column::Id, Column::CreatedAt.lt(oldest)).await
}
