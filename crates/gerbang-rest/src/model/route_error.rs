//! From a failure to its answer.
//!
//! A route's own `@error` lines are tried first, in the order of the file; what they leave open the
//! dialect's total table says.

use async_graphql::Pos;
use axum::http::StatusCode;
use gerbang_kernel::error::ErrorCode;
use serde_json::{Map, Value as Json};

use super::{
    dialect::Dialect,
    failure::{Answer, Failure},
    settings::Settings,
};

/// The placeholders that every answer may hold.
const CONSTANTS: [&str; 2] = ["app_url", "public_url"];
/// The placeholder for the seconds to wait.
const RETRY_AFTER: &str = "retryAfter";

/// A route's own answer to a failure.
#[derive(Clone, Debug)]
pub struct RouteError {
    /// The failures it answers.
    pub codes: Vec<ErrorCode>,
    /// Only where the field with this legacy name broke a rule.
    pub field: Option<String>,
    /// Only where this rule was broken.
    pub rule: Option<String>,
    /// The status, where it is not the dialect's.
    pub status: Option<StatusCode>,
    /// The message, where it is not the dialect's.
    pub message: Option<String>,
    /// The whole body, where it is not the dialect's.
    pub body: Option<Map<String, Json>>,
    /// Where the client is redirected.
    pub location: Option<String>,
    pub(crate) pos: Pos,
}

impl RouteError {
    fn applies(&self, failure: &Failure) -> bool {
        let special = self.field.is_some() || self.rule.is_some();
        self.codes.contains(&failure.code)
            && (!special
                || failure.violations.iter().any(|violation| {
                    self.field.as_ref().is_none_or(|field| violation.field == *field)
                        && self.rule.as_ref().is_none_or(|rule| violation.rule.name() == rule)
                }))
    }

    /// The status of the answer to a failure, where these are a route's `own`.
    pub(crate) fn status(failure: &Failure, dialect: &Dialect, own: &[Self]) -> StatusCode {
        let own = own.iter().find(|own| own.applies(failure)).and_then(|own| own.status);
        own.unwrap_or_else(|| (dialect.answer)(failure).status)
    }

    /// Whether everything that `later` answers for `code` is answered by this one already.
    pub(crate) fn hides(&self, later: &Self, code: ErrorCode) -> bool {
        self.codes.contains(&code)
            && (self.field.is_none() || self.field == later.field)
            && (self.rule.is_none() || self.rule == later.rule)
    }

    /// The placeholders that nothing fills, where this answers `code`.
    pub(crate) fn unfillable(&self) -> Vec<String> {
        let waits = self.codes.iter().all(|code| matches!(code, ErrorCode::RateLimited | ErrorCode::Unavailable));
        let mut unknown = Vec::new();
        let mut check = |text: &str| {
            placeholders(text, |name| {
                let known = CONSTANTS.contains(&name) || (waits && name == RETRY_AFTER);
                if !known {
                    unknown.push(name.to_owned());
                }
            });
        };
        self.message.iter().chain(&self.location).for_each(|text| check(text));
        self.body.iter().flat_map(Map::values).for_each(|value| each_text(value, &mut check));
        unknown
    }
}

/// A failure's answer and where it redirects, if it does.
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) location: Option<String>,
}

impl Reply {
    /// The answer of `dialect` to a failure, and what the first of a route's `own` answers that applies says over it.
    pub(crate) fn to(failure: &Failure, dialect: &Dialect, own: &[RouteError], settings: &Settings) -> Self {
        let mut answer = (dialect.answer)(failure);
        let Some(own) = own.iter().find(|own| own.applies(failure)) else {
            return Self { answer, location: None };
        };
        let filled = |text: &str| fill(text, failure, settings);
        if let Some(status) = own.status {
            answer.status = status;
        }
        if let Some(message) = &own.message {
            answer.body.insert("message".to_owned(), filled(message));
        }
        if let Some(body) = &own.body {
            answer.body = body.iter().map(|(key, value)| (key.clone(), map_texts(value, &filled))).collect();
        }
        let location = own.location.as_deref().map(|location| match filled(location) {
            Json::String(location) => location,
            other => other.to_string(),
        });
        Self { answer, location }
    }
}

/// The text with its placeholders filled. A text that is one placeholder becomes the value itself.
fn fill(text: &str, failure: &Failure, settings: &Settings) -> Json {
    let value = |name: &str| match name {
        "app_url" => Some(Json::String(settings.app_url.clone())),
        "public_url" => Some(Json::String(settings.public_url.clone())),
        RETRY_AFTER => failure.retry_after.map(Json::from),
        _ => None,
    };
    if let Some(value) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).and_then(value) {
        return value;
    }
    let mut filled = text.to_owned();
    placeholders(text, |name| {
        if let Some(value) = value(name) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            filled = filled.replace(&format!("{{{name}}}"), &value);
        }
    });
    Json::String(filled)
}

fn placeholders(text: &str, mut each: impl FnMut(&str)) {
    let mut rest = text;
    while let Some((_, opened)) = rest.split_once('{') {
        let Some((name, after)) = opened.split_once('}') else { return };
        each(name);
        rest = after;
    }
}

fn each_text(value: &Json, each: &mut impl FnMut(&str)) {
    match value {
        Json::String(text) => each(text),
        Json::Array(items) => items.iter().for_each(|item| each_text(item, each)),
        Json::Object(members) => members.values().for_each(|member| each_text(member, each)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn map_texts(value: &Json, map: &impl Fn(&str) -> Json) -> Json {
    match value {
        Json::String(text) => map(text),
        Json::Array(items) => items.iter().map(|item| map_texts(item, map)).collect(),
        Json::Object(members) => members.iter().map(|(key, member)| (key.clone(), map_texts(member, map))).collect(),
        other => other.clone(),
    }
}
