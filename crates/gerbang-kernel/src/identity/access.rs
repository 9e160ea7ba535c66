//! Whether who opened a stream is still who they were.
//!
//! An operation that starts looks its token up; this is for what goes on after that. The token is looked up again when
//! a change of it is told and when its time has come, and until the answer is there nothing
//! more is shown. A user who is not who they were (another role or partner, or logged out) has to come again.

use std::{sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};

use super::{authenticator::Authenticator, caller::Identity};

/// How often a token is looked up without a reason. It bounds what no other way tells in time: rows that were changed past
/// this program, a replica that died between a commit and the word of it, a connection between replicas that is dead and
/// not known to be, and a clock that was set.
const RECHECK_INTERVAL: Duration = Duration::from_secs(30);
/// How long to wait for a database that does not answer.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// What is known of the caller of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Something may have changed; the token is being looked up.
    Unconfirmed,
    /// Nothing has changed.
    Confirmed,
    /// The caller may not do any more what they might, or may do something else.
    Revoked,
}

impl<I: Identity> Authenticator<I> {
    /// What becomes of the access that `viewer` has by this token; to begin with it is [`Access::Unconfirmed`], since it
    /// may have changed before this began to watch. Ends when it is revoked.
    pub fn follow(&self, token: Option<Arc<str>>, viewer: &I) -> BoxStream<'static, Access> {
        let token = match token {
            Some(token) if !viewer.is_anonymous() => token,
            // Nobody has nothing to lose.
            _ => return stream::iter([Access::Confirmed]).chain(stream::pending()).boxed(),
        };
        let changes = self.changes(viewer);
        let follower = Follower {
            authenticator: self.clone(),
            token,
            viewer: viewer.clone(),
            changes,
            access: Access::Unconfirmed,
        };
        let follow = async |mut follower: Follower<I>| {
            let access = follower.next().await?;
            Some((access, follower))
        };
        stream::unfold(follower, follow).boxed()
    }
}

struct Follower<I> {
    authenticator: Authenticator<I>,
    token: Arc<str>,
    viewer: I,
    changes: BoxStream<'static, ()>,
    access: Access,
}

impl<I: Identity> Follower<I> {
    async fn next(&mut self) -> Option<Access> {
        self.access = match self.access {
            Access::Confirmed => {
                self.until_recheck().await;
                Access::Unconfirmed
            }
            Access::Unconfirmed => self.look_up().await,
            Access::Revoked => return None,
        };
        Some(self.access)
    }

    async fn until_recheck(&mut self) {
        let left = self.viewer.expires_at().map(|end| end - self.authenticator.clock.now());
        let left = left.map_or(RECHECK_INTERVAL, |left| left.to_std().unwrap_or_default().min(RECHECK_INTERVAL));
        tokio::select! {
            _ = self.changes.next() => {}
            () = tokio::time::sleep(left) => {}
        }
    }

    async fn look_up(&mut self) -> Access {
        loop {
            match self.authenticator.look_up(Arc::clone(&self.token)).await {
                Ok(viewer) if viewer.has_rights_of(&self.viewer) => {
                    self.viewer = viewer;
                    return Access::Confirmed;
                }
                Ok(_) => return Access::Revoked,
                // A database that is away for a moment logs nobody out.
                Err(_) => tokio::time::sleep(RETRY_DELAY).await,
            }
        }
    }
}
