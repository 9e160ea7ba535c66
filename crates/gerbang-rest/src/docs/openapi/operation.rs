//! One operation of the document: a route under one of its methods and paths.

use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use gerbang_kernel::{error::ErrorCode, identity::TokenType};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::{
    context::{BEARER, Context, scheme},
    failures::{self, Refusal, meaning, refusals},
    input::{self, Input},
    output,
};
use crate::model::{
    route::{Auth, Output, Route},
    sunset::Sunset,
};

/// The operation of `route` at a method and a path.
pub(super) fn operation(context: &Context<'_>, route: &Route, method: &Method, path: &str, id: &str) -> Json {
    let Input { parameters, body, token } = input::read(route, method, path, context.rules);
    let mut operation = Map::new();
    let mut add = |key: &str, value: Json| operation.insert(key.to_owned(), value);
    add("operationId", id.into());
    if let Some(tag) = &route.tag {
        add("tags", json!([tag]));
    }
    let sunset = context.settings.sunset_of(route.dialect.slug, &route.operation);
    let has_ended = sunset.has_ended(context.settings.clock.now());
    let (summary, said) = words(route);
    add("summary", summary.into());
    let description: Vec<String> = end(sunset, has_ended).into_iter().chain(said).collect();
    if !description.is_empty() {
        add("description", description.join("\n\n").into());
    }
    if sunset.is_announced() {
        add("deprecated", true.into());
    }
    add("security", security(route, token));
    if !parameters.is_empty() {
        add("parameters", parameters.into());
    }
    if let Some(body) = body {
        add("requestBody", body);
    }
    add("responses", responses(context, route, method, has_ended));
    if let Some(replacement) = context.settings.replacement(&route.operation) {
        let words = "The GraphQL operation that replaces this route";
        add("externalDocs", json!({ "description": words, "url": replacement }));
    }
    Json::Object(operation)
}

/// What the route is called, and what is said about it. What its API's document calls it is enough: the schema speaks to
/// those who write operations.
fn words(route: &Route) -> (String, Option<String>) {
    if let Some(summary) = &route.summary {
        return (summary.clone(), None);
    }
    let texts = route.plan.steps.iter().filter_map(|step| step.description.as_deref());
    let text = texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(" ");
    let first = text.split_inclusive(". ").next().unwrap_or_default().trim().trim_end_matches('.');
    (first.to_owned(), Some(text))
}

/// What was decided about the route's end.
fn end(sunset: Sunset, has_ended: bool) -> Option<String> {
    let day = |at: DateTime<Utc>| at.format("%-d %B %Y").to_string();
    if has_ended {
        let since = sunset.sunset.map(|at| format!(" since {}", day(at))).unwrap_or_default();
        return Some(format!("**Closed{since}.** It answers 410; `Link` leads to what replaces it."));
    }
    let since = sunset.deprecated.map(|at| format!("**Deprecated since {}.**", day(at)));
    let until = sunset.sunset.map(|at| format!("**It ends on {}** (UTC) and answers 410 from then on.", day(at)));
    let words: Vec<String> = since.into_iter().chain(until).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn security(route: &Route, token: bool) -> Json {
    let kinds =
        |tokens: &[TokenType]| -> Vec<Json> { tokens.iter().map(|token| json!({ scheme(*token): [] })).collect() };
    match route.auth {
        _ if token => json!([{ BEARER: [] }]),
        Auth::None => json!([]),
        Auth::Optional => std::iter::once(json!({})).chain(kinds(&route.tokens)).collect(),
        Auth::User | Auth::Admin => kinds(&route.tokens).into(),
    }
}

/// A response in the making.
#[derive(Default)]
struct Response {
    description: Vec<String>,
    content: Map<String, Json>,
    headers: Map<String, Json>,
}

impl Response {
    fn header(&mut self, name: &str) {
        let reference = json!({ "$ref": format!("#/components/headers/{name}") });
        self.headers.insert(name.to_owned(), reference);
    }

    fn into_json(self) -> Json {
        let mut response = json!({ "description": self.description.join(". ") });
        if !self.headers.is_empty() {
            response["headers"] = self.headers.into();
        }
        if !self.content.is_empty() {
            response["content"] = self.content.into();
        }
        response
    }
}

fn responses(context: &Context<'_>, route: &Route, method: &Method, has_ended: bool) -> Json {
    let mut responses: IndexMap<StatusCode, Response> = IndexMap::new();
    let successes = if has_ended { IndexMap::new() } else { output::successes(route) };
    for (status, messages) in successes {
        let response = responses.entry(status).or_default();
        response.description.push("Success".to_owned());
        match route.output {
            Output::Json => {
                let mut media = json!({ "schema": output::body(route, &messages) });
                if let Some(examples) = documented(route, status) {
                    media["examples"] = examples.into();
                }
                response.content.insert("application/json".to_owned(), media);
                if route.html {
                    response.content.insert("text/html".to_owned(), page());
                }
            }
            Output::File => {
                let media = route.media.as_deref().unwrap_or("*/*");
                let schema = json!({ "schema": { "type": "string", "format": "binary" } });
                response.content.insert(media.to_owned(), schema);
                response.header("Content-Disposition");
            }
            Output::Redirect => redirects(response),
        }
        if route.etag || route.output == Output::File {
            response.header("ETag");
        }
    }
    if !has_ended && *method == Method::GET && (route.etag || route.output == Output::File) {
        let unchanged = responses.entry(StatusCode::NOT_MODIFIED).or_default();
        unchanged.description.push("The client has it already".to_owned());
        unchanged.header("ETag");
    }
    for (status, mut refusals) in refusals(route, method, context.default_errors, context.settings) {
        refusals.retain(|refusal| !has_ended || refusal.code == ErrorCode::Gone);
        if refusals.is_empty() {
            continue;
        }
        refuse(responses.entry(status).or_default(), route, status, &refusals);
    }
    for (status, response) in &mut responses {
        for name in ["Link", "Deprecation", "Sunset"] {
            response.header(name);
        }
        if !route.dialect.limits.is_empty() {
            response.header("X-RateLimit-Limit");
            response.header("X-RateLimit-Remaining");
        }
        if matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response.header("Retry-After");
        }
    }
    responses.sort_keys();
    let responses = responses.into_iter().map(|(status, response)| (status.as_str().to_owned(), response.into_json()));
    Json::Object(responses.collect())
}

/// What is shown to people.
fn page() -> Json {
    json!({ "schema": { "type": "string" } })
}

/// A small page, for those who don't follow the `Location`.
fn redirects(response: &mut Response) {
    response.content.insert("text/html".to_owned(), page());
    response.header("Location");
}

fn refuse(response: &mut Response, route: &Route, status: StatusCode, refusals: &[Refusal]) {
    for refusal in refusals {
        let meaning = meaning(refusal.code).to_owned();
        if !response.description.contains(&meaning) {
            response.description.push(meaning);
        }
    }
    let (redirecting, plain): (Vec<Refusal>, Vec<Refusal>) =
        refusals.iter().cloned().partition(|refusal| refusal.redirects);
    if !redirecting.is_empty() {
        redirects(response);
    }
    if plain.is_empty() {
        return;
    }
    if route.html {
        response.content.insert("text/html".to_owned(), page());
    }
    let mut examples = documented(route, status).unwrap_or_default();
    for refusal in &plain {
        examples.insert(refusal.code.to_string(), json!({ "value": refusal.example }));
    }
    let schema = failures::schema(&plain);
    match response.content.get_mut("application/json") {
        // A success with the status of a failure.
        Some(media) => media["schema"] = output::any_of(vec![media["schema"].take(), schema]),
        None => {
            response.content.insert("application/json".to_owned(), json!({ "schema": schema, "examples": examples }));
        }
    }
}

/// What the examples show for this status, the API's own document first.
fn documented(route: &Route, status: StatusCode) -> Option<Map<String, Json>> {
    let mut bodies: Vec<&Json> = Vec::new();
    let exchanges = route.example.iter().flat_map(|example| &example.exchanges);
    let answers = exchanges.map(|exchange| &exchange.answer).filter(|answer| answer.status == status.as_u16());
    for body in answers.filter_map(|answer| answer.body.as_ref()) {
        if !bodies.contains(&body) {
            bodies.push(body);
        }
    }
    let name = |index: usize| if index == 0 { "example".to_owned() } else { format!("example_{}", index + 1) };
    let examples = bodies.iter().enumerate().map(|(index, body)| (name(index), json!({ "value": body })));
    let examples: Map<String, Json> = examples.collect();
    (!examples.is_empty()).then_some(examples)
}
