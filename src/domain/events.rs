//! What has just happened, for those who watch live.

use futures_util::{Stream, TryStreamExt, stream};
use sea_orm::{ColumnTrait, QueryFilter, Value};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{Domain, Viewer};
use crate::{
    entity::Scoped,
    error::{Error, ErrorCode, Result},
};

/// How many events a slow watcher may fall behind before it loses the oldest.
const BUFFER: usize = 1_024;

/// A committed change; it names rows, so that each watcher reads what it may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A click was recorded.
    ClickRecorded {
        /// The row of `clicks`.
        id: i64,
        /// Whose click it is.
        affiliate_id: i64,
    },
    /// A lead was created or changed its status.
    LeadUpdated {
        /// The row of `leads`.
        id: i64,
        /// Whose lead it is.
        affiliate_id: i64,
    },
    /// A notification was written.
    NotificationReceived {
        /// The row of `notifications`.
        id: sea_orm::prelude::TextUuid,
        /// Its recipient.
        user_id: i64,
    },
    /// A payment was created or changed.
    PaymentUpdated {
        /// The row of `payment_orders`.
        id: i64,
    },
}

/// Carries events from where they happen to whoever watches, within this process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(BUFFER))
    }
}

impl Events {
    /// Tells all watchers. Call it after the commit: a watcher reads the row at once.
    pub fn publish(&self, event: Event) {
        // Nobody watching is no failure.
        let _ = self.0.send(event);
    }

    /// Tells all watchers of several.
    pub fn publish_all(&self, events: Vec<Event>) {
        for event in events {
            self.publish(event);
        }
    }

    /// Every event from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

/// The rows of `E` that `pick` names, as they happen from now on and as far as the viewer may see them.
///
/// A watcher that is slower than what happens is told that it missed something (`UNAVAILABLE`) and the stream ends: a
/// gap that nobody knows of would be worse.
pub fn watch<E, F>(domain: &Domain, viewer: &Viewer, pick: F) -> impl Stream<Item = Result<E::Model>> + Send + use<E, F>
where
    E: Scoped<Key: Into<Value>, Model: Send>,
    F: Fn(Event) -> Option<E::Key> + Send,
{
    let (domain, viewer) = (domain.clone(), viewer.clone());
    picked(domain.events.subscribe(), pick).try_filter_map(move |key| {
        let row = E::visible_to(&viewer).filter(E::KEY.eq(key));
        let db = domain.db.clone();
        async move { Ok(row.one(db.read()).await?) }
    })
}

/// What `pick` makes of the events that `receiver` still has in time.
fn picked<T: Send>(
    receiver: broadcast::Receiver<Event>,
    pick: impl Fn(Event) -> Option<T> + Send,
) -> impl Stream<Item = Result<T>> + Send {
    stream::unfold(Some((receiver, pick)), |state| async move {
        let (mut receiver, pick) = state?;
        loop {
            match receiver.recv().await {
                Ok(event) => {
                    if let Some(picked) = pick(event) {
                        return Some((Ok(picked), Some((receiver, pick))));
                    }
                }
                Err(RecvError::Lagged(_)) => return Some((Err(fell_behind()), None)),
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

fn fell_behind() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "You fell behind and missed events. Subscribe again, then read what you missed from the list.",
    )
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn payment(event: Event) -> Option<i64> {
        match event {
            Event::PaymentUpdated { id } => Some(id),
            _ => None,
        }
    }

    #[tokio::test]
    async fn a_watcher_gets_what_it_picks() {
        let events = Events::default();
        let watcher = picked(events.subscribe(), payment);
        events.publish(Event::ClickRecorded { id: 1, affiliate_id: 2 });
        events.publish(Event::PaymentUpdated { id: 3 });
        drop(events);
        let seen: Vec<_> = watcher.map(|item| item.expect("nothing was missed")).collect().await;
        assert_eq!(seen, [3]);
    }

    #[tokio::test]
    async fn a_watcher_that_falls_behind_is_told_and_let_go() {
        let events = Events::default();
        let watcher = picked(events.subscribe(), payment);
        for id in 0..=i64::try_from(BUFFER).expect("a small number") {
            events.publish(Event::PaymentUpdated { id });
        }
        let seen: Vec<_> = watcher.map(|item| item.map_err(|error| error.code)).collect().await;
        assert_eq!(seen, [Err(ErrorCode::Unavailable)]);
    }
}
