//! Events between replicas: each tells the others through the database what happened in it.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gerbang_platform::{
    db::{Db, in_background},
    relay::{Listener, Received, publish},
};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    event::Event,
    hub::{Events, Hub},
    outgoing::Outgoing,
};

/// The channel that all replicas on one database share.
const CHANNEL: &str = "gerbang_events";
/// Events of one message: it may have 8,000 bytes, and none of them is longer than 110.
const IN_A_MESSAGE: usize = 64;
/// Batches that are sent at once.
const BATCH: usize = 100;
/// How long events gather after some were sent: each message costs the database a commit.
const GATHER: Duration = Duration::from_millis(10);
/// How long to wait after a failure.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// What replicas send each other.
#[derive(Debug, Deserialize, Serialize)]
struct Message {
    /// The sender, which receives its own messages, too.
    from: u64,
    /// Whether events were lost before these.
    gap: bool,
    events: Vec<Event>,
}

impl Events {
    /// Shares events with the other replicas on this PostgreSQL database, as long as this or a clone of it lives.
    ///
    /// # Errors
    /// When the database at `url` can't be listened to.
    pub async fn share(&self, db: &Db, url: &str) -> Result<(), DbErr> {
        let listener = Listener::new(db, url, CHANNEL).await?;
        let me = rand::random();
        let outgoing = Outgoing::new(listener.pulse(), |queue, lost| {
            [
                tokio::spawn(in_background(send(db.clone(), me, queue, lost))),
                tokio::spawn(receive(listener, me, Arc::downgrade(&self.0))),
            ]
        });
        // A second relay would double every event; the tasks of one that comes too late end here.
        let _ = self.0.relay.set(outgoing);
        Ok(())
    }
}

async fn send(db: Db, from: u64, mut queue: mpsc::Receiver<Vec<Event>>, lost: Arc<AtomicBool>) {
    let mut batches = Vec::new();
    while queue.recv_many(&mut batches, BATCH).await > 0 {
        let events: Vec<Event> = batches.drain(..).flatten().collect();
        let gap = lost.swap(false, Ordering::Relaxed);
        let message = |(place, events): (usize, &[Event])| {
            serde_json::to_string(&Message { from, gap: gap && place == 0, events: events.to_vec() })
        };
        let messages = match events.chunks(IN_A_MESSAGE).enumerate().map(message).collect::<Result<Vec<_>, _>>() {
            Ok(messages) => messages,
            Err(error) => {
                tracing::error!(error = %error, "events can't be written as JSON");
                continue;
            }
        };
        // What happens while the database is away waits in the queue, and what finds no place there is a gap.
        while let Err(error) = publish(&db, CHANNEL, &messages).await {
            tracing::warn!(error = %error, "other replicas can't be told of events yet");
            tokio::time::sleep(RETRY_DELAY).await;
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn receive(mut listener: Listener, me: u64, hub: Weak<Hub>) {
    loop {
        let received = listener.recv().await;
        let Some(hub) = hub.upgrade() else { return };
        match received {
            Received::Message(text) => match serde_json::from_str::<Message>(&text) {
                Ok(Message { from, .. }) if from == me => {}
                Ok(Message { gap, events, from: _ }) => {
                    if gap {
                        hub.interrupt();
                    }
                    hub.deliver(&events);
                }
                // A replica of another version.
                Err(error) => tracing::warn!(error = %error, "an event of another replica is not understood"),
            },
            Received::Gap => hub.interrupt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::{TextUuid, Uuid};

    use super::*;

    #[test]
    fn the_largest_message_fits() {
        let event = Event::NotificationReceived { id: TextUuid(Uuid::max()), user_id: i64::MIN };
        let message = Message { from: u64::MAX, gap: false, events: vec![event; IN_A_MESSAGE] };
        let text = serde_json::to_string(&message).expect("a message is JSON");
        assert!(text.len() < 8_000, "{} bytes", text.len());
        let read: Message = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(read.events, message.events);
    }
}
