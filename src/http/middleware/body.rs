//! Bodies: those that never end, those that are too many at once, and those that nobody wants.
//!
//! A connection that is closed while the client still sends is reset, and the answer is lost with it. So
//! when a request is answered before its body was read (too large, of the wrong type, not logged in), the
//! rest is read and thrown away first, within reason. A client that stops sending is not waited for.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header::EXPECT},
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;
use http_body::{Frame, SizeHint};
use tokio::{
    sync::oneshot,
    time::{Sleep, sleep},
};
use tower_http::timeout::TimeoutBody;

use super::client::TrustedProxies;
use crate::{
    config::Limits,
    error::Error,
    platform::limits::{Capacity, NoRoom, Share, Shares},
};

/// How long a client may send nothing in the middle of a body.
const PAUSE: Duration = Duration::from_secs(30);
/// Bytes that are read for nothing.
const MOST: usize = 64 * 1024 * 1024;
/// Time that is spent on it.
const LONGEST: Duration = Duration::from_secs(10);

/// Seconds after which an address that sends too many bodies may try again.
const RETRY_AFTER: u64 = 1;

/// How many bodies an address may send at once, and how long each may take. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bodies {
    shares: Shares,
    longest: Duration,
    proxies: TrustedProxies,
}

impl Bodies {
    /// As the settings say; behind `proxies` each client has its own share.
    pub fn new(limits: &Limits, proxies: TrustedProxies) -> Self {
        let scale = usize::try_from(limits.scale).unwrap_or(usize::MAX);
        let per_address = limits.bodies_per_address.saturating_mul(scale);
        // In all they are as many as there are connections.
        let shares = Shares::new(Capacity { total: usize::MAX, kept: 0, per_address });
        Self { shares, longest: Duration::from_secs(limits.body_seconds), proxies }
    }

    /// This client's share for one more body, if there is one to come.
    fn share(&self, request: &Request) -> Result<Option<Share>, NoRoom> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        let peer = peer.unwrap_or(Ipv4Addr::LOCALHOST.into()).to_canonical();
        let ip = self.proxies.client_address(peer, request.headers());
        self.shares.take(ip, false).map(Some).map_err(|_| NoRoom(Error::rate_limited(RETRY_AFTER)))
    }
}

/// Ends a body that pauses or lasts too long, and answers only after it was read or is too long to be worth it. Says of
/// a request that its client sends too many others at once.
pub async fn bound_body(State(bodies): State<Bodies>, mut request: Request, next: Next) -> Response {
    let waits_for_leave = waits_for_leave(request.headers());
    let share = bodies.share(&request).unwrap_or_else(|no_room| {
        request.extensions_mut().insert(no_room);
        None
    });
    let (owner, mut returned) = oneshot::channel();
    let request = request.map(|body| {
        let end = (!body.is_end_stream()).then(|| Box::pin(sleep(bodies.longest)));
        let body = Body::new(TimeoutBody::new(PAUSE, body));
        Body::new(Lent { body, read: false, end, share, owner: Some(owner) })
    });
    let response = next.run(request).await;
    // A body that is still in use (a stream, a socket) was not given back.
    if let Ok((body, read)) = returned.try_recv()
        && (read || !waits_for_leave)
    {
        // Either the rest has been read now, or the client has had its chance.
        let _ = tokio::time::timeout(LONGEST, discard(body)).await;
    }
    response
}

/// Whether the client sends nothing before it hears `100 Continue`, which reading the body would say.
fn waits_for_leave(headers: &HeaderMap) -> bool {
    headers.get(EXPECT).is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut discarded = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        discarded += chunk.len();
        if discarded > MOST {
            return;
        }
    }
}

/// A body that returns to its owner when it is dropped before its end.
struct Lent {
    body: Body,
    read: bool,
    /// When it has lasted too long; none for a body that is there already.
    end: Option<Pin<Box<Sleep>>>,
    /// Given back as soon as nothing more comes.
    share: Option<Share>,
    owner: Option<oneshot::Sender<(Body, bool)>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.read = true;
        let is_over = self.end.as_mut().is_some_and(|end| end.as_mut().poll(cx).is_ready());
        let frame = if is_over {
            Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))))
        } else {
            Pin::new(&mut self.body).poll_frame(cx)
        };
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

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take()
            && !self.body.is_end_stream()
        {
            // Nobody waits where the request itself was dropped.
            let _ = owner.send((std::mem::take(&mut self.body), self.read));
        }
    }
}
