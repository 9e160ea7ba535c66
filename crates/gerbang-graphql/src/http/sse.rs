//! Server-Sent Events, one connection for each operation (the *distinct connections mode* of graphql-sse).

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use gerbang_kernel::identity::Access;
use tokio::time::timeout;

use super::{
    answer::Answer,
    endpoint::{Endpoint, RequestContext},
    format::Format,
    ready::Ready,
    refusal::{Kind, Refusal},
};
use crate::engine::Engine;

/// How long a stream may be silent before a comment is sent, so that nothing on the way takes the connection for dead.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// With an empty `data` line, or browsers would not report the event (which is why axum's own type is not used).
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata: \n\n");

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    // Proxies that collect answers before they pass them on would hold events back.
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

/// Sends the answers of an operation, or the one answer that says why it was not run.
pub(super) fn respond<E: Engine>(
    endpoint: &Endpoint<E>,
    ready: Result<Ready, Refusal>,
    context: RequestContext<E::Identity>,
) -> Response {
    let permit = match endpoint.open_stream(&context) {
        Ok(permit) => permit,
        Err(refusal) => return refusal.into_response(Format::Json),
    };
    let shutdown = endpoint.shutdown().clone();
    let answers: BoxStream<'static, Answer> = match ready {
        Ok(ready) if ready.is_subscription() => {
            let access = endpoint.authenticator().follow(context.token.clone(), &context.caller.viewer);
            until_revoked(access, endpoint.stream(ready, context)).boxed()
        }
        Ok(ready) => endpoint.stream(ready, context),
        Err(refusal) => stream::once(async move { Answer::Refused(refusal) }).boxed(),
    };
    let events = answers
        .take_until(shutdown.cancelled_owned())
        .map(|answer| event(&answer))
        .chain(stream::once(async { COMPLETE }))
        .boxed();
    let bytes = stream::unfold((events, permit), async |(mut events, permit)| {
        let event = timeout(KEEP_ALIVE_INTERVAL, events.next()).await.unwrap_or(Some(COMMENT))?;
        Some((Ok::<_, Infallible>(event), (events, permit)))
    });
    (HEADERS, Body::from_stream(bytes)).into_response()
}

/// The answers as long as the caller's access is known to be what it was; its end is the last answer.
fn until_revoked(
    access: BoxStream<'static, Access>,
    answers: BoxStream<'static, Answer>,
) -> impl Stream<Item = Answer> + Send {
    let begun = Some((access, Access::Unconfirmed, answers));
    stream::unfold(begun, async |state| {
        let (mut access, mut known, mut answers) = state?;
        loop {
            tokio::select! {
                biased;
                Some(next) = access.next() => match next {
                    Access::Revoked => return Some((revoked().into(), None)),
                    Access::Confirmed | Access::Unconfirmed => known = next,
                },
                answer = answers.next(), if known == Access::Confirmed => {
                    return answer.map(|answer| (answer, Some((access, known, answers))));
                }
                else => return None,
            }
        }
    })
}

fn revoked() -> Refusal {
    Refusal::new(
        Kind::Revoked,
        "You were logged out, or what you may do has changed. Log in if you have to, then subscribe again.",
    )
}

/// JSON holds no line breaks, so one `data` line is enough.
fn event(answer: &Answer) -> Bytes {
    let mut event = b"event: next\ndata: ".to_vec();
    answer.write(&mut event);
    event.extend_from_slice(b"\n\n");
    event.into()
}
