//! Operations over WebSocket (`graphql-transport-ws`, the protocol of the graphql-ws library).

mod connection;
mod message;
mod operation;

use axum::{
    extract::ws::WebSocketUpgrade,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use url::Url;

use self::{
    connection::Connection,
    message::{Close, PROTOCOL},
};
use super::{
    endpoint::{Endpoint, RequestContext},
    format::Format,
};
use crate::engine::Engine;

/// Bytes that are kept to read into. Most sockets only listen, and there are thousands of them; the library's own
/// choice is 128 KiB.
const READ_BUFFER: usize = 4 * 1024;

/// Takes a connection over, unless a page of another site opens it.
pub(super) fn upgrade<E: Engine>(
    endpoint: Endpoint<E>,
    context: RequestContext<E::Identity>,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let settings = endpoint.settings();
    if !is_allowed_origin(headers, &settings.origins, &settings.public_url) {
        return (StatusCode::FORBIDDEN, "This origin may not connect.").into_response();
    }
    let permit = match endpoint.open_stream(&context) {
        Ok(permit) => permit,
        Err(refusal) => return refusal.into_response(Format::Json),
    };
    let largest = settings.body_bytes;
    let upgrade =
        upgrade.protocols([PROTOCOL]).max_message_size(largest).max_frame_size(largest).read_buffer_size(READ_BUFFER);
    let speaks = upgrade.selected_protocol().is_some();
    let running = endpoint.tasks().token();
    upgrade.on_upgrade(move |mut socket| async move {
        if speaks {
            Connection::new(socket, endpoint, context).serve().await;
        } else {
            // A handshake can't say why it fails; a close code can.
            let _ = socket.send(Close::SubprotocolNotAcceptable.into_frame()).await;
        }
        drop((permit, running));
    })
}

/// Browsers always send `Origin` and can't change it. Tokens come in the first message and never by
/// themselves, so another site could open a socket but not speak for its visitor; it may not even open one.
fn is_allowed_origin(headers: &HeaderMap, allowed: &[String], public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).map(HeaderValue::as_bytes) else { return true };
    let own = Url::parse(public_url).is_ok_and(|url| url.origin().ascii_serialization().as_bytes() == origin);
    own || is_same_host(headers, origin) || allowed.iter().any(|known| known == "*" || known.as_bytes() == origin)
}

fn is_same_host(headers: &HeaderMap, origin: &[u8]) -> bool {
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let authority = std::str::from_utf8(origin).ok().and_then(|origin| origin.split_once("://"));
    authority.is_some_and(|(_, authority)| Some(authority.as_bytes()) == host)
}
