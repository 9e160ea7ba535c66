//! Sums by link and hour, kept in the transactions that write clicks and leads, so that reports never count rows.
//!
//! A click counts in the hour in which it was made, a lead in the hour in which it was reported, whatever becomes of it
//! later. Amounts are added as they are: the offers of one affiliate should pay in one currency.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use gerbang_kernel::error::{Error, Result};
use sea_orm::ConnectionTrait;

use crate::tracking::{
    lead::{self, row::Status},
    summary::{self, row::Model},
};

/// What is added to the sums of a link's hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    clicks: i64,
    leads: i64,
    approved_leads: i64,
    payout_micros: i64,
}

impl Change {
    /// One click more.
    pub(crate) const CLICK: Self = Self { clicks: 1, leads: 0, approved_leads: 0, payout_micros: 0 };

    /// One lead more.
    pub(crate) fn of_new(lead: &lead::row::Model) -> Self {
        Self { leads: 1, ..Self::between((Status::Pending, 0), (lead.status, lead.payout_micros)) }
    }

    /// A lead that was at one status and payout and is now at others.
    pub(crate) fn between(before: (Status, i64), after: (Status, i64)) -> Self {
        let counted = |(status, payout)| if status == Status::Approved { (1, payout) } else { (0, 0) };
        let ((approved_before, paid_before), (approved, paid)) = (counted(before), counted(after));
        Self { approved_leads: approved - approved_before, payout_micros: paid - paid_before, ..Self::default() }
    }
}

/// Start of the hour.
pub(crate) fn hour_of(at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    at.duration_trunc(TimeDelta::hours(1)).map_err(Error::internal)
}

/// A change of the sums of the hour of `at`.
pub(crate) fn of(sub_id: &str, affiliate_id: i64, at: DateTime<Utc>, change: Change) -> Result<Model> {
    let Change { clicks, leads, approved_leads, payout_micros } = change;
    let (sub_id, hour) = (sub_id.to_owned(), hour_of(at)?);
    Ok(Model { sub_id, hour, affiliate_id, clicks, leads, approved_leads, payout_micros })
}

/// Adds a change to the sums of the hour of `at`.
pub(crate) async fn add(
    transaction: &impl ConnectionTrait,
    sub_id: &str,
    affiliate_id: i64,
    at: DateTime<Utc>,
    change: Change,
) -> Result<()> {
    add_all(transaction, vec![of(sub_id, affiliate_id, at, change)?]).await
}

/// Adds many changes. Their rows stay locked until the transaction ends, so those who change the same sums take turns;
/// they are locked in one order everywhere, so that there is no deadlock.
pub(crate) async fn add_all(transaction: &impl ConnectionTrait, changes: Vec<Model>) -> Result<()> {
    let mut sums: BTreeMap<_, Model> = BTreeMap::new();
    for change in changes {
        let key = (change.sub_id.clone(), change.hour);
        match sums.get_mut(&key) {
            Some(sum) => {
                sum.clicks += change.clicks;
                sum.leads += change.leads;
                sum.approved_leads += change.approved_leads;
                sum.payout_micros += change.payout_micros;
            }
            None => {
                sums.insert(key, change);
            }
        }
    }
    let sums: Vec<_> = sums.into_values().collect();
    Ok(summary::row::add(transaction, &sums).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_approved_leads_pay() {
        let change = |approved_leads, payout_micros| Change { approved_leads, payout_micros, ..Change::default() };
        for (before, after, expected) in [
            ((Status::Pending, 5), (Status::Approved, 7), change(1, 7)),
            ((Status::Approved, 7), (Status::Rejected, 7), change(-1, -7)),
            ((Status::Rejected, 7), (Status::Approved, 7), change(1, 7)),
            ((Status::Pending, 5), (Status::Rejected, 5), change(0, 0)),
        ] {
            assert_eq!(Change::between(before, after), expected, "{before:?} -> {after:?}");
        }
    }
}
