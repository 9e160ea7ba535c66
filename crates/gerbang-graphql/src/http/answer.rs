//! The result of a request, as it goes out.

use async_graphql::Value;
use axum::{http::StatusCode, response::Response};
use gerbang_kernel::error::ErrorCode;

use super::{
    format::Format,
    refusal::{Refusal, body},
};
use crate::json;

/// What came of one operation.
#[derive(Debug)]
pub(super) enum Answer {
    /// It was run: there is `data`, even if it is null.
    Run(Box<async_graphql::Response>),
    /// It was not.
    Refused(Refusal),
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<async_graphql::Response> for Answer {
    fn from(response: async_graphql::Response) -> Self {
        Self::Run(Box::new(response))
    }
}

impl Answer {
    /// Whether it was run and failed because something is exhausted for the moment.
    pub(super) fn is_unavailable(&self) -> bool {
        let Self::Run(response) = self else { return false };
        let unavailable = Value::from(ErrorCode::Unavailable.as_str());
        let codes = response.errors.iter().filter_map(|error| error.extensions.as_ref()?.get("code"));
        codes.into_iter().any(|code| *code == unavailable)
    }

    /// As JSON.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Writes it as JSON.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let response = match self {
            Self::Run(response) => response,
            Self::Refused(refusal) => return json::plain(out, &refusal.body()),
        };
        let async_graphql::Response { errors, data, extensions, .. } = &**response;
        out.push(b'{');
        if !errors.is_empty() {
            out.extend_from_slice(br#""errors":"#);
            json::plain(out, errors);
            out.push(b',');
        }
        out.extend_from_slice(br#""data":"#);
        json::write(out, data);
        if !extensions.is_empty() {
            out.extend_from_slice(br#","extensions":"#);
            json::plain(out, extensions);
        }
        out.push(b'}');
    }

    /// As the whole body of an HTTP answer.
    pub(super) fn into_response(self, format: Format) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(format),
            Self::Run(_) => body(StatusCode::OK, format, self.to_json()),
        }
    }
}

/// The answers of a batch, in order. Each carries its own errors, so the whole is 200.
pub(super) fn batch(answers: &[Answer], format: Format) -> Response {
    let mut out = vec![b'['];
    for (index, answer) in answers.iter().enumerate() {
        json::separate(&mut out, index);
        answer.write(&mut out);
    }
    out.push(b']');
    body(StatusCode::OK, format, out)
}
