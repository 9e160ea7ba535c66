//! Viewers of tokens that were looked up a moment ago, so that not every request asks the database for the same.
//!
//! Changes of access are counted. With a viewer stands how many there had been before the look-up began, with each user
//! the number of their last change; a viewer whose user has changed since is not shown again. So nothing has to be found
//! and removed, what is published counts before its publisher goes on, and a look-up that a change overtakes is never
//! believed, however late it comes to be kept.
//!
//! What nobody told of ends by age. Other replicas are heard of within a second as long as the relay's
//! [`Pulse`](gerbang_platform::relay::Pulse) is felt; where it is not, or there is no relay, nothing older than a second is
//! shown. What was written past this program is found out when ten seconds are over, on SQLite after a second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::{
    events::{Event, Events, Keeper},
    viewer::Viewer,
};

/// How many viewers are kept: at a kilobyte or less, what a server may take under load is not made much of them.
const CAPACITY: u64 = 16_384;
/// How old a viewer may be where changes in other replicas are told.
const TOLD: Duration = Duration::from_secs(10);
/// How old where they may not be.
const UNTOLD: Duration = Duration::from_secs(1);
/// Users whose changes are kept apart. Those who share a place are looked up again more often, no more than that.
const PLACES: usize = 4_096;

/// Whose tokens were looked up a moment ago.
#[derive(Debug)]
pub struct ViewerCache {
    /// By the SHA-256 of the token, which itself is kept nowhere.
    viewers: Cache<[u8; 32], Known>,
    events: Events,
    changes: Arc<Changes>,
}

#[derive(Clone, Debug)]
struct Known {
    viewer: Viewer,
    asked: Moment,
    until: Option<DateTime<Utc>>,
}

/// A moment before a look-up: what it finds is at least as new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    changes: u64,
    at: Instant,
}

impl ViewerCache {
    /// An empty one that these events keep true.
    pub fn new(events: &Events) -> Self {
        let changes = Arc::new(Changes::default());
        events.tell(Arc::clone(&changes) as Arc<dyn Keeper>);
        let viewers = Cache::builder().max_capacity(CAPACITY).time_to_live(TOLD).build();
        Self { viewers, events: events.clone(), changes }
    }

    /// Forgets all: what opened an account a moment ago may open none now.
    pub(crate) fn forget_all(&self) {
        self.changes.note(&self.changes.anybodys);
    }

    /// The time, for a look-up that begins.
    pub(crate) fn moment(&self) -> Moment {
        Moment { changes: self.changes.count.load(Ordering::SeqCst), at: Instant::now() }
    }

    /// Keeps what was found out about a token, `until` when it is to be asked again at the latest. Nobody is not kept: there
    /// are more invalid tokens than memory.
    pub(crate) fn keep(&self, token: &str, viewer: &Viewer, asked: Moment, until: Option<DateTime<Utc>>) {
        let key = key(token);
        if viewer.user().is_some() {
            self.viewers.insert(key, Known { viewer: viewer.clone(), asked, until });
        } else {
            self.viewers.invalidate(&key);
        }
    }

    /// Whose the token is, if that is known and still true.
    pub(crate) fn recall(&self, token: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let Known { viewer, asked, until } = self.viewers.get(&key(token))?;
        // Asked for young ones, too: it is made certain because somebody relies on it.
        let longest = if self.events.is_told_of_others() { TOLD } else { UNTOLD };
        let is_young = asked.at.elapsed() < longest;
        let is_live = until.is_none_or(|until| until > now);
        let is_unchanged = !self.changes.concern(viewer.user()?.id, asked.changes);
        (is_young && is_live && is_unchanged).then_some(viewer)
    }
}

fn key(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The numbers of the last changes of access.
#[derive(Debug)]
struct Changes {
    /// How many there were.
    count: AtomicU64,
    /// The last that may have been anybody's.
    anybodys: AtomicU64,
    /// The last of each user.
    of_users: Box<[AtomicU64]>,
}

impl Default for Changes {
    fn default() -> Self {
        let of_users = (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        Self { count: AtomicU64::new(0), anybodys: AtomicU64::new(0), of_users }
    }
}

impl Changes {
    fn note(&self, last: &AtomicU64) {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        last.fetch_max(number, Ordering::SeqCst);
    }

    /// Whether a change after the first `seen` may have been of this user.
    fn concern(&self, user_id: i64, seen: u64) -> bool {
        [&self.anybodys, self.of_user(user_id)].into_iter().any(|last| last.load(Ordering::SeqCst) > seen)
    }

    fn of_user(&self, id: i64) -> &AtomicU64 {
        let place = id.unsigned_abs() % (PLACES as u64);
        &self.of_users[usize::try_from(place).unwrap_or_default()]
    }
}

impl Keeper for Changes {
    fn happened(&self, event: Event) {
        if let Event::AccessChanged { user_id } = event {
            self.note(self.of_user(user_id));
        }
    }

    fn missed_some(&self) {
        self.note(&self.anybodys);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use sea_orm::prelude::{TextUuid, Uuid};

    use super::*;
    use crate::{
        accounts::{
            Realm, Role,
            user::row::{Model as User, Status},
        },
        viewer::TokenKind,
    };

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn viewer(id: i64) -> Viewer {
        let user = User {
            id,
            uuid: TextUuid(Uuid::nil()),
            realm: Realm::Notary,
            role: Role::Customer,
            legacy_id: 1,
            name: String::new(),
            email: String::new(),
            email_key: String::new(),
            username: None,
            username_key: None,
            phone: None,
            phone_key: None,
            password_hash: String::new(),
            status: Status::Active,
            partner_id: None,
            code: None,
            position_code: None,
            address: None,
            email_verified_at: None,
            sessions_valid_from: None,
            created_at: NOW.into(),
            updated_at: NOW.into(),
        };
        Viewer::logged_in(user, TokenKind::Sanctum { id: 1 })
    }

    fn cache() -> (Events, ViewerCache) {
        let events = Events::default();
        let cache = ViewerCache::new(&events);
        (events, cache)
    }

    #[test]
    fn a_change_ends_the_viewers_of_its_user_and_of_nobody_else() {
        let (events, cache) = cache();
        cache.keep("one", &viewer(1), cache.moment(), None);
        cache.keep("two", &viewer(2), cache.moment(), None);
        events.publish(Event::AccessChanged { user_id: 1 });
        assert!(cache.recall("one", NOW).is_none());
        assert!(cache.recall("two", NOW).is_some());
        cache.keep("one", &viewer(1), cache.moment(), None);
        assert!(cache.recall("one", NOW).is_some());
    }

    #[test]
    fn a_look_up_that_a_change_overtakes_is_not_believed() {
        let (events, cache) = cache();
        let asked = cache.moment();
        events.publish(Event::AccessChanged { user_id: 1 });
        cache.keep("one", &viewer(1), asked, None);
        assert!(cache.recall("one", NOW).is_none());
    }

    #[test]
    fn missed_events_may_have_been_anybodys() {
        let (_, cache) = cache();
        cache.keep("one", &viewer(1), cache.moment(), None);
        cache.changes.missed_some();
        assert!(cache.recall("one", NOW).is_none());
    }

    #[test]
    fn a_viewer_ends_by_the_clock() {
        let (_, cache) = cache();
        let end = NOW + TimeDelta::seconds(1);
        cache.keep("one", &viewer(1), cache.moment(), Some(end));
        assert!(cache.recall("one", NOW).is_some());
        assert!(cache.recall("one", end).is_none());
    }

    #[test]
    fn nobody_is_not_kept_and_takes_the_place_of_somebody() {
        let (_, cache) = cache();
        cache.keep("one", &Viewer::anonymous(), cache.moment(), None);
        assert!(cache.recall("one", NOW).is_none());
        cache.keep("two", &viewer(2), cache.moment(), None);
        cache.keep("two", &Viewer::anonymous(), cache.moment(), None);
        assert!(cache.recall("two", NOW).is_none());
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let (_, cache) = cache();
        for number in 0..CAPACITY + 1_000 {
            cache.keep(&number.to_string(), &viewer(1), cache.moment(), None);
        }
        cache.viewers.run_pending_tasks();
        assert!(cache.viewers.entry_count() <= CAPACITY);
    }
}
