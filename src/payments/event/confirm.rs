//! Asking Midtrans itself. Its signature covers the order, the amount and a status code, but not the status: whoever
//! has seen one notification could send it again with another status.

use gerbang_kernel::{
    error::{Error, Result},
    secret::Secret,
};

use crate::payments::{
    order::transition::{TakenBack, Transition, transition},
    provider::{Meaning, Notice, Record},
};
use crate::{
    domain::Domain,
    payments::{
        event::row::Status as Outcome,
        order::row::{Provider, Status},
        provider::status_api::StatusError,
    },
};

/// Why a notification is kept but must not change a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Objection {
    /// What becomes of it.
    pub(crate) outcome: Outcome,
    /// In words for the operator.
    pub(crate) reason: String,
}

/// What Midtrans' own record has against a notification of Midtrans, if the settings say to ask.
///
/// # Errors
/// `UNAVAILABLE` when Midtrans can't be asked, so that it sends the notification again.
pub(crate) async fn confirm(domain: &Domain, key: &Secret, notice: &Notice) -> Result<Option<Objection>> {
    let Some(api) = &domain.midtrans else { return Ok(None) };
    let record = match api.record(key, &notice.order_id).await {
        Ok(Some(record)) => Record::read(&record).map_err(|_| unavailable("its record can't be read"))?,
        Ok(None) => return Ok(Some(flagged("Midtrans has no record of this order".to_owned()))),
        Err(error @ (StatusError::Unreachable(_) | StatusError::Refused(_) | StatusError::CircuitOpen)) => {
            return Err(unavailable(&error.to_string()));
        }
    };
    Ok(objection(notice, &record))
}

fn unavailable(reason: &str) -> Error {
    tracing::warn!(reason, "a payment notification could not be confirmed");
    Error::unavailable(60)
}

fn flagged(reason: String) -> Objection {
    Objection { outcome: Outcome::Flagged, reason }
}

fn objection(notice: &Notice, record: &Record) -> Option<Objection> {
    use Status::{ChargedBack, Paid, PartiallyRefunded, Refunded};
    if record.order_id != notice.order_id {
        return Some(flagged("Midtrans answered about another order".to_owned()));
    }
    let (said, recorded) = match (notice.meaning, record.meaning) {
        // What changes nothing needs no confirmation.
        (Meaning::Contradiction(_) | Meaning::Unknown, _) => return None,
        (Meaning::Status(said), Meaning::Status(recorded)) => (said, recorded),
        (Meaning::Status(_), Meaning::Contradiction(_) | Meaning::Unknown) => {
            return Some(flagged(format!("Midtrans' record says `{}`, which is not understood here", record.word)));
        }
    };
    match (said, recorded) {
        _ if said == recorded => None,
        // Money that went back had come before.
        (Paid | PartiallyRefunded | Refunded, PartiallyRefunded | Refunded | ChargedBack) => None,
        _ if leads(&notice.word, said, &record.word, recorded) => Some(Objection {
            outcome: Outcome::Ignored,
            reason: format!("Midtrans' record has moved on to `{}`", record.word),
        }),
        _ => Some(flagged(format!("Midtrans' record says `{}`", record.word))),
    }
}

/// Whether a transaction gets from what was said to what is on record, so that the notification is only late.
fn leads(said_word: &str, said: Status, recorded_word: &str, recorded: Status) -> bool {
    let taken_back = TakenBack::in_words(Provider::Midtrans, said_word, recorded_word);
    matches!(transition(said, recorded, taken_back), Transition::Moves(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(said: (&str, Status), recorded: (&str, Status)) -> Option<Outcome> {
        let notice = Notice {
            event_key: "k".to_owned(),
            order_id: "A".to_owned(),
            word: said.0.to_owned(),
            meaning: Meaning::Status(said.1),
            amount: None,
            paid_amount: None,
            currency: None,
        };
        let record =
            Record { order_id: "A".to_owned(), word: recorded.0.to_owned(), meaning: Meaning::Status(recorded.1) };
        objection(&notice, &record).map(|objection| objection.outcome)
    }

    #[test]
    fn what_the_record_says_decides() {
        let (pending, paid) = (("pending", Status::Pending), ("settlement", Status::Paid));
        let (denied, refunded) = (("deny", Status::Failed), ("refund", Status::Refunded));
        assert_eq!(judged(paid, paid), None);
        assert_eq!(judged(("capture", Status::Paid), paid), None);
        assert_eq!(judged(paid, refunded), None, "it was paid before it was given back");
        assert_eq!(judged(paid, pending), Some(Outcome::Flagged), "the status was made up");
        assert_eq!(judged(refunded, paid), Some(Outcome::Flagged));
        assert_eq!(judged(pending, paid), Some(Outcome::Ignored), "only late");
        assert_eq!(judged(denied, paid), Some(Outcome::Ignored), "another try has succeeded since");
        assert_eq!(judged(paid, denied), Some(Outcome::Ignored), "reversed since");
        assert_eq!(judged(denied, denied), None);
    }
}
