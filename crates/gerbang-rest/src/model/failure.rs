//! What went wrong, and how an API answers it.

use axum::http::StatusCode;
use gerbang_kernel::{
    error::{Error, ErrorCode, Rule},
    messages::{Language, violation_message},
};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

/// What went wrong, in the names of the route.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The kind of failure.
    pub code: ErrorCode,
    /// The broken rules, in the order of the route's variables.
    pub violations: Vec<FieldViolation>,
    /// Seconds to wait.
    pub retry_after: Option<u64>,
}

/// A broken rule and the legacy name of the field that broke it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// The field's name in the legacy API; dotted inside lists and objects.
    pub field: String,
    /// What was broken.
    pub rule: Rule,
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self { code, violations: Vec::new(), retry_after: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: error.code, violations: Vec::new(), retry_after: error.retry_after }
    }
}

impl Failure {
    /// Every message by field, as Laravel and its imitators show them.
    pub fn messages(&self, rule_message: fn(&Rule, &str) -> String) -> Json {
        let mut fields: IndexMap<&str, Vec<String>> = IndexMap::new();
        for FieldViolation { field, rule } in &self.violations {
            fields.entry(field).or_default().push(rule_message(rule, field));
        }
        json!(fields)
    }
}

/// The message about a broken rule as Laravel 8 has it in English.
pub fn english_message(rule: &Rule, field: &str) -> String {
    violation_message(Language::English, rule, field)
}

/// A failure as the API answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The members of the JSON body.
    pub body: Map<String, Json>,
}

impl Answer {
    /// An answer that only says something.
    pub fn message(status: StatusCode, message: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("message".to_owned(), Json::String(message.into()));
        Self { status, body }
    }

    /// The same with another member.
    #[must_use]
    pub fn with(mut self, key: &str, value: Json) -> Self {
        self.body.insert(key.to_owned(), value);
        self
    }
}
