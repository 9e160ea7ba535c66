//! Whether a body is what the document says of a route's answers, in words for who wrote the body.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::Value as Json;

use super::{
    failures::{self, samples_of},
    output,
    samples::kind,
};
use crate::model::route::{Output, Route};

/// Every status that a route may answer with to this method.
pub(crate) fn statuses(route: &Route, method: &Method) -> BTreeSet<u16> {
    let mut statuses: BTreeSet<u16> = output::successes(route).keys().map(StatusCode::as_u16).collect();
    if route.etag || route.output == Output::File {
        statuses.insert(StatusCode::NOT_MODIFIED.as_u16());
    }
    for code in failures::codes(route, method) {
        statuses.extend(samples_of(route, code).iter().map(|failure| route.status_of(failure).as_u16()));
    }
    statuses
}

/// The schema of a success with this status, if there is one.
pub(crate) fn success(route: &Route, status: StatusCode) -> Option<Json> {
    output::successes(route).get(&status).map(|messages| output::body(route, messages))
}

/// Where, by JSON pointer, a value is not what a schema says, and how.
pub(crate) fn misfits(schema: &Json, value: &Json) -> Vec<(String, String)> {
    let mut found = Vec::new();
    compare(schema, value, String::new(), &mut found);
    found
}

fn compare(schema: &Json, value: &Json, at: String, found: &mut Vec<(String, String)>) {
    if let Some(choices) = schema["anyOf"].as_array() {
        let tried = choices.iter().map(|choice| {
            let mut found = Vec::new();
            compare(choice, value, at.clone(), &mut found);
            found
        });
        found.extend(tried.min_by_key(Vec::len).unwrap_or_default());
        return;
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::Array(types) => types.iter().filter_map(Json::as_str).collect(),
        only => only.as_str().into_iter().collect(),
    };
    let is = kind(value);
    if !types.is_empty() && !types.contains(&is) {
        found.push((at, format!("the route answers {} here, and no {is}", types.join(" or "))));
        return;
    }
    let is_allowed = |words: &Json| words.as_array().is_none_or(|words| words.contains(value));
    if !is_allowed(&schema["enum"]) || schema.get("const").is_some_and(|constant| constant != value) {
        found.push((at.clone(), format!("the route never answers {value} here")));
    }
    if let (Json::Array(items), Some(schema)) = (value, schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            compare(schema, item, format!("{at}/{index}"), found);
        }
    }
    let (Json::Object(members), Some(known)) = (value, schema["properties"].as_object()) else { return };
    for (name, member) in members {
        let below = format!("{at}/{name}");
        match known.get(name).or_else(|| Some(&schema["additionalProperties"]).filter(|open| open.is_object())) {
            Some(schema) => compare(schema, member, below, found),
            None => found.push((below, format!("the route does not show `{name}`"))),
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if !members.contains_key(name) {
            found.push((at.clone(), format!("the answer lacks `{name}`")));
        }
    }
    let in_order = known.keys().filter(|name| members.contains_key(*name));
    let shown = members.keys().filter(|name| known.contains_key(*name));
    if let Some((wanted, name)) = in_order.zip(shown).find(|(wanted, name)| wanted != name) {
        found.push((format!("{at}/{name}"), format!("`{wanted}` comes before `{name}` in the route")));
    }
}
