//! Server-Sent Events, one connection for each operation (the *distinct connections mode* of graphql-sse).

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};

use super::{
    answer::Answer,
    endpoint::{Asker, Endpoint, Ready},
    engine::Engine,
    format::Format,
    refusal::Refusal,
};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Proxies that collect answers before passing them on would hold events back.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// Sends the answers of an operation, or the one answer that says why it was not run.
pub(super) fn respond<E: Engine>(endpoint: &Endpoint<E>, ready: Result<Ready, Refusal>, asker: Asker) -> Response {
    let room = match endpoint.open_stream() {
        Ok(room) => room,
        Err(refusal) => return refusal.into_response(Format::Json),
    };
    let ended = {
        let (authenticator, shutdown) = (endpoint.authenticator().clone(), endpoint.shutdown().clone());
        let token = asker.token.clone();
        async move {
            tokio::select! {
                () = authenticator.ended(token) => {}
                () = shutdown.cancelled() => {}
            }
        }
    };
    let answers: BoxStream<'static, Answer> = match ready {
        Ok(ready) => endpoint.stream(ready, asker),
        Err(refusal) => stream::once(async move { Answer::Refused(refusal) }).boxed(),
    };
    let events = answers
        .take_until(ended.boxed())
        .map(|answer| Event::default().event("next").json_data(&answer))
        // An empty `data` line, or browsers would not tell of the event.
        .chain(stream::once(async { Ok(Event::default().event("complete").data("")) }))
        .map(move |event| {
            let _open = &room;
            Ok::<_, Infallible>(event.unwrap_or_else(|_| Event::default().comment("an answer could not be written")))
        });
    ([UNBUFFERED], Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response()
}
