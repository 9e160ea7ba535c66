//! The messages of `graphql-transport-ws`, and the codes that end a connection.

use std::borrow::Cow;

use async_graphql::ServerError;
use axum::extract::ws::{CloseFrame, Message};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{answer::Answer, request::Operation};
use crate::json;

/// The name of the protocol.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";
/// Bytes that the reason of a close frame may have.
const MAX_REASON_BYTES: usize = 123;

/// A message of a client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    /// Opens the connection; the token is in the payload.
    ConnectionInit { payload: Option<Map<String, Value>> },
    /// Asks for a pong.
    Ping { payload: Option<Value> },
    /// Answers a ping.
    Pong {},
    /// Starts an operation.
    Subscribe { id: String, payload: Operation },
    /// Ends an operation.
    Complete { id: String },
}

/// A message of the server.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    #[serde(skip)]
    Next {
        id: &'a str,
        payload: &'a Answer,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl ServerMessage<'_> {
    /// As a frame; GraphQL values can always be written as JSON.
    pub(super) fn into_frame(self) -> Message {
        let mut out = Vec::new();
        if let Self::Next { id, payload } = self {
            out.extend_from_slice(br#"{"type":"next","id":"#);
            json::plain(&mut out, id);
            out.extend_from_slice(br#","payload":"#);
            payload.write(&mut out);
            out.push(b'}');
        } else {
            json::plain(&mut out, &self);
        }
        Message::Text(String::from_utf8(out).unwrap_or_default().into())
    }
}

/// Why a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The server goes away; clients come back to another one.
    GoingAway,
    /// The client takes events more slowly than they happen, or missed some.
    FellBehind,
    /// Nothing was received for too long.
    Silent,
    /// Who is there can't be found out at the moment.
    Unavailable,
    Invalid(&'static str),
    Unauthorized,
    Forbidden,
    SubprotocolNotAcceptable,
    InitialisationTimeout,
    SubscriberExists(String),
    TooManyInitialisations,
}

impl Close {
    pub(super) fn into_frame(self) -> Message {
        let (code, reason): (u16, Cow<'static, str>) = match self {
            Self::GoingAway => (1001, "Going away".into()),
            // Clients of the protocol take this for a reason to connect again.
            Self::FellBehind => (1013, "Fell behind: connect again, then read what was missed".into()),
            Self::Silent => (1001, "No answer to pings".into()),
            Self::Unavailable => (1013, "Try again later".into()),
            Self::Invalid(why) => (4400, why.into()),
            Self::Unauthorized => (4401, "Unauthorized".into()),
            Self::Forbidden => (4403, "Forbidden".into()),
            Self::SubprotocolNotAcceptable => (4406, "Subprotocol not acceptable".into()),
            Self::InitialisationTimeout => (4408, "Connection initialisation timeout".into()),
            Self::SubscriberExists(id) => {
                let fits = format!("Subscriber for {id} already exists");
                (4409, if fits.len() > MAX_REASON_BYTES { "Subscriber already exists".into() } else { fits.into() })
            }
            Self::TooManyInitialisations => (4429, "Too many initialisation requests".into()),
        };
        Message::Close(Some(CloseFrame { code, reason: reason.into_owned().into() }))
    }
}
