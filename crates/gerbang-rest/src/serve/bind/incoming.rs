//! The body of a request: read at most once, and never beyond a limit. What is left of one is not thrown
//! away here: the server reads it to its end, so that a client still sending sees the answer.

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use gerbang_kernel::error::ErrorCode;

/// A body, not read yet or kept whole.
pub(crate) enum Incoming {
    Unread(BodyDataStream),
    Kept(Bytes),
    Refused(ErrorCode),
}

impl Incoming {
    /// The body of a request. A coding that the server has not taken off is one that nobody here can read.
    pub(crate) fn new(headers: &HeaderMap, body: Body) -> Self {
        if body.is_end_stream() {
            Self::Kept(Bytes::new())
        } else if headers.contains_key(header::CONTENT_ENCODING) {
            Self::Refused(ErrorCode::UnsupportedMediaType)
        } else {
            Self::Unread(body.into_data_stream())
        }
    }

    /// Refuses a body that can't be read, before anybody looks at what it says.
    ///
    /// # Errors
    /// Why it can't be read.
    pub(crate) fn check(&self) -> Result<(), ErrorCode> {
        match self {
            Self::Refused(code) => Err(*code),
            Self::Unread(_) | Self::Kept(_) => Ok(()),
        }
    }

    /// The whole body. A second call gives the same.
    ///
    /// # Errors
    /// `PAYLOAD_TOO_LARGE` beyond `limit`, `BAD_REQUEST` if it breaks off.
    pub(crate) async fn bytes(&mut self, headers: &HeaderMap, limit: usize) -> Result<Bytes, ErrorCode> {
        let read = match self {
            Self::Kept(bytes) => return Ok(bytes.clone()),
            Self::Refused(code) => return Err(*code),
            Self::Unread(stream) => read(stream, headers, limit).await,
        };
        *self = match &read {
            Ok(bytes) => Self::Kept(bytes.clone()),
            Err(code) => Self::Refused(*code),
        };
        read
    }

    /// The body as a stream, for what is too large to keep.
    pub(crate) fn stream(&mut self) -> BoxStream<'_, Result<Bytes, axum::Error>> {
        match self {
            Self::Unread(body) => body.boxed(),
            Self::Kept(bytes) => stream::iter([Ok(bytes.clone())]).boxed(),
            Self::Refused(_) => stream::empty().boxed(),
        }
    }
}

async fn read(stream: &mut BodyDataStream, headers: &HeaderMap, limit: usize) -> Result<Bytes, ErrorCode> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(ErrorCode::PayloadTooLarge);
    }
    let mut whole = BytesMut::with_capacity(announced.unwrap_or_default());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| ErrorCode::BadRequest)?;
        if whole.len() + chunk.len() > limit {
            return Err(ErrorCode::PayloadTooLarge);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}
