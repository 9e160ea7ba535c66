//! What travels beside a request, as its extensions.

use std::{any::Any, fmt, sync::Arc};

use crate::error::Error;

/// The request's name, which its log lines and its answer carry.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The token that the request carries, valid or not.
#[derive(Clone, Debug)]
pub struct BearerToken(pub Arc<str>);

/// The connection that the request came on. Whoever goes on answering after the request is done (a socket, a stream of
/// events) keeps it, so that the connection counts for as long.
#[derive(Clone)]
pub struct ConnectionGuard(#[expect(dead_code, reason = "it is there to be dropped")] Arc<dyn Any + Send + Sync>);

impl ConnectionGuard {
    /// Keeps `held` for as long as any clone of this is there.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Arc::new(held))
    }
}

impl fmt::Debug for ConnectionGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectionGuard").finish()
    }
}

/// That there is no room for the request: each front refuses it in its own words.
#[derive(Clone, Debug)]
pub struct Overloaded(pub Error);
