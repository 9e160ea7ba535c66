//! From a bearer token to the viewer.

use std::{fmt, sync::Arc};

use axum::http::HeaderMap;
use futures_util::future::BoxFuture;

use crate::{domain::accounts::access::AccessChanges, error::Result, graphql::Viewer, platform::clock::Clock, rest};

type Check = dyn Fn(Arc<str>) -> BoxFuture<'static, Result<Viewer>> + Send + Sync;

/// Tells whose a token is; nobody's, if it is not valid (any more).
#[derive(Clone)]
pub struct Authenticator {
    check: Arc<Check>,
    pub(super) changes: AccessChanges,
    pub(super) clock: Clock,
}

impl Authenticator {
    /// Asks `check` about every token, and hears of changes from `changes`.
    pub fn new<F, R>(check: F, changes: AccessChanges, clock: Clock) -> Self
    where
        F: Fn(Arc<str>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Viewer>> + Send + 'static,
    {
        Self { check: Arc::new(move |token| Box::pin(check(token))), changes, clock }
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// When it can't be found out, which says nothing about the token.
    pub async fn authenticate(&self, token: Arc<str>) -> Result<Viewer> {
        (self.check)(token).await
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator")
    }
}

/// The token of the `Authorization` header, the only place tokens are taken from.
pub(super) fn bearer(headers: &HeaderMap) -> Option<Arc<str>> {
    rest::bearer(headers).map(Arc::from)
}

/// The token of a value that such a header could have.
pub(super) fn token_of(value: &str) -> Option<Arc<str>> {
    rest::bearer_token(value).map(Arc::from)
}
