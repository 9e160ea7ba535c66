//! Sums by link and hour, kept in the transactions that write leads (for those of clicks see [`super::ingest`]), so that
//! reports never count rows.
//!
//! A click counts in the hour in which it was made, a lead in the hour in which it was reported, whatever becomes of it
//! later. Amounts are added as they are: the offers of one affiliate should pay in one currency.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::ingest::hour_of;
use crate::{
    entity::tracking::{
        click_summary::{ActiveModel, Column, Entity},
        lead::{self, Status},
    },
    error::Result,
};

/// What a lead adds to the sums of a link's hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    leads: i64,
    approved_leads: i64,
    payout_micros: i64,
}

impl Change {
    /// One lead more.
    pub(super) fn of_new(lead: &lead::Model) -> Self {
        Self { leads: 1, ..Self::between((Status::Pending, 0), (lead.status, lead.payout_micros)) }
    }

    /// A lead that was at one status and payout and is now at others.
    pub(super) fn between(before: (Status, i64), after: (Status, i64)) -> Self {
        let counted = |(status, payout)| if status == Status::Approved { (1, payout) } else { (0, 0) };
        let ((approved_before, paid_before), (approved, paid)) = (counted(before), counted(after));
        Self { approved_leads: approved - approved_before, payout_micros: paid - paid_before, ..Self::default() }
    }
}

/// Adds a change to the sums of the hour of `at`.
///
/// The row stays locked until the transaction ends, so those who change one link's sums take turns.
pub(super) async fn add(
    transaction: &impl ConnectionTrait,
    sub_id: &str,
    affiliate_id: i64,
    at: DateTime<Utc>,
    change: Change,
) -> Result<()> {
    let Change { leads, approved_leads, payout_micros } = change;
    let row = ActiveModel {
        sub_id: Set(sub_id.to_owned()),
        hour: Set(hour_of(at)?),
        affiliate_id: Set(affiliate_id),
        clicks: Set(0),
        leads: Set(leads),
        approved_leads: Set(approved_leads),
        payout_micros: Set(payout_micros),
    };
    let mut sums = OnConflict::columns([Column::SubId, Column::Hour]);
    for column in [Column::Leads, Column::ApprovedLeads, Column::PayoutMicros] {
        sums.value(column, Expr::col((Entity, column)).add(Expr::col(("excluded", column))));
    }
    Entity::insert(row).on_conflict(sums).exec_without_returning(transaction).await?;
    Ok(())
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
