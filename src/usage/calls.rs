//! Calls of legacy routes, counted in memory.

use std::{
    collections::BTreeMap,
    fmt::{self, Debug, Formatter},
    mem,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

use crate::accounts::Realm;

/// What stands for all clients beyond the bound.
pub const OTHERS: &str = "(others)";
/// What stands for clients that don't say who they are.
pub const UNNAMED: &str = "(unnamed)";
/// Routes and clients that are held between two flushes.
const MAX_HELD: usize = 2_000;
/// Characters of a client's name.
const MAX_NAME_LENGTH: usize = 60;

/// A call of a legacy route.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The realm whose users the API serves.
    pub realm: Realm,
    /// The API's slug.
    pub api: &'static str,
    /// The name of the route's operation.
    pub operation: &'a str,
    /// The name of the token, else the `User-Agent`, as they were sent.
    pub client: Option<&'a str>,
}

/// What is counted, in the order in which rows are locked, so that two replicas don't wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) api: &'static str,
    pub(super) operation: String,
    pub(super) client: String,
}

/// How often, and from when to when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) realm: Realm,
    pub(super) requests: i64,
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
}

impl Tally {
    /// Adds what another one counted.
    pub(super) fn join(&mut self, other: Self) {
        self.requests += other.requests;
        self.first = Ord::min(self.first, other.first);
        self.last = Ord::max(self.last, other.last);
    }
}

/// Calls that were counted and not stored yet.
#[derive(Default)]
pub struct LegacyCalls(Mutex<BTreeMap<Key, Tally>>);

impl LegacyCalls {
    /// Counts a call.
    pub fn count(&self, call: Call<'_>, now: DateTime<Utc>) {
        let Call { realm, api, operation, client } = call;
        let client = client.map_or_else(|| UNNAMED.to_owned(), name_of);
        self.add(
            Key { api, operation: operation.to_owned(), client },
            Tally { realm, requests: 1, first: now, last: now },
        );
    }

    /// Puts back what could not be stored.
    pub(super) fn add(&self, mut key: Key, tally: Tally) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MAX_HELD && !held.contains_key(&key) {
            // As many routes as there are, at most.
            OTHERS.clone_into(&mut key.client);
        }
        held.entry(key).and_modify(|known| known.join(tally)).or_insert(tally);
    }

    /// Takes everything that was counted.
    pub(super) fn take(&self) -> BTreeMap<Key, Tally> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Debug for LegacyCalls {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyCalls").finish_non_exhaustive()
    }
}

/// The product that a `User-Agent` names, with its major version; a browser by its name; any other name as it is.
fn name_of(sent: &str) -> String {
    let sent = sent.trim();
    let name = match sent.split_once('/') {
        Some(("Mozilla", _)) => woothee::parser::Parser::new()
            .parse(sent)
            .filter(|parsed| parsed.name != woothee::woothee::VALUE_UNKNOWN)
            .map_or_else(|| "browser".to_owned(), |parsed| parsed.name.to_owned()),
        Some((product, version)) if !product.contains(' ') => {
            let major: String = version.chars().take_while(char::is_ascii_digit).collect();
            if major.is_empty() { product.to_owned() } else { format!("{product}/{major}") }
        }
        _ => sent.to_owned(),
    };
    let shown: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_LENGTH).collect();
    if shown.trim().is_empty() { UNNAMED.to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_named_by_the_product_of_their_user_agent() {
        for (sent, expected) in [
            ("okhttp/4.9.1", "okhttp/4"),
            ("mobile_app", "mobile_app"),
            (" John's phone ", "John's phone"),
            ("MyApp/beta", "MyApp"),
            ("Dalvik/2.1.0 (Linux; U; Android 9)", "Dalvik/2"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox"),
            ("Mozilla/5.0", "browser"),
            ("\n\t ", UNNAMED),
        ] {
            assert_eq!(name_of(sent), expected, "{sent}");
        }
        assert_eq!(name_of(&"x".repeat(500)).len(), MAX_NAME_LENGTH);
    }

    #[test]
    fn the_calls_held_in_memory_are_bounded() {
        let calls = LegacyCalls::default();
        let now = DateTime::from_timestamp_nanos(0);
        for number in 0..2 * MAX_HELD {
            let client = format!("client {number}");
            let call = Call { realm: Realm::Staff, api: "staff", operation: "ListStaff", client: Some(&client) };
            calls.count(call, now);
        }
        let held = calls.take();
        assert_eq!(held.len(), MAX_HELD + 1);
        let total: i64 = held.values().map(|tally| tally.requests).sum();
        assert_eq!(usize::try_from(total).unwrap(), 2 * MAX_HELD);
        assert!(calls.take().is_empty());
    }
}
