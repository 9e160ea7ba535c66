//! Requests that are answered without running anything.

use async_graphql::{ErrorExtensionValues, ServerError};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use gerbang_kernel::error::{ErrorCode, OperationCode};
use serde::Serialize;

use super::format::Format;
use crate::json::plain;

/// Why nothing was run. The answer has `errors` and no `data`.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) kind: Kind,
    pub(super) errors: Vec<ServerError>,
}

/// What the refusal is about, which decides status and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The request could not be read as a GraphQL request.
    Malformed,
    /// The document could not be parsed.
    Syntax,
    /// The document does not fit the schema, or asks for too much.
    Validation,
    /// The request does not say which operation of the document it means.
    Operation,
    /// The variables do not fit the operation.
    Variables,
    /// Something in an input is malformed.
    Input,
    /// The hash is not known; the client sends the document next.
    NotPersisted,
    /// No trusted document has this id.
    UnknownDocument,
    /// The document is none of those that the operator trusts.
    NotTrusted,
    /// Anything but a query by GET.
    Method,
    /// Nothing that the client accepts can be answered.
    NotAcceptable,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is of another type than JSON (or multipart where files are taken).
    MediaType,
    /// The operation took too long and was stopped.
    TimedOut,
    /// The answer became too large and was cut off.
    AnswerTooLarge,
    /// No more connections are taken at the moment.
    Busy,
    /// The client's address has all that one may have.
    Share,
    /// Who began it is logged out, or may do something else now.
    Revoked,
    /// A token was sent that is not valid (any more).
    DeadToken,
}

impl Kind {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Malformed | Self::NotAcceptable => ErrorCode::BadRequest.as_str(),
            Self::Syntax => OperationCode::ParseFailed.as_str(),
            Self::Validation => OperationCode::ValidationFailed.as_str(),
            Self::Operation => OperationCode::Unresolved.as_str(),
            Self::Variables => OperationCode::BadUserInput.as_str(),
            Self::Input => ErrorCode::ValidationFailed.as_str(),
            Self::NotPersisted => OperationCode::PersistedQueryNotFound.as_str(),
            Self::UnknownDocument => OperationCode::DocumentNotFound.as_str(),
            Self::NotTrusted => OperationCode::DocumentNotTrusted.as_str(),
            Self::Method => ErrorCode::MethodNotAllowed.as_str(),
            Self::TooLarge => ErrorCode::PayloadTooLarge.as_str(),
            Self::MediaType => ErrorCode::UnsupportedMediaType.as_str(),
            Self::TimedOut => OperationCode::Timeout.as_str(),
            Self::AnswerTooLarge => OperationCode::ResponseTooLarge.as_str(),
            Self::Busy => ErrorCode::Unavailable.as_str(),
            Self::Share => ErrorCode::RateLimited.as_str(),
            Self::Revoked | Self::DeadToken => ErrorCode::Unauthenticated.as_str(),
        }
    }

    const fn status(self, format: Format) -> StatusCode {
        match self {
            Self::Syntax
            | Self::Validation
            | Self::Operation
            | Self::Variables
            | Self::Input
            | Self::UnknownDocument
            | Self::NotTrusted
            | Self::AnswerTooLarge => match format {
                Format::Json => StatusCode::OK,
                Format::GraphqlResponse => StatusCode::BAD_REQUEST,
            },
            Self::NotPersisted => StatusCode::OK,
            Self::DeadToken => match format {
                Format::Json => StatusCode::OK,
                Format::GraphqlResponse => StatusCode::UNAUTHORIZED,
            },
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TimedOut | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Share => StatusCode::TOO_MANY_REQUESTS,
            Self::Revoked => StatusCode::UNAUTHORIZED,
        }
    }
}

impl Refusal {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self::from_errors(kind, vec![ServerError::new(message, None)])
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(Kind::Malformed, message)
    }

    /// That the document does not fit the schema, or asks for too much.
    pub(super) fn invalid(error: ServerError) -> Self {
        Self::from_errors(Kind::Validation, vec![error])
    }

    /// A token could not be looked up, which says nothing about it.
    pub(super) fn unknown_caller() -> Self {
        Self::new(Kind::Busy, "Who you are can't be looked up at the moment. Try again.")
    }

    /// Going on as nobody would answer another question than the one that was asked.
    pub(super) fn dead_token() -> Self {
        Self::new(
            Kind::DeadToken,
            "Your token is not valid (any more). Get another one, or send none for what everybody may ask.",
        )
    }

    /// Puts the code on every error that has none yet.
    pub(super) fn from_errors(kind: Kind, mut errors: Vec<ServerError>) -> Self {
        for error in &mut errors {
            let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
            if extensions.get("code").is_none() {
                extensions.set("code", kind.code());
            }
        }
        Self { kind, errors }
    }

    pub(super) fn status(&self, format: Format) -> StatusCode {
        self.kind.status(format)
    }

    pub(super) fn into_response(self, format: Format) -> Response {
        let mut json = Vec::new();
        plain(&mut json, &self.body());
        let mut response = body(self.status(format), format, json);
        let headers = response.headers_mut();
        match self.kind {
            Kind::Method => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Kind::Busy | Kind::Share => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Kind::DeadToken => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
            }
            _ => {}
        }
        response
    }

    pub(super) fn body(&self) -> RefusalBody<'_> {
        RefusalBody { errors: &self.errors }
    }
}

#[derive(Serialize)]
pub(super) struct RefusalBody<'a> {
    errors: &'a [ServerError],
}

/// A body of JSON in `format`.
pub(super) fn body(status: StatusCode, format: Format, json: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, format.content_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, must-revalidate"));
    response
}
