//! Requests that there is no capacity for.

mod capacity;

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    identity::{Identity, bearer},
    request::Overloaded,
};
use http_body::{Frame, SizeHint};

use self::capacity::Capacity;
use crate::{connections::ConnectionPermit, problem};

/// Seconds after which there is capacity again, it is hoped.
const RETRY_AFTER_SECONDS: u64 = 1;

/// How many tokens are looked up at once for requests that are too many.
const LOOKED_AT: usize = 32;

/// How many requests may be in work at once: more would make all of them slow. Cheap to clone. Below what is set, they are
/// as many as are answered in 0.4 seconds.
///
/// A request is in work until its answer begins, but not while it waits for its client to send more of its body: slow clients
/// would keep everybody else out. What is read of a socket or a stream of events once it is open doesn't count either.
#[derive(Clone, Debug)]
pub struct Concurrency(Arc<Counter>);

#[derive(Debug)]
struct Counter {
    capacity: Capacity,
    in_work: AtomicUsize,
    /// Of those that are too many.
    looked_at: AtomicUsize,
}

impl Concurrency {
    /// At most `max`, of which there are none yet.
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Counter {
            capacity: Capacity::new(max),
            in_work: AtomicUsize::new(0),
            looked_at: AtomicUsize::new(0),
        }))
    }

    /// How many requests are in work.
    pub(crate) fn in_work(&self) -> usize {
        self.0.in_work.load(Ordering::Relaxed)
    }

    /// How many may be in work at the moment.
    pub(crate) fn max_in_work(&self) -> usize {
        self.0.capacity.at(self.in_work(), Instant::now)
    }

    /// Begins a request, unless there are too many and this one has to wait for its turn.
    fn begin(&self, goes_first: bool) -> Option<UntilAnswered> {
        let max = self.max_in_work();
        let one_more = |count: usize| (goes_first || count < max).then_some(count + 1);
        self.0.in_work.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(UntilAnswered(Arc::new(Work { counter: Arc::clone(&self.0), phase: Mutex::new(Phase::InWork) })))
    }

    /// Lets a request in, or marks it as [`Overloaded`] before anything is done for it. Of those with a token some are looked
    /// at first: an admin may have sent them. Probes don't come here.
    pub(crate) fn let_in(&self, request: &mut Request) -> Option<UntilAnswered> {
        if let Some(work) = self.begin(false) {
            return Some(work.on(request));
        }
        let look = bearer(request.headers()).and_then(|_| self.look_at());
        let extensions = request.extensions_mut();
        if let Some(look) = look {
            extensions.insert(LookedAt(Arc::new(look)));
        } else {
            extensions.insert(Overloaded(Error::unavailable(RETRY_AFTER_SECONDS)));
            extensions.insert(Refused);
        }
        None
    }

    /// Marks requests as [`Overloaded`] that were looked at, or came on a connection that is reserved for probes and admins,
    /// unless an admin sent them, who may send a body, too.
    pub(crate) fn let_admin_in<I: Identity>(&self, request: &mut Request) -> Option<UntilAnswered> {
        let extensions = request.extensions_mut();
        let is_reserved = extensions.get::<ConnectionPermit>().is_some_and(ConnectionPermit::is_reserved);
        let is_admin = extensions.get::<I>().is_some_and(Identity::is_admin);
        let was_let_in = extensions.remove::<LookedAt>().is_none();
        if is_admin {
            extensions.remove::<Overloaded>();
        } else if is_reserved || !was_let_in {
            extensions.insert(Overloaded(Error::unavailable(RETRY_AFTER_SECONDS)));
        }
        let goes_first = is_admin && !was_let_in;
        goes_first.then(|| self.begin(true)).flatten().map(|work| work.on(request))
    }

    /// Begins to look who sent a request that is too many, unless that is looked at of many.
    fn look_at(&self) -> Option<Look> {
        let one_more = |count: usize| (count < LOOKED_AT).then_some(count + 1);
        self.0.looked_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Look(Arc::clone(&self.0)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    InWork,
    /// For its client.
    Waiting,
    Done,
}

/// A request that was let in.
#[derive(Debug)]
struct Work {
    counter: Arc<Counter>,
    phase: Mutex<Phase>,
}

impl Work {
    fn enter(&self, next: Phase) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        match (*phase, next) {
            (Phase::Done, _) => return,
            (Phase::InWork, Phase::Waiting | Phase::Done) => {
                self.counter.in_work.fetch_sub(1, Ordering::Relaxed);
            }
            // However many there are: it was let in before.
            (Phase::Waiting, Phase::InWork) => {
                self.counter.in_work.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
        *phase = next;
    }
}

/// The work of a request, which is done when this is dropped.
#[derive(Debug)]
pub(crate) struct UntilAnswered(Arc<Work>);

impl UntilAnswered {
    fn on(self, request: &mut Request) -> Self {
        if !request.body().is_end_stream() {
            let (body, work) = (std::mem::take(request.body_mut()), Arc::clone(&self.0));
            *request.body_mut() = Body::new(AwaitedBody { body, work });
        }
        self
    }
}

impl Drop for UntilAnswered {
    fn drop(&mut self) {
        self.0.enter(Phase::Done);
        self.0.counter.capacity.answered();
    }
}

/// A body whose request waits while nothing more of it has come.
struct AwaitedBody {
    body: Body,
    work: Arc<Work>,
}

impl HttpBody for AwaitedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.work.enter(if frame.is_pending() { Phase::Waiting } else { Phase::InWork });
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for AwaitedBody {
    fn drop(&mut self) {
        self.work.enter(Phase::InWork);
    }
}

/// Beside a request that is refused whoever sent it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

/// Beside a request that is let in if an admin sent it.
#[derive(Clone)]
struct LookedAt(#[expect(dead_code, reason = "it counts until it is dropped")] Arc<Look>);

struct Look(Arc<Counter>);

impl Drop for Look {
    fn drop(&mut self) {
        self.0.looked_at.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Refuses requests that are [`Overloaded`], for the gateway's own paths; legacy APIs do it in their own words.
pub async fn refuse_overloaded(request: Request, next: Next) -> Response {
    match refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

/// The answer to a request that is [`Overloaded`].
pub(crate) fn refusal(request: &Request) -> Option<Response> {
    let Overloaded(error) = request.extensions().get()?;
    let status = match error.code {
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut refusal = problem(status, error.code, &error.message);
    refusal.headers_mut().insert(RETRY_AFTER, error.retry_after.unwrap_or(RETRY_AFTER_SECONDS).into());
    Some(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_while_it_is_in_work() {
        let all = Concurrency::new(1);
        let count = || all.0.in_work.load(Ordering::Relaxed);
        let first = all.begin(false).unwrap();
        assert!(all.begin(false).is_none());
        let admins = all.begin(true);
        assert_eq!((admins.is_some(), count()), (true, 2));
        let body = Arc::clone(&first.0);
        body.enter(Phase::Waiting);
        body.enter(Phase::Waiting);
        assert_eq!(count(), 1);
        body.enter(Phase::InWork);
        body.enter(Phase::InWork);
        assert_eq!(count(), 2);
        drop(first);
        body.enter(Phase::InWork);
        assert_eq!(count(), 1, "its body is dropped later");
    }
}
