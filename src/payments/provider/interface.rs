//! What every provider does, each in its own way.

use std::{collections::BTreeMap, fmt::Debug};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, ready};
use gerbang_kernel::{error::Result, secret::Secret};

use super::notification::{Notification, Unreadable};
use crate::payments::{
    event::row::{Headers, Status as Outcome},
    order::{row, transition::Reversal},
};

/// A notification as it was delivered.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who is said to have sent it.
    pub provider: row::Provider,
    /// The body's bytes.
    pub body: Bytes,
    /// The path as it was called, where the provider signs it.
    pub path: String,
    headers: BTreeMap<&'static str, String>,
}

impl Delivery {
    /// A body that `provider` is said to have sent.
    pub const fn new(provider: row::Provider, body: Bytes) -> Self {
        Self { provider, body, path: String::new(), headers: BTreeMap::new() }
    }

    /// To this path.
    #[must_use]
    pub fn to(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// With this header, by its name in lower case, if it was there.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.headers.insert(name, value);
        }
        self
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Those of the headers that are kept.
    pub(crate) fn kept(&self, names: &[&str]) -> Headers {
        let kept = names.iter().filter_map(|name| Some(((*name).to_owned(), self.header(name)?.to_owned())));
        Headers(kept.collect())
    }
}

/// Why a delivery is not from whom it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Its signature is missing or wrong.
    Unsigned,
    /// It is so broken that no signature can be looked for.
    Unreadable,
}

impl From<Unreadable> for Rejection {
    fn from(_: Unreadable) -> Self {
        Self::Unreadable
    }
}

/// Why a notification is kept but must not change a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// What becomes of it.
    pub(crate) outcome: Outcome,
    /// Why, for the operator.
    pub(crate) reason: String,
}

/// Where a provider's notifications come in besides the documented path.
#[derive(Clone, Copy, Debug)]
pub struct Hook<'a> {
    /// The operation of the legacy API that takes them.
    pub operation: &'static str,
    /// Paths of the settings.
    pub paths: &'a [String],
}

/// A provider of payments with its settings.
pub(crate) trait Provider: Debug + Send + Sync {
    /// What metrics and logs call it.
    fn name(&self) -> &'static str;

    /// The headers of a notification that are kept once its signature was checked, by their names in lower case: what
    /// the event's key is made of, never a secret.
    fn kept_headers(&self) -> &'static [&'static str] {
        &[]
    }

    /// Checks who sent a notification, on the bytes as they came. Gives the key that signed, if the provider can be asked
    /// with it.
    ///
    /// # Errors
    /// When nobody who knows a key can be told to have sent it.
    fn verify(&self, delivery: &Delivery) -> Result<Option<&Secret>, Rejection>;

    /// Reads a notification whose signature was checked.
    ///
    /// # Errors
    /// When it is not what the provider's document shows.
    fn parse(&self, body: &str, headers: &Headers) -> Result<Notification, Unreadable>;

    /// What the provider's own record says against a notification, where its signature does not cover the status and
    /// the settings say to ask. Without the `key` that signed, it asks with the first of the settings.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the provider can't be asked, so that it sends the notification again.
    fn confirm<'a>(
        &'a self,
        _key: Option<&'a Secret>,
        _notification: &'a Notification,
    ) -> BoxFuture<'a, Result<Option<Mismatch>>> {
        ready(Ok(None)).boxed()
    }

    /// The way in which the provider takes back what was paid, if its status `now` is one after those that were applied
    /// `before`.
    fn reversal(&self, _before: &[String], _now: &str) -> Option<Reversal> {
        None
    }
}
