//! Bodies: those that never end, and those that nobody wants.
//!
//! A connection that is closed while the client still sends is reset, and the answer is lost with it. So
//! when a request is answered before its body was read (too large, of the wrong type, not logged in), the
//! rest is read and thrown away first, within reason. A client that stops sending is not waited for.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderMap, header::EXPECT},
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;
use http_body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tower_http::timeout::TimeoutBody;

/// How long a client may send nothing in the middle of a body.
const PAUSE: Duration = Duration::from_secs(30);
/// Bytes that are read for nothing.
const MOST: usize = 64 * 1024 * 1024;
/// Time that is spent on it.
const LONGEST: Duration = Duration::from_secs(10);

/// Ends a body that pauses too long, and answers only after it was read or is too long to be worth it.
pub async fn bound_body(request: Request, next: Next) -> Response {
    let waits_for_leave = waits_for_leave(request.headers());
    let (owner, mut returned) = oneshot::channel();
    let request = request.map(|body| {
        let body = Body::new(TimeoutBody::new(PAUSE, body));
        Body::new(Lent { body, read: false, owner: Some(owner) })
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
    owner: Option<oneshot::Sender<(Body, bool)>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.read = true;
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.owner = None;
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
