//! What news about a payment does to it, as one table.
//!
//! Providers repeat themselves and speak out of order, so a payment moves forward only; what has been paid is never
//! pending again. Money goes back by a refund or a chargeback, or in the two ways of [`Reversal`].

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::row::{ActiveModel, Model, Status};

/// What becomes of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// It was there already.
    Unchanged,
    /// It moves to the new status.
    Moves(Effects),
    /// The news is late or out of order; the payment stays as it is.
    Ignored,
    /// Money is said to have come back that never came, as far as is known: somebody must look at it.
    Contradicts,
}

/// What a move leaves behind on the payment besides its status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// It was paid after it had expired or been cancelled.
    pub late_payment: bool,
    /// The provider took back what it had reported as paid.
    pub reversed: bool,
}

/// The ways in which a provider takes back what it reported as paid without a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reversal {
    /// A settled transfer was denied within minutes (`settlement`, then `deny`).
    Reversed,
    /// A captured card payment was cancelled before it was settled (`capture`, then `cancel`).
    Voided,
}

const MOVES: Transition = Transition::Moves(Effects { late_payment: false, reversed: false });
const MOVES_LATE: Transition = Transition::Moves(Effects { late_payment: true, reversed: false });
const MOVES_BACK: Transition = Transition::Moves(Effects { late_payment: false, reversed: true });

/// What becomes of a payment at `from` when it is said to be at `to`.
pub fn transition(from: Status, to: Status, reversal: Option<Reversal>) -> Transition {
    use Status::{Cancelled, ChargedBack, Expired, Failed, Paid, PartiallyRefunded, Pending, Refunded, Review};
    if from == to {
        return Transition::Unchanged;
    }
    match (from, to) {
        (Pending, Review)
        | (Pending | Review | Failed, Paid | Failed | Expired | Cancelled)
        | (Paid, PartiallyRefunded | Refunded | ChargedBack)
        | (PartiallyRefunded, Refunded | ChargedBack)
        | (Refunded, ChargedBack) => MOVES,
        (Paid, Cancelled) if reversal == Some(Reversal::Voided) => MOVES,
        (Paid, Failed) if reversal == Some(Reversal::Reversed) => MOVES_BACK,
        (Expired | Cancelled, Paid) => MOVES_LATE,
        (Pending | Review | Failed | Expired | Cancelled, PartiallyRefunded | Refunded | ChargedBack) => {
            Transition::Contradicts
        }
        _ => Transition::Ignored,
    }
}

/// The payment with its new status, to be stored.
pub(crate) fn with_status(row: Model, to: Status, effects: Effects, now: DateTime<Utc>) -> ActiveModel {
    let Effects { late_payment, reversed } = effects;
    let (was_late, was_reversed) = (row.late_payment, row.reversed);
    let mut row = row.into_active_model();
    row.status = Set(to);
    row.late_payment = Set(was_late || late_payment);
    row.reversed = Set(was_reversed || reversed);
    if to == Status::Paid {
        row.paid_at = Set(Some(now.into()));
    }
    row
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    /// One row for each status before, one column for each after, both in the order of [`Status`]:
    /// `=` unchanged, `+` moves, `L` moves and is late, `R` moves if reversed, `V` moves if voided, `.` ignored, `!`
    /// contradicts.
    const TABLE: [&str; 9] = [
        //  pending, review, paid, failed, expired, cancelled, partially refunded, refunded, charged back
        "=+++++!!!", // pending
        ".=++++!!!", // review
        "..=R.V+++", // paid
        "..+=++!!!", // failed
        "..L.=.!!!", // expired
        "..L..=!!!", // cancelled
        "......=++", // partially refunded
        ".......=+", // refunded
        "........=", // charged back
    ];

    fn expected(cell: char, reversal: Option<Reversal>) -> Transition {
        match (cell, reversal) {
            ('=', _) => Transition::Unchanged,
            ('+', _) | ('V', Some(Reversal::Voided)) => Transition::Moves(Effects::default()),
            ('L', _) => Transition::Moves(Effects { late_payment: true, reversed: false }),
            ('R', Some(Reversal::Reversed)) => Transition::Moves(Effects { late_payment: false, reversed: true }),
            ('!', _) => Transition::Contradicts,
            _ => Transition::Ignored,
        }
    }

    #[test]
    fn every_pair_of_statuses_is_as_the_table_says() {
        for reversal in [None, Some(Reversal::Reversed), Some(Reversal::Voided)] {
            for (from, row) in Status::iter().zip(TABLE) {
                assert_eq!(row.chars().count(), Status::iter().count());
                for (to, cell) in Status::iter().zip(row.chars()) {
                    let found = transition(from, to, reversal);
                    assert_eq!(found, expected(cell, reversal), "{from:?} -> {to:?}, {reversal:?}");
                }
            }
        }
    }

    #[test]
    fn a_paid_payment_is_never_pending_again() {
        for reversal in [None, Some(Reversal::Reversed), Some(Reversal::Voided)] {
            for from in Status::iter().filter(|status| !matches!(status, Status::Pending | Status::Review)) {
                for to in [Status::Pending, Status::Review] {
                    assert_eq!(transition(from, to, reversal), Transition::Ignored, "{from:?} -> {to:?}");
                }
            }
        }
    }
}
