//! The file beside a route that holds what the API's document shows of it, held against the route.

use std::collections::HashMap;

use async_graphql::Pos;
use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, value::RawValue};

use super::report::suggest;
use crate::{
    docs::openapi,
    model::{
        defect::{Defect, NOWHERE},
        dialect::SourceFile,
        example::{Example, Exchange, members, places},
        form::Form,
        input_type::{InputType, Kind},
        route::{Output, Route},
        variable::{Source, Variable, parameters},
    },
};

/// Headers that every route takes, or every client sends.
const COMMON_HEADERS: [&str; 5] = ["accept", "authorization", "content-type", "host", "if-none-match"];

/// A file of examples, in which mistakes have their places.
pub(super) struct Text<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) defects: Vec<Defect>,
}

/// The examples of a file, if they fit their route.
pub(super) fn read(file: &SourceFile, route: &Route) -> Result<Example, Vec<Defect>> {
    let mut text = Text { file, defects: Vec::new() };
    let example: Example = match serde_json::from_str(&file.text) {
        Ok(example) => example,
        Err(error) => {
            let remedy = "`docs/add-a-route.md` shows how an example is written.";
            let pos = Pos { line: error.line(), column: error.column() };
            text.add(if pos.line == 0 { NOWHERE } else { pos }, format!("the examples can't be read: {error}"), remedy);
            return Err(text.defects);
        }
    };
    if example.exchanges.is_empty() {
        text.at("/exchanges", "there is no exchange", "Write at least one: a `fixture`, a `request` and an `answer`.");
    }
    for (index, exchange) in example.exchanges.iter().enumerate() {
        let here = format!("/exchanges/{index}");
        request(exchange, route, &here, &mut text);
        answer(exchange, route, &here, &mut text);
    }
    if text.defects.is_empty() { Ok(example) } else { Err(text.defects) }
}

impl Text<'_> {
    fn add(&mut self, pos: Pos, problem: impl Into<String>, remedy: impl Into<String>) {
        let file = self.file.path.to_string();
        self.defects.push(Defect { file, pos, problem: problem.into(), remedy: remedy.into() });
    }

    /// Notes a mistake at a JSON pointer of the file.
    pub(super) fn at(&mut self, pointer: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        self.add(position(&self.file.text, pointer), problem, remedy);
    }
}

/// Where the value at a JSON pointer begins.
fn position(text: &str, pointer: &str) -> Pos {
    let mut value = text;
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let list = serde_json::from_str::<Vec<&RawValue>>(value).ok();
        let items = list.and_then(|items| items.get(name.parse::<usize>().ok()?).copied());
        let object = || serde_json::from_str::<HashMap<String, &RawValue>>(value).ok()?.get(&name).copied();
        match items.or_else(object) {
            Some(below) => value = below.get(),
            None => break,
        }
    }
    // What is inside of the text lies so far behind its beginning.
    let before = &text[..value.as_ptr().addr() - text.as_ptr().addr()];
    let line = before.matches('\n').count() + 1;
    Pos { line, column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1 }
}

/// What a request may bring must be what the route takes.
fn request(exchange: &Exchange, route: &Route, here: &str, text: &mut Text<'_>) {
    let request = &exchange.request;
    let here = format!("{here}/request");
    let methods: Vec<&str> = route.methods.iter().map(Method::as_str).collect();
    if let Some(method) = &request.method
        && !methods.contains(&method.as_str())
    {
        text.at(&format!("{here}/method"), format!("the route has no {method}"), suggest(method, methods));
    }
    if exchange.template(route).is_none() {
        let given: Vec<&str> = request.path.keys().map(String::as_str).collect();
        let given =
            if given.is_empty() { "no parameters".to_owned() } else { format!("the parameters {}", given.join(", ")) };
        let paths = route.paths.iter().map(|path| match parameters(path).collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => format!("`{path}` takes none"),
            names => format!("`{path}` takes {names}"),
        });
        let remedy = format!("{}.", paths.collect::<Vec<_>>().join("; "));
        text.at(&format!("{here}/path"), format!("no path of the route fits {given}"), remedy);
    }
    let variables = || route.variables.iter();
    let names = |takes: fn(&Variable) -> bool| -> Vec<&str> {
        variables().filter(|one| takes(one)).flat_map(Variable::names).map(|name| top(name)).collect()
    };
    let in_query = names(|one| matches!(one.source, Source::Query(_) | Source::Input(_)));
    for name in request.query.keys() {
        if !in_query.contains(&top(name)) {
            text.at(
                &pointer(&format!("{here}/query"), name),
                format!("the route takes no `{name}` from the query"),
                suggest(name, in_query.clone()),
            );
        }
    }
    let own_headers =
        variables().filter_map(|one| if let Source::Header(name) = &one.source { Some(name.as_str()) } else { None });
    let headers: Vec<&str> = own_headers.chain(COMMON_HEADERS).collect();
    for name in request.headers.keys() {
        if !headers.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            text.at(
                &pointer(&format!("{here}/headers"), name),
                format!("the route takes no header `{name}`"),
                suggest(name, headers.clone()),
            );
        }
    }
    let Some(body) = &request.body else { return };
    let here = format!("{here}/body");
    if variables().any(|one| one.source == Source::RawBody) {
        return;
    }
    // Some clients send the parameters of the path once more in the body.
    let in_body = names(|one| matches!(one.source, Source::Body(_) | Source::Input(_) | Source::Path(_)));
    if variables().all(|one| !matches!(one.source, Source::Body(_) | Source::Input(_) | Source::Path(_))) {
        text.at(&here, "the route takes no body", "Take it away.");
        return;
    }
    for (name, value) in members(body) {
        let here = pointer(&here, name);
        if !in_body.contains(&name.as_str()) {
            text.at(&here, format!("the route takes no field `{name}`"), suggest(name, in_body.clone()));
        }
        if let Some(variable) = variables().find(|one| one.names().contains(name)) {
            nested(&variable.input_type, value, &here, text);
        }
    }
}

/// What is inside of objects and lists must be taken, too.
fn nested(ty: &InputType, value: &Json, here: &str, text: &mut Text<'_>) {
    match (&ty.kind, value) {
        (Kind::Object(known), value) => {
            for (name, value) in members(value) {
                if let Some(member) = known.iter().find(|member| member.name == *name) {
                    nested(&member.input_type, value, &pointer(here, name), text);
                } else {
                    let remedy = suggest(name, known.iter().map(|member| member.name.as_str()));
                    text.at(&pointer(here, name), format!("the route takes no field `{name}` here"), remedy);
                }
            }
        }
        (Kind::List(item), Json::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                nested(item, value, &format!("{here}/{index}"), text);
            }
        }
        _ => {}
    }
}

/// What is answered must be something that the route can answer.
fn answer(exchange: &Exchange, route: &Route, here: &str, text: &mut Text<'_>) {
    let answer = &exchange.answer;
    let here = format!("{here}/answer");
    let statuses = openapi::statuses(route, &exchange.method(route));
    if !statuses.contains(&answer.status) {
        let all = statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        text.at(
            &format!("{here}/status"),
            format!("the route never answers {}", answer.status),
            format!("It answers {all}."),
        );
        return;
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or_default();
    match (&answer.body, openapi::success(route, status)) {
        (Some(body), Some(schema)) if route.output == Output::Json => {
            for (at, problem) in openapi::misfits(&schema, body) {
                text.at(
                    &format!("{here}/body{at}"),
                    problem,
                    "A success has what the route's file selects, in that order.",
                );
            }
        }
        (Some(_), Some(_)) => {
            text.at(&format!("{here}/body"), "a success of this route is not JSON", "Take the body away.");
        }
        (None, Some(_)) if route.output == Output::Json => {
            text.at(&here, "the answer has no body", "Write what the document shows.");
        }
        _ => {}
    }
    let body = answer.body.clone().unwrap_or_default();
    for (at, form) in &answer.any {
        let here = pointer(&format!("{here}/any"), at);
        let is_header = answer.headers.contains_key(at);
        if !is_header && (!at.starts_with('/') || places(&body, at).is_empty()) {
            text.at(&here, format!("nothing is at `{at}`"), "Name a place in the body, or one of the headers.");
        } else if *form == Form::More
            && !places(&body, at).iter().all(|at| body.pointer(at).is_some_and(Json::is_array))
        {
            text.at(&here, format!("`{at}` is no list"), "Only a list may hold more than is shown.");
        }
    }
}

/// The name without what leads into it.
fn top(name: &str) -> &str {
    name.split(['.', '[']).next().unwrap_or_default()
}

fn pointer(here: &str, name: &str) -> String {
    format!("{here}/{}", name.replace('~', "~0").replace('/', "~1"))
}
