//! Bodies: those that never end, those that are too many at once, and those that nobody wants.
//!
//! A connection that is closed while the client still sends is reset, and the answer is lost with it. So
//! when a request is answered before its body was read (too large, of the wrong type, not logged in), the
//! rest is read and thrown away first, within reason. A client that stops sending is not waited for.

use std::{
    io,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{
        HeaderMap, HeaderValue,
        header::{CONNECTION, EXPECT},
    },
    response::Response,
};
use futures_util::StreamExt;
use gerbang_kernel::{error::Error, request::Overloaded};
use gerbang_limits::{Capacity, Full, Share, Shares};
use http_body::{Frame, SizeHint};
use tokio::{
    sync::oneshot,
    time::{Instant, Sleep, sleep_until},
};

use crate::connections::{ConnectionLimits, ConnectionPermit};

/// How long a client may send nothing in the middle of a body.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes that are read for nothing.
const MAX_DISCARDED_BYTES: usize = 64 * 1024 * 1024;
/// Time that is spent on it.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(10);

/// The same for a body that is refused at once: enough for what is on its way.
const REFUSED_DISCARD_TIMEOUT: Duration = Duration::from_millis(100);

/// Seconds after which a body that was refused may be tried again.
const RETRY_AFTER: u64 = 1;
/// What part of the connections may be sending a body: one that does can't be closed for another, so the rest is what
/// everybody else has.
const BODY_DIVISOR: usize = 2;
/// What part of that one address may have.
const ADDRESS_DIVISOR: usize = 4;

/// How many bodies may be sent at once, in all and by an address, and how long each may take. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BodyLimits {
    shares: Shares,
    timeout: Duration,
}

impl BodyLimits {
    /// `per_address` times `scale` for each address, among as many `connections` as there may be. No body may take longer
    /// than `timeout`.
    pub fn new(per_address: usize, scale: usize, timeout: Duration, connections: ConnectionLimits) -> Self {
        let total = (connections.total / BODY_DIVISOR).max(1);
        let per_address = per_address.min((total / ADDRESS_DIVISOR).max(1)).saturating_mul(scale);
        let shares = Shares::new(Capacity { total, reserved: 0, per_address });
        Self { shares, timeout }
    }

    /// Ends the request's body, if it has one, where that pauses or lasts too long. Says of a request that there are too many
    /// others at once, in all or of this client's.
    pub(crate) fn limit(&self, request: &mut Request, client: IpAddr) -> Option<RestOfBody> {
        if request.body().is_end_stream() {
            return None;
        }
        let expects_continue = expects_continue(request.headers());
        let permit = request.extensions().get::<ConnectionPermit>().cloned();
        let (share, is_admitted) = match self.share(client) {
            Ok(share) => (Some(share), !permit.as_ref().is_some_and(ConnectionPermit::is_reserved)),
            Err(overloaded) => {
                request.extensions_mut().insert(overloaded);
                (None, false)
            }
        };
        let (owner, returned) = oneshot::channel();
        let (body, end) = (std::mem::take(request.body_mut()), Instant::now() + self.timeout);
        let body = LimitedBody { body, read: false, end, timer: None, share, owner: Some(owner) };
        *request.body_mut() = Body::new(body);
        Some(RestOfBody { returned, expects_continue, permit, is_admitted })
    }

    /// This client's share for one more body.
    fn share(&self, client: IpAddr) -> Result<Share, Overloaded> {
        self.shares.take(client, false).map_err(|full| {
            Overloaded(match full {
                Full::Address => Error::rate_limited(RETRY_AFTER),
                Full::Everything => Error::unavailable(RETRY_AFTER),
            })
        })
    }
}

/// What the request has not read of its body when it is answered.
pub(crate) struct RestOfBody {
    returned: oneshot::Receiver<Unread>,
    expects_continue: bool,
    permit: Option<ConnectionPermit>,
    /// Whether somebody waits for the body.
    is_admitted: bool,
}

impl RestOfBody {
    /// Holds the answer back until the rest was read or is too long to be worth it. The connection of a body that nobody waits
    /// for is closed.
    pub(crate) async fn discard(mut self, response: &mut Response) {
        // A body that is still in use (a stream, a socket) was not given back.
        let Ok(Unread { body, read, share }) = self.returned.try_recv() else { return };
        let is_discarded = read || !self.expects_continue;
        // Either the rest has been read then, or the client has had its chance.
        if !self.is_admitted {
            if is_discarded {
                // Without a share these are not counted, so any of them may be evicted for another connection.
                self.permit.iter().for_each(ConnectionPermit::set_idle);
                let _ = tokio::time::timeout(REFUSED_DISCARD_TIMEOUT, discard(body)).await;
                self.permit.iter().for_each(ConnectionPermit::set_busy);
            }
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        } else if is_discarded {
            let _ = tokio::time::timeout(DISCARD_TIMEOUT, discard(body)).await;
        }
        drop(share);
    }
}

/// Whether the client sends nothing before it gets `100 Continue`, which reading the body would say.
fn expects_continue(headers: &HeaderMap) -> bool {
    headers.get(EXPECT).is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut discarded = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        discarded += chunk.len();
        if discarded > MAX_DISCARDED_BYTES {
            return;
        }
    }
}

/// What is left of a body that was dropped before its end.
struct Unread {
    body: Body,
    read: bool,
    /// It still comes.
    share: Option<Share>,
}

/// A body that returns to its owner when it is dropped before its end.
struct LimitedBody {
    body: Body,
    read: bool,
    /// When it has lasted too long.
    end: Instant,
    /// While nothing more has come: until it has lasted or paused too long.
    timer: Option<Pin<Box<Sleep>>>,
    /// Given back as soon as nothing more comes.
    share: Option<Share>,
    owner: Option<oneshot::Sender<Unread>>,
}

impl HttpBody for LimitedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.read = true;
        let (mut frame, end) = (Pin::new(&mut self.body).poll_frame(cx), self.end);
        let is_over = if frame.is_pending() {
            let timer = || Box::pin(sleep_until(end.min(Instant::now() + IDLE_TIMEOUT)));
            self.timer.get_or_insert_with(timer).as_mut().poll(cx).is_ready()
        } else {
            self.timer = None;
            Instant::now() > end
        };
        if is_over {
            frame = Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))));
        }
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.owner = None;
            self.share = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LimitedBody {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take()
            && !self.body.is_end_stream()
        {
            // Nobody waits where the request itself was dropped.
            let unread = Unread { body: std::mem::take(&mut self.body), read: self.read, share: self.share.take() };
            let _ = owner.send(unread);
        }
    }
}
