//! From the errors of an operation to one failure: which of several speaks, and under which names.

use async_graphql::{ServerError, Value};
use gerbang_kernel::error::{Error, ErrorCode};

use crate::model::{
    failure::{Failure, FieldViolation},
    route::Route,
};

impl Route {
    /// The failure that stands for all errors of an operation: by precedence of the codes, then in
    /// document order. What is our fault goes to the log.
    pub(crate) fn failure(&self, errors: &[ServerError], names: &[String]) -> Failure {
        let mut chosen: Option<Error> = None;
        for error in errors {
            let Some(known) = error.source().cloned().or_else(|| coded(error)) else {
                self.log_fault(&error.message, None);
                continue;
            };
            if known.code == ErrorCode::Internal {
                self.log_fault(&known.message, known.cause());
            }
            if chosen.as_ref().is_none_or(|chosen| known.code < chosen.code) {
                chosen = Some(known);
            }
        }
        chosen.map_or_else(|| ErrorCode::Internal.into(), |error| self.named(&error, names))
    }

    /// The failure with its violations under the names that the client knows.
    pub(crate) fn named(&self, error: &Error, names: &[String]) -> Failure {
        let mut violations: Vec<(usize, FieldViolation)> = Vec::with_capacity(error.violations.len());
        for violation in &error.violations {
            let Some((variable, below)) = self.variable_at(&violation.path) else {
                self.log_fault(&format!("the violation at `{}` has no legacy name", violation.path), None);
                return ErrorCode::Internal.into();
            };
            let field = format!("{}{below}", names[variable]);
            violations.push((variable, FieldViolation { field, rule: violation.rule.clone() }));
        }
        violations.sort_by_key(|(variable, _)| *variable);
        Failure {
            code: error.code,
            violations: violations.into_iter().map(|(_, violation)| violation).collect(),
            retry_after: error.retry_after,
        }
    }

    /// Writes down a fault of ours; the request's id stands in the span around it.
    pub(crate) fn log_fault(&self, message: &str, cause: Option<&(dyn std::error::Error + Send + Sync)>) {
        tracing::error!(
            api = self.dialect.slug,
            operation = self.operation,
            cause = cause.map(tracing::field::display),
            "a legacy route failed: {message}"
        );
    }
}

/// The failure that a schema which does not know our [`Error`] names: one of our codes as `code` of the extensions, as
/// clients of GraphQL expect it.
fn coded(error: &ServerError) -> Option<Error> {
    let code = match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => ErrorCode::parse(code),
        _ => None,
    };
    Some(Error::new(code?, error.message.clone()))
}
