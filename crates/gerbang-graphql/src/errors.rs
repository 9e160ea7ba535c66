//! How failures look on `/graphql`: `extensions.code`, and what the code needs besides.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Name, PathSegment, Pos, Response, ServerError, Value};
use gerbang_kernel::{
    error::{Error, ErrorCode, OperationCode, Violation},
    messages::Language,
};

use super::deadline::COMPLETED;

/// Puts the code and its details on every error of an answer, and hides the causes of our own faults.
///
/// The message of an `INTERNAL` error names the request, whose id is in the log beside the cause.
pub fn decorate(mut response: Response, request_id: &str) -> Response {
    for error in &mut response.errors {
        decorate_error(error, request_id);
    }
    response
}

/// One of our own failures as an error of the field at `path`.
pub fn error_of(failure: Error, pos: Option<Pos>, path: Vec<PathSegment>) -> ServerError {
    let mut error = ServerError { path, source: Some(Arc::new(failure)), ..ServerError::new("", pos) };
    decorate_error(&mut error, "");
    error
}

fn decorate_error(error: &mut ServerError, request_id: &str) {
    if error.source.is_none() {
        // The engine speaks for itself only where a value does not fit its type.
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", OperationCode::BadUserInput.as_str());
        }
        return;
    }
    let foreign = || Error::internal(error.message.clone());
    let ours = error.source::<Error>().cloned().unwrap_or_else(foreign);
    error.message = ours.message.to_string();
    let mut extensions = error.extensions.take().unwrap_or_default();
    extensions.set("code", ours.code.as_str());
    if !ours.violations.is_empty() {
        extensions.set("violations", violations(&ours));
        extensions.set("fields", fields(&ours));
    }
    if let Some(seconds) = ours.retry_after {
        extensions.set("retryAfter", seconds);
    }
    if ours.code == ErrorCode::Internal {
        log_internal(&ours, request_id);
        let completed = extensions.get(COMPLETED).cloned();
        extensions = ErrorExtensionValues::default();
        extensions.set("code", ours.code.as_str());
        if let Some(completed) = completed {
            extensions.set(COMPLETED, completed);
        }
        extensions.set("requestId", request_id);
    }
    error.extensions = Some(extensions);
}

/// Writes an unexpected failure to the log, once, with the request it belongs to.
pub fn log_internal(error: &Error, request_id: &str) {
    let cause = error.cause().map(ToString::to_string).unwrap_or_default();
    tracing::error!(request_id, cause, "a request failed unexpectedly");
}

/// What was broken and where, in the order in which it was found.
fn violations(error: &Error) -> Value {
    let of = |violation| {
        Value::Object([(Name::new("path"), name(violation).into())].into_iter().chain(entry(violation)).collect())
    };
    Value::List(error.violations.iter().map(of).collect())
}

/// The same by field: `name → [{ rule, message, example }]`.
fn fields(error: &Error) -> Value {
    let mut fields: Vec<(&str, Vec<Value>)> = Vec::new();
    for violation in &error.violations {
        let (name, entry) = (name(violation), Value::Object(entry(violation).collect()));
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, entries)) => entries.push(entry),
            None => fields.push((name, vec![entry])),
        }
    }
    Value::Object(fields.into_iter().map(|(name, entries)| (Name::new(name), Value::List(entries))).collect())
}

/// A path as clients know it: the one argument of a mutation goes without saying.
fn name(violation: &Violation) -> &str {
    violation.path.strip_prefix("input.").unwrap_or(&violation.path)
}

fn entry(violation: &Violation) -> impl Iterator<Item = (Name, Value)> {
    let rule = Value::from(violation.rule.name());
    let message = Value::from(violation.message(Language::English));
    let example = violation.example().map(|example| (Name::new("example"), Value::from(example)));
    [(Name::new("rule"), rule), (Name::new("message"), message)].into_iter().chain(example)
}
