//! From a bearer token to the viewer.

use std::{fmt, sync::Arc, time::Duration};

use axum::http::HeaderMap;
use futures_util::future::BoxFuture;

use crate::{error::Result, graphql::Viewer, rest};

/// How often the token of an open stream is looked at again.
const RECHECK: Duration = Duration::from_secs(30);

type Check = dyn Fn(Arc<str>) -> BoxFuture<'static, Result<Viewer>> + Send + Sync;

/// Tells whose a token is; nobody's, if it is not valid (any more).
#[derive(Clone)]
pub struct Authenticator(Arc<Check>);

impl Authenticator {
    /// Asks `check` about every token.
    pub fn new<F, R>(check: F) -> Self
    where
        F: Fn(Arc<str>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Viewer>> + Send + 'static,
    {
        Self(Arc::new(move |token| Box::pin(check(token))))
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// When it can't be found out, which says nothing about the token.
    pub async fn authenticate(&self, token: Arc<str>) -> Result<Viewer> {
        (self.0)(token).await
    }

    /// Waits until the token is not valid any more; forever where there is none.
    pub(super) async fn ended(&self, token: Option<Arc<str>>) {
        let Some(token) = token else { return std::future::pending().await };
        loop {
            tokio::time::sleep(RECHECK).await;
            // A database that is away for a moment logs nobody out.
            if matches!(self.authenticate(Arc::clone(&token)).await, Ok(viewer) if viewer.user().is_none()) {
                return;
            }
        }
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
