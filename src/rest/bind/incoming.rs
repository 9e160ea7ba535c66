//! The body of a request: read at most once, never beyond a limit, and never left behind unread.
//!
//! A client that is still sending when it is refused would see its connection reset instead of the
//! answer. So what is left of a body is read and thrown away beside the answer, within bounds.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::error::ErrorCode;

/// The most that is read of a body that nobody wants.
const DRAIN_BYTES: usize = 64 * 1024 * 1024;
/// The longest that is waited for it.
const DRAIN_TIME: Duration = Duration::from_secs(20);

/// A body, not read yet or kept whole.
pub(crate) struct Incoming {
    state: State,
    /// The client waits for a `100 Continue` before it sends: nothing has to be drained.
    waits: bool,
}

enum State {
    Unread(BodyDataStream),
    Kept(Bytes),
    Refused(ErrorCode),
    Done,
}

impl Incoming {
    pub(crate) fn new(body: Body, headers: &HeaderMap) -> Self {
        let empty = body.is_end_stream();
        let state = if empty { State::Kept(Bytes::new()) } else { State::Unread(body.into_data_stream()) };
        Self { state, waits: headers.contains_key(header::EXPECT) }
    }

    /// The whole body. A second call gives the same.
    ///
    /// # Errors
    /// `PAYLOAD_TOO_LARGE` beyond `limit`, `BAD_REQUEST` if it breaks off.
    pub(crate) async fn bytes(&mut self, headers: &HeaderMap, limit: usize) -> Result<Bytes, ErrorCode> {
        let stream = match &mut self.state {
            State::Kept(bytes) => return Ok(bytes.clone()),
            State::Refused(code) => return Err(*code),
            State::Done => return Ok(Bytes::new()),
            State::Unread(stream) => stream,
        };
        let announced =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limit as u64) {
            self.refuse(ErrorCode::PayloadTooLarge);
            return Err(ErrorCode::PayloadTooLarge);
        }
        self.waits = false;
        let mut whole = BytesMut::with_capacity(announced.map_or(0, |length| usize::try_from(length).unwrap_or(0)));
        while let Some(chunk) = stream.next().await {
            let Ok(chunk) = chunk else {
                self.state = State::Refused(ErrorCode::BadRequest);
                return Err(ErrorCode::BadRequest);
            };
            if whole.len() + chunk.len() > limit {
                self.refuse(ErrorCode::PayloadTooLarge);
                return Err(ErrorCode::PayloadTooLarge);
            }
            whole.extend_from_slice(&chunk);
        }
        let whole = whole.freeze();
        self.state = State::Kept(whole.clone());
        Ok(whole)
    }

    /// The body as a stream, for what is too large to keep.
    pub(crate) fn stream(&mut self) -> futures_util::stream::BoxStream<'_, Result<Bytes, axum::Error>> {
        self.waits = false;
        match &mut self.state {
            State::Unread(stream) => stream.boxed(),
            State::Kept(bytes) => futures_util::stream::iter([Ok(bytes.clone())]).boxed(),
            State::Refused(_) | State::Done => futures_util::stream::empty().boxed(),
        }
    }

    fn refuse(&mut self, code: ErrorCode) {
        if let State::Unread(stream) = std::mem::replace(&mut self.state, State::Refused(code)) {
            drain(stream, self.waits);
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let State::Unread(stream) = std::mem::replace(&mut self.state, State::Done) {
            drain(stream, self.waits);
        }
    }
}

/// Reads what is left, beside the answer.
fn drain(mut stream: BodyDataStream, waits: bool) {
    if waits || stream.is_end_stream() {
        return;
    }
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(tokio::time::timeout(DRAIN_TIME, async move {
        let mut left = DRAIN_BYTES;
        while let Some(Ok(chunk)) = stream.next().await {
            let Some(rest) = left.checked_sub(chunk.len()) else { return };
            left = rest;
        }
    }));
}
