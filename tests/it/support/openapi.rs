//! The OpenAPI documents as the judge of what is answered: every answer of a legacy route in the tests must be one that
//! its document allows.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::http::{Method, StatusCode};
use gerbang::{
    apis::{self, settings::legacy_settings},
    config::Config,
    http::routes::routes,
};
use gerbang_kernel::clock::Clock;
use gerbang_rest::{Content, MatchedRoute, Plan, Route, openapi};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::{app::test_config, protocol::Reply};

/// The documents by slug, as a server with the tests' settings has them.
static DOCUMENTS: LazyLock<HashMap<&'static str, Value>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    documents(&test_config(folder.path()))
});

/// Every route that is served.
pub(crate) static ROUTES: LazyLock<Vec<Route>> =
    LazyLock::new(|| routes().unwrap_or_else(|defects| panic!("{defects:#?}")).to_vec());

/// Compiled schemas by their place in the document of an API.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The documents with these settings.
pub(crate) fn documents(config: &Config) -> HashMap<&'static str, Value> {
    let settings = legacy_settings(config, Clock::system());
    let routes: Vec<&Route> = ROUTES.iter().collect();
    let document = |dialect: gerbang_rest::Dialect| {
        (dialect.slug, openapi::document(&dialect, &routes, &gerbang_rest::DeclaredRules, &settings))
    };
    apis::all().into_iter().map(document).collect()
}

/// The document of an API.
pub(crate) fn document(slug: &str) -> &'static Value {
    &DOCUMENTS[slug]
}

/// The operations of a route in its document: each method and path.
pub(crate) fn operations(slug: &str, operation: &str) -> Vec<(Method, &'static Value)> {
    let paths = document(slug)["paths"].as_object().unwrap();
    let methods = paths.values().flat_map(|item| item.as_object().unwrap());
    let is_meant = |described: &Value| {
        let id = described["operationId"].as_str().unwrap();
        id.strip_prefix(operation).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    methods
        .filter(|(_, described)| is_meant(described))
        .map(|(method, described)| (method.to_uppercase().parse().unwrap(), described))
        .collect()
}

/// What of `value` a schema of the document does not allow.
pub(crate) fn violations(slug: &str, schema: &Value, value: &Value, formats: bool) -> Vec<String> {
    let key = format!("{slug} {formats} {schema}");
    let known = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let whole = json!({ "components": document(slug)["components"], "allOf": [schema] });
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(formats)
            .build(&whole)
            .unwrap_or_else(|error| panic!("a schema of {slug} is none: {error}"));
        let validator = Arc::new(validator);
        VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&validator));
        validator
    });
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Whether an answer has the members that the API's own document shows, in the same order, all the way down.
fn has_members_of(shown: &Value, answer: &Value) -> bool {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            shown.keys().eq(answer.keys())
                && shown.values().zip(answer.values()).all(|(shown, answer)| has_members_of(shown, answer))
        }
        (Value::Array(shown), Value::Array(answer)) => {
            shown.first().is_none_or(|shown| answer.iter().all(|answer| has_members_of(shown, answer)))
        }
        _ => true,
    }
}

/// Whether the names of members are data, such as those of settings.
fn has_open_members(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| match &step.content {
        Content::Entries { .. } => true,
        Content::Object(below) | Content::Page(below) => has_open_members(below),
        Content::Leaf(_) => false,
    })
}

/// Fails if the API's own document shows another success than this.
#[track_caller]
fn is_as_shown(operation: &str, reply: &Reply) {
    let Some(route) = ROUTES.iter().find(|route| route.operation == operation) else { return };
    let example = route.example.iter().filter(|_| reply.status.is_success() && !has_open_members(&route.plan));
    let shown: Vec<&Value> = example
        .flat_map(|example| &example.exchanges)
        .filter(|shown| shown.answer.status == reply.status.as_u16())
        .filter_map(|shown| shown.answer.body.as_ref())
        .collect();
    let fits = shown.is_empty() || shown.iter().any(|shown| has_members_of(shown, &reply.body));
    assert!(fits, "the document shows another answer of {operation}: {shown:#?}\n{reply:?}");
}

/// Fails unless the document of the route that gave this answer allows it.
#[track_caller]
pub(crate) fn allows(method: &Method, reply: &Reply) {
    let Some(MatchedRoute { api, operation, .. }) = &reply.matched else { return };
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let of_route = operations(api, operation);
    let described = of_route.iter().find(|(known, _)| known == method);
    let (_, described) = described.unwrap_or_else(|| panic!("{operation} has no {method} in the document of {api}"));
    let response = &described["responses"][reply.status.as_str()];
    assert!(response.is_object(), "the document of {api} knows no {} of {operation}: {reply:?}", reply.status);
    for header in [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "retry-after",
        "etag",
        "location",
        "deprecation",
        "sunset",
        "link",
    ] {
        let named = |known: &String| known.eq_ignore_ascii_case(header);
        let is_described = response["headers"].as_object().is_some_and(|headers| headers.keys().any(named));
        assert!(
            is_described || !reply.headers.contains_key(header),
            "the document of {api} knows no {header} of {operation}: {reply:?}"
        );
    }
    let content = &response["content"];
    if reply.status == StatusCode::NOT_MODIFIED {
        assert!(content.is_null(), "304 has no body: {response:#}");
        return;
    }
    let kind = reply.header("content-type").split(';').next().unwrap_or_default();
    let media = content.get(kind).or_else(|| content.get("*/*"));
    let media = media.unwrap_or_else(|| panic!("the document of {api} knows no {kind} of {operation}: {reply:?}"));
    if kind == "application/json" && !reply.text.is_empty() {
        is_as_shown(operation, reply);
        let wrong = violations(api, &media["schema"], &reply.body, true);
        assert!(
            wrong.is_empty(),
            "the document of {api} does not allow this answer of {operation}: {wrong:#?}\n{reply:?}"
        );
    }
}
