//! The result of a request, as it goes out.

use std::collections::BTreeMap;

use async_graphql::{ServerError, Value};
use axum::{http::StatusCode, response::Response};
use gerbang_kernel::error::ErrorCode;
use serde::{Serialize, Serializer};

use super::{
    format::Format,
    refusal::{Refusal, json},
};

/// What came of one operation.
#[derive(Debug)]
pub(super) enum Answer {
    /// It was run: there is `data`, even if it is null.
    Run(Box<async_graphql::Response>),
    /// It was not.
    Refused(Refusal),
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    data: &'a Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Run(response) => {
                let async_graphql::Response { errors, data, extensions, .. } = &**response;
                Body { errors, data, extensions }.serialize(serializer)
            }
            Self::Refused(refusal) => refusal.body().serialize(serializer),
        }
    }
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

    /// As the whole body of an HTTP answer.
    pub(super) fn into_response(self, format: Format) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(format),
            Self::Run(_) => json(StatusCode::OK, format, &self),
        }
    }
}

/// The answers of a batch, in order. Each carries its own errors, so the whole is 200.
pub(super) fn batch(answers: &[Answer], format: Format) -> Response {
    json(StatusCode::OK, format, &answers)
}
