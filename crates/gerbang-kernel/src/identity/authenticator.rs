//! From a bearer token to who sent it.

use std::{fmt, sync::Arc};

use futures_util::{future::BoxFuture, stream::BoxStream};

use super::caller::Identity;
use crate::{clock::Clock, error::Result};

/// What knows the tokens.
pub trait Authenticate<I>: Send + Sync + 'static {
    /// The viewer of this token; anonymous if it is not valid (any more).
    ///
    /// # Errors
    /// When it can't be found out, which says nothing about the token.
    fn authenticate(&self, token: Arc<str>) -> BoxFuture<'static, Result<I>>;

    /// The viewer of this token if it was looked up a moment ago and nothing has changed since; never an anonymous one.
    fn recall(&self, token: &str) -> Option<I>;

    /// Yields whenever something may have changed about what this user may do, and never ends.
    fn changes(&self, viewer: &I) -> BoxStream<'static, ()>;
}

/// Tells whose a token is. Cheap to clone.
#[derive(Clone)]
pub struct Authenticator<I> {
    source: Arc<dyn Authenticate<I>>,
    pub(super) clock: Clock,
}

impl<I: Identity> Authenticator<I> {
    /// Asks `source` about every token.
    pub fn new(source: impl Authenticate<I>, clock: Clock) -> Self {
        Self { source: Arc::new(source), clock }
    }

    /// Whose token this is, for the length of a request.
    ///
    /// # Errors
    /// When it can't be found out, which says nothing about the token.
    pub async fn authenticate(&self, token: Arc<str>) -> Result<I> {
        match self.source.recall(&token) {
            Some(viewer) => Ok(viewer),
            None => self.look_up(token).await,
        }
    }

    /// Whose token this is, asked anew, for what is open for longer.
    ///
    /// # Errors
    /// When it can't be found out, which says nothing about the token.
    pub async fn look_up(&self, token: Arc<str>) -> Result<I> {
        self.source.authenticate(token).await
    }

    pub(super) fn changes(&self, viewer: &I) -> BoxStream<'static, ()> {
        self.source.changes(viewer)
    }
}

impl<I> fmt::Debug for Authenticator<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator")
    }
}
