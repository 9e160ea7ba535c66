//! How failures look on `/graphql`: `extensions.code`, and what the code needs besides.

use async_graphql::{ErrorExtensionValues, Name, Response, ServerError, Value};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    messages::Language,
};

use super::deadline::COMPLETED;

/// Apollo's name for a value that does not fit the type it is for.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";

/// Puts the code and its details on every error of an answer, and hides the causes of our own faults.
///
/// The message of an `INTERNAL` error names the request, whose id is in the log beside the cause.
pub fn decorate(mut response: Response, request_id: &str) -> Response {
    for error in &mut response.errors {
        decorate_error(error, request_id);
    }
    response
}

fn decorate_error(error: &mut ServerError, request_id: &str) {
    if error.source.is_none() {
        // The engine speaks for itself only where a value does not fit its type.
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", BAD_USER_INPUT);
        }
        return;
    }
    let foreign = || Error::internal(error.message.clone());
    let ours = error.source::<Error>().cloned().unwrap_or_else(foreign);
    error.message = ours.message.to_string();
    let mut extensions = error.extensions.take().unwrap_or_default();
    extensions.set("code", ours.code.as_str());
    if !ours.violations.is_empty() {
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

/// `name → [{ rule, message }]` in the order in which the violations were found.
fn fields(error: &Error) -> Value {
    let mut fields: Vec<(&str, Vec<Value>)> = Vec::new();
    for violation in &error.violations {
        let name = violation.path.strip_prefix("input.").unwrap_or(&violation.path);
        let entry = Value::Object(
            [
                (Name::new("rule"), Value::from(violation.rule.name())),
                (Name::new("message"), Value::from(violation.message(Language::English))),
            ]
            .into_iter()
            .collect(),
        );
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, entries)) => entries.push(entry),
            None => fields.push((name, vec![entry])),
        }
    }
    Value::Object(fields.into_iter().map(|(name, entries)| (Name::new(name), Value::List(entries))).collect())
}
