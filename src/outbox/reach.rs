//! Whether the servers that take messages can be reached. While one can't, its messages wait untouched but for one that is
//! tried now and then; once one gets through, all leave.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::Iterable;

use super::row::Channel;

/// How often a server that could not be reached is tried.
pub(super) const TRY_EVERY: TimeDelta = TimeDelta::seconds(2);

/// What is known of the servers; the same for all clones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach(Arc<Mutex<[Server; 2]>>);

#[derive(Clone, Copy, Debug, Default)]
struct Server {
    answered_at: Option<DateTime<Utc>>,
    /// When one that can't be reached is tried again.
    tried_again_at: Option<DateTime<Utc>>,
}

/// How many messages may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    All,
    One,
    None,
}

impl Reach {
    /// How many messages may leave by a channel.
    pub(crate) fn allowed(&self, channel: Channel, now: DateTime<Utc>) -> Allowed {
        match self.with(channel, |server| server.tried_again_at) {
            None => Allowed::All,
            Some(then) if then <= now => Allowed::One,
            Some(_) => Allowed::None,
        }
    }

    /// A server answered, whatever it said.
    pub(crate) fn answered(&self, channel: Channel, now: DateTime<Utc>) {
        set_reachable(channel, true);
        self.with(channel, |server| *server = Server { answered_at: Some(now), tried_again_at: None });
    }

    /// A message that was sent at `began` did not reach its server, perhaps not for the first time; whether that is the
    /// server's fault. Where others got through meanwhile it is the message that ends connections.
    pub(crate) fn failed(&self, channel: Channel, began: DateTime<Utc>, before: Option<DateTime<Utc>>) -> bool {
        self.with(channel, |server| {
            let since = before.unwrap_or(began).min(began);
            let is_away = server.answered_at.is_none_or(|answered| answered <= since);
            if is_away {
                set_reachable(channel, false);
                server.tried_again_at = Some(began + TRY_EVERY);
            }
            is_away
        })
    }

    /// Whether any server can't be reached.
    pub(crate) fn waits(&self) -> bool {
        Channel::iter().any(|channel| self.with(channel, |server| server.tried_again_at.is_some()))
    }

    fn with<T>(&self, channel: Channel, work: impl FnOnce(&mut Server) -> T) -> T {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(match channel {
            Channel::Email => &mut servers[0],
            Channel::Sms => &mut servers[1],
        })
    }
}

/// Lets it be known from the start that nothing is known against the servers.
pub(super) fn start_series() {
    Channel::iter().for_each(|channel| set_reachable(channel, true));
}

fn set_reachable(channel: Channel, answered: bool) {
    metrics::gauge!("gerbang_reachable", "what" => channel.label()).set(u8::from(answered));
}
