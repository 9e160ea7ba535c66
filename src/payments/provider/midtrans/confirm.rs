//! What Midtrans has on record, against what was sent in its name.

use gerbang_kernel::{
    error::{Error, Result},
    secret::Secret,
};

use super::{
    body::Record,
    status_api::{StatusApi, StatusError},
};
use crate::payments::{
    event::row::Status as Outcome,
    order::{
        row::Status,
        transition::{Reversal, Transition, transition},
    },
    provider::{
        interface::Mismatch,
        notification::{MappedStatus, Notification},
    },
};

/// What a notification has that Midtrans' own record contradicts.
///
/// # Errors
/// `UNAVAILABLE` when Midtrans can't be asked, so that it sends the notification again.
pub(super) async fn confirm(api: &StatusApi, key: &Secret, notification: &Notification) -> Result<Option<Mismatch>> {
    let record = match api.record(key, &notification.order_id).await {
        Ok(Some(record)) => Record::read(&record).map_err(|_| unavailable("its record can't be read"))?,
        Ok(None) => return Ok(Some(flagged("Midtrans has no record of this order".to_owned()))),
        Err(error @ (StatusError::Unreachable(_) | StatusError::Refused(_) | StatusError::CircuitOpen)) => {
            return Err(unavailable(&error.to_string()));
        }
    };
    Ok(mismatch(notification, &record))
}

/// The reversal that the status `now` right after `before` is, if it is one.
pub(super) fn reversal(before: &str, now: &str) -> Option<Reversal> {
    match (before, now) {
        ("settlement", "deny") => Some(Reversal::Reversed),
        ("capture", "cancel") => Some(Reversal::Voided),
        _ => None,
    }
}

fn unavailable(reason: &str) -> Error {
    tracing::warn!(reason, "a payment notification could not be confirmed");
    Error::unavailable(60)
}

fn flagged(reason: String) -> Mismatch {
    Mismatch { outcome: Outcome::Flagged, reason }
}

fn mismatch(notification: &Notification, record: &Record) -> Option<Mismatch> {
    use Status::{ChargedBack, Paid, PartiallyRefunded, Refunded};
    if record.order_id != notification.order_id {
        return Some(flagged("Midtrans answered about another order".to_owned()));
    }
    let (sent, recorded) = match (notification.status, record.status) {
        // What changes nothing needs no confirmation.
        (MappedStatus::Contradiction(_) | MappedStatus::Unknown, _) => return None,
        (MappedStatus::Known(sent), MappedStatus::Known(recorded)) => (sent, recorded),
        (MappedStatus::Known(_), MappedStatus::Contradiction(_) | MappedStatus::Unknown) => {
            return Some(flagged(format!(
                "Midtrans' record says `{}`, which is not understood here",
                record.provider_status
            )));
        }
    };
    match (sent, recorded) {
        _ if sent == recorded => None,
        // Money that went back had come before.
        (Paid | PartiallyRefunded | Refunded, PartiallyRefunded | Refunded | ChargedBack) => None,
        _ if leads(&notification.provider_status, sent, &record.provider_status, recorded) => Some(Mismatch {
            outcome: Outcome::Ignored,
            reason: format!("Midtrans' record has moved on to `{}`", record.provider_status),
        }),
        _ => Some(flagged(format!("Midtrans' record says `{}`", record.provider_status))),
    }
}

/// Whether a transaction gets from what was sent to what is on record, so that the notification is only late.
fn leads(sent_raw: &str, sent: Status, recorded_raw: &str, recorded: Status) -> bool {
    matches!(transition(sent, recorded, reversal(sent_raw, recorded_raw)), Transition::Moves(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(sent: (&str, Status), recorded: (&str, Status)) -> Option<Outcome> {
        let notification = Notification {
            event_key: "k".to_owned(),
            order_id: "A".to_owned(),
            provider_status: sent.0.to_owned(),
            status: MappedStatus::Known(sent.1),
            amount: None,
            paid_amount: None,
            currency: None,
        };
        let record = Record {
            order_id: "A".to_owned(),
            provider_status: recorded.0.to_owned(),
            status: MappedStatus::Known(recorded.1),
        };
        mismatch(&notification, &record).map(|mismatch| mismatch.outcome)
    }

    #[test]
    fn the_record_decides_over_the_notification() {
        let (pending, paid) = (("pending", Status::Pending), ("settlement", Status::Paid));
        let (denied, refunded) = (("deny", Status::Failed), ("refund", Status::Refunded));
        assert_eq!(outcome(paid, paid), None);
        assert_eq!(outcome(("capture", Status::Paid), paid), None);
        assert_eq!(outcome(paid, refunded), None, "it was paid before it was given back");
        assert_eq!(outcome(paid, pending), Some(Outcome::Flagged), "the status was made up");
        assert_eq!(outcome(refunded, paid), Some(Outcome::Flagged));
        assert_eq!(outcome(pending, paid), Some(Outcome::Ignored), "only late");
        assert_eq!(outcome(denied, paid), Some(Outcome::Ignored), "another try has succeeded since");
        assert_eq!(outcome(paid, denied), Some(Outcome::Ignored), "reversed since");
        assert_eq!(outcome(denied, denied), None);
    }
}
