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
    extract::{Request, State},
    http::{StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    identity::Identity,
    request::Overloaded,
};
use http_body::{Frame, SizeHint};

use self::capacity::Capacity;
use crate::{connections::ConnectionPermit, problem};

/// Seconds after which there is capacity again, it is hoped.
const RETRY_AFTER_SECONDS: u64 = 1;

/// How many requests may be in work at once: more would make all of them slow. Cheap to clone. Below what is set, they are
/// as many as are answered in half a second.
///
/// A request is in work until its answer begins, but not while it waits for its client to send more of its body: slow clients
/// would keep everybody else out. What is read of a socket or a stream of events once it is open doesn't count either.
#[derive(Clone, Debug)]
pub struct Concurrency(Arc<Counter>);

#[derive(Debug)]
struct Counter {
    capacity: Capacity,
    in_work: AtomicUsize,
}

impl Concurrency {
    /// At most `max`, of which there are none yet.
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Counter { capacity: Capacity::new(max), in_work: AtomicUsize::new(0) }))
    }

    /// Begins a request, unless there are too many and this one has to wait for its turn.
    fn begin(&self, goes_first: bool) -> Option<Arc<Work>> {
        let max = self.0.capacity.at(self.0.in_work.load(Ordering::Relaxed), Instant::now);
        let one_more = |count: usize| (goes_first || count < max).then_some(count + 1);
        self.0.in_work.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Arc::new(Work { counter: Arc::clone(&self.0), phase: Mutex::new(Phase::InWork) }))
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
struct UntilAnswered(Arc<Work>);

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

/// Marks requests as [`Overloaded`] that are too many or came on a connection that is reserved for probes and admins, unless
/// an admin sent them, who may send a body, too. Probes don't pass here.
pub async fn set_overloaded<I: Identity>(
    State(concurrency): State<Concurrency>,
    mut request: Request,
    next: Next,
) -> Response {
    let extensions = request.extensions();
    let is_reserved = extensions.get::<ConnectionPermit>().is_some_and(ConnectionPermit::is_reserved);
    let is_admin = extensions.get::<I>().is_some_and(Identity::is_admin);
    if is_admin {
        request.extensions_mut().remove::<Overloaded>();
    } else if is_reserved {
        request.extensions_mut().insert(Overloaded(Error::unavailable(RETRY_AFTER_SECONDS)));
    }
    if request.extensions().get::<Overloaded>().is_some() {
        return next.run(request).await;
    }
    let Some(work) = concurrency.begin(is_admin) else {
        request.extensions_mut().insert(Overloaded(Error::unavailable(RETRY_AFTER_SECONDS)));
        return next.run(request).await;
    };
    if !request.body().is_end_stream() {
        request = request.map(|body| Body::new(AwaitedBody { body, work: Arc::clone(&work) }));
    }
    let _work = UntilAnswered(work);
    next.run(request).await
}

/// Refuses requests that are [`Overloaded`], for the gateway's own paths; legacy APIs do it in their own words.
pub async fn refuse_overloaded(request: Request, next: Next) -> Response {
    let Some(Overloaded(error)) = request.extensions().get::<Overloaded>() else { return next.run(request).await };
    let status = match error.code {
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut refusal = problem(status, error.code, &error.message);
    refusal.headers_mut().insert(RETRY_AFTER, error.retry_after.unwrap_or(RETRY_AFTER_SECONDS).into());
    refusal
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
        assert_eq!((all.begin(true).is_some(), count()), (true, 2));
        let slow = UntilAnswered(Arc::clone(&first));
        first.enter(Phase::Waiting);
        first.enter(Phase::Waiting);
        assert_eq!(count(), 1);
        first.enter(Phase::InWork);
        first.enter(Phase::InWork);
        assert_eq!(count(), 2);
        drop(slow);
        first.enter(Phase::InWork);
        assert_eq!(count(), 1, "its body is dropped later");
    }
}
