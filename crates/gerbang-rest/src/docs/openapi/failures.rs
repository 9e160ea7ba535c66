//! The answers to failures: which can occur on a route, and what each looks like.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use gerbang_kernel::error::{ErrorCode, Rule};
use heck::ToUpperCamelCase;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::{output::any_of, samples::schema_of};
use crate::model::{
    dialect::Dialect,
    failure::{Failure, FieldViolation},
    input_type::Kind,
    plan::{Content, Plan},
    route::Route,
    settings::Settings,
};

/// The failures that a request with this method may end with.
pub(super) fn codes(route: &Route, method: &Method) -> BTreeSet<ErrorCode> {
    let mut codes: BTreeSet<ErrorCode> = route.failures().collect();
    // An operator may close any route; a query may have a thousand fields, or text that no database stores.
    codes.extend([ErrorCode::Gone, ErrorCode::BadRequest, ErrorCode::Unavailable, ErrorCode::Internal]);
    if route.reads_body(method) {
        codes.extend([ErrorCode::PayloadTooLarge, ErrorCode::UnsupportedMediaType]);
    }
    described_codes(&route.plan, &mut codes);
    codes
}

/// The codes that the descriptions of fields name: a field of the schema says there how it can fail.
fn described_codes(plan: &Plan, codes: &mut BTreeSet<ErrorCode>) {
    for step in &plan.steps {
        let errors = step.description.as_deref().and_then(|text| text.split_once("Errors:"));
        let words = errors.iter().flat_map(|(_, errors)| errors.split('`'));
        codes.extend(words.filter_map(ErrorCode::parse));
        if let Content::Object(below) | Content::Page(below) = &step.content {
            described_codes(below, codes);
        }
    }
}

/// Failures of one kind, different enough to show what changes in their answers.
fn samples(code: ErrorCode, fields: &[String]) -> Vec<Failure> {
    let plain = Failure::from(code);
    match code {
        ErrorCode::ValidationFailed => {
            let rules = [Rule::Required, Rule::Taken, Rule::Format, Rule::MaxLength(255)];
            let broken = |field: &String, rule: &Rule| FieldViolation { field: field.clone(), rule: rule.clone() };
            let one = |field: &String, rule: &Rule| Failure { violations: vec![broken(field, rule)], ..plain.clone() };
            let singles = fields.iter().flat_map(|field| rules.iter().map(move |rule| one(field, rule)));
            let several = rules.iter().map(|rule| Failure {
                violations: fields.iter().map(|field| broken(field, rule)).collect(),
                ..plain.clone()
            });
            singles.chain(several.filter(|failure| !failure.violations.is_empty())).collect()
        }
        ErrorCode::RateLimited | ErrorCode::Unavailable => {
            [60, 7].map(|seconds| Failure { retry_after: Some(seconds), ..plain.clone() }).into()
        }
        _ => vec![plain],
    }
}

/// The same as a route may meet them.
pub(super) fn samples_of(route: &Route, code: ErrorCode) -> Vec<Failure> {
    samples(code, &fields(route))
}

/// An answer to failures of one kind.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) schema: Json,
    pub(super) example: Json,
    /// Whether it redirects, so that the body is a page for people.
    pub(super) redirects: bool,
}

/// What an API answers where no route says otherwise, by code and status: the schemas in `components`.
pub(super) fn default_errors(dialect: &Dialect) -> IndexMap<(ErrorCode, StatusCode), (String, Json)> {
    let fields = ["first", "second.0.third"].map(str::to_owned);
    let mut default_errors = IndexMap::new();
    for code in ErrorCode::ALL {
        let mut by_status: IndexMap<StatusCode, Vec<Json>> = IndexMap::new();
        for failure in samples(code, &fields) {
            let answer = (dialect.answer)(&failure);
            by_status.entry(answer.status).or_default().push(answer.body.into());
        }
        let several = by_status.len() > 1;
        for (status, bodies) in by_status {
            let name = code.as_str().to_upper_camel_case();
            let name = if several { format!("{name}{}", status.as_u16()) } else { name };
            default_errors.insert((code, status), (name, schema_of(&bodies)));
        }
    }
    default_errors
}

/// The refusals of a route by status.
pub(super) fn refusals(
    route: &Route,
    method: &Method,
    default_errors: &IndexMap<(ErrorCode, StatusCode), (String, Json)>,
    settings: &Settings,
) -> IndexMap<StatusCode, Vec<Refusal>> {
    let mut refusals: IndexMap<StatusCode, Vec<Refusal>> = IndexMap::new();
    for code in codes(route, method) {
        let mut own: IndexMap<(StatusCode, bool), Vec<Json>> = IndexMap::new();
        for failure in samples_of(route, code) {
            let reply = route.reply(&failure, settings);
            let (status, body) = (reply.answer.status, Json::from(reply.answer.body));
            let is_default = (route.dialect.answer)(&failure).body == *body.as_object().unwrap_or(&Map::new());
            match default_errors.get(&(code, status)) {
                Some((name, _)) if is_default && reply.location.is_none() => {
                    let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
                    let known = refusals.entry(status).or_default();
                    if !known.iter().any(|known| known.schema == schema) {
                        known.push(Refusal { code, schema, example: body, redirects: false });
                    }
                }
                _ => own.entry((status, reply.location.is_some())).or_default().push(body),
            }
        }
        for ((status, redirects), bodies) in own {
            let example = bodies.first().cloned().unwrap_or_default();
            refusals.entry(status).or_default().push(Refusal { code, schema: schema_of(&bodies), example, redirects });
        }
    }
    refusals.sort_keys();
    refusals
}

/// The names under which values can be wrong.
fn fields(route: &Route) -> Vec<String> {
    let named = route.variables.iter().filter(|variable| variable.paging.is_none());
    let mut fields = Vec::new();
    for variable in named {
        fields.extend(variable.names().iter().cloned());
        if let Kind::List(_) | Kind::Object(_) = variable.input_type.kind {
            fields.push(format!("{}.0", variable.names()[0]));
        }
    }
    fields
}

/// The schema of several refusals of one status.
pub(super) fn schema(refusals: &[Refusal]) -> Json {
    any_of(refusals.iter().map(|refusal| refusal.schema.clone()).collect())
}

/// What a code means to somebody who reads a reference.
pub(super) fn meaning(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Unauthenticated => "No token, one that is not valid here, or wrong credentials",
        ErrorCode::Forbidden => "Not allowed to this user",
        ErrorCode::NotFound => "Not there, or not for this user",
        ErrorCode::ResultNotFound => "No result yet",
        ErrorCode::ValidationFailed => "A value breaks a rule",
        ErrorCode::InvalidCode => "The code is wrong, used up or expired",
        ErrorCode::InvalidToken => "The token is wrong, used up or expired",
        ErrorCode::AlreadyConfirmed => "Confirmed already",
        ErrorCode::Gone => "Closed for good; `Link` leads to what replaces it",
        ErrorCode::RateLimited => "Too many requests; `Retry-After` says when to come back",
        ErrorCode::BadRequest => "The request can't be read",
        ErrorCode::MethodNotAllowed => "Another method",
        ErrorCode::PayloadTooLarge => "The body or a file is too large",
        ErrorCode::UnsupportedMediaType => "The body is of a media type that is not taken",
        ErrorCode::Unavailable => "Busy; `Retry-After` says when to come back",
        ErrorCode::Internal => "A fault of the server",
    }
}
