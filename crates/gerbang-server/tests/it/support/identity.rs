//! People, each of whom has a token that is their name.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, Utc};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use gerbang_kernel::{
    error::{Error, Result},
    identity::{Authenticate, Identity, TokenType},
};
use tokio::sync::broadcast;

/// Somebody with a name, or nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(super) name: Option<String>,
}

impl Identity for Person {
    fn user_key(&self) -> Option<String> {
        self.name.clone()
    }

    fn realm(&self) -> Option<&str> {
        self.name.as_ref().map(|_| "people")
    }

    fn is_admin_of(&self, realm: &str) -> bool {
        self.realm() == Some(realm) && self.is_admin()
    }

    fn is_admin(&self) -> bool {
        self.name.as_deref() == Some("admin")
    }

    fn is_gateway_admin(&self) -> bool {
        self.is_admin()
    }

    fn token_type(&self) -> Option<TokenType> {
        self.name.as_ref().map(|_| TokenType::Sanctum)
    }

    fn device(&self) -> Option<&str> {
        None
    }

    fn expires_at(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn has_rights_of(&self, other: &Self) -> bool {
        self == other
    }
}

/// What knows the tokens.
#[derive(Clone)]
pub(super) struct Tokens {
    pub(super) valid: Arc<Mutex<Vec<&'static str>>>,
    pub(super) is_away: Arc<AtomicBool>,
    pub(super) changes: broadcast::Sender<()>,
}

impl Authenticate<Person> for Tokens {
    fn authenticate(&self, token: Arc<str>) -> BoxFuture<'static, Result<Person>> {
        let valid = self.valid.lock().unwrap().iter().any(|valid| *valid == &*token);
        let answer = match (self.is_away.load(Ordering::SeqCst), valid) {
            (true, _) => Err(Error::unavailable(1)),
            (false, true) => Ok(Person { name: Some(token.to_string()) }),
            (false, false) => Ok(Person::default()),
        };
        async { answer }.boxed()
    }

    fn recall(&self, _: &str) -> Option<Person> {
        None
    }

    fn changes(&self, _: &Person) -> BoxStream<'static, ()> {
        let changes = self.changes.subscribe();
        stream::unfold(changes, async |mut changes| changes.recv().await.ok().map(|()| ((), changes))).boxed()
    }
}
