//! The directives of route files, read strictly: an argument that is unknown, twice there or of the wrong
//! kind is a defect, never ignored.

use std::collections::HashSet;

use async_graphql::{Pos, Positioned, Value, parser::types::Directive};
use axum::http::{Method, StatusCode};
use gerbang_kernel::{error::ErrorCode, identity::TokenType};
use serde_json::{Map, Value as Json};

use super::{
    directive_arguments::Arguments,
    report::{Report, suggest},
};
use crate::model::{
    document::STANDARD,
    route::{Auth, Output},
};

/// Where the directives may stand.
pub(super) const ON_OPERATION: [&str; 2] = ["rest", "error"];
pub(super) const ON_VARIABLE: [&str; 2] = ["from", "values"];
pub(super) const ON_FIELD: [&str; 10] =
    ["spread", "omit", "required", "nullable", "page", "entries", "outcome", "values", "asSent", "id"];
pub(super) const ON_FRAGMENT: [&str; 1] = ["outcome"];

/// `@rest`
pub(super) struct Rest {
    pub(super) pos: Pos,
    pub(super) methods: Vec<Method>,
    pub(super) paths: Vec<Positioned<String>>,
    pub(super) summary: Option<String>,
    pub(super) tag: Option<(Pos, String)>,
    pub(super) position: Option<u32>,
    pub(super) status: StatusCode,
    pub(super) message: Option<String>,
    pub(super) body: Map<String, Json>,
    pub(super) footer: Map<String, Json>,
    pub(super) output: Output,
    pub(super) media: Option<String>,
    pub(super) auth: Auth,
    pub(super) tokens: Option<Vec<TokenType>>,
    pub(super) etag: bool,
    pub(super) max_age: Option<(Pos, u32)>,
    pub(super) html: bool,
}

/// `@error`
pub(super) struct ErrorRule {
    pub(super) pos: Pos,
    pub(super) codes: Vec<ErrorCode>,
    pub(super) field: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) status: Option<StatusCode>,
    pub(super) message: Option<String>,
    pub(super) body: Option<Map<String, Json>>,
    pub(super) location: Option<String>,
}

/// `@from`
pub(super) struct From {
    pub(super) pos: Pos,
    pub(super) query: Vec<String>,
    pub(super) body: Vec<String>,
    pub(super) header: Option<String>,
    pub(super) request: Option<String>,
    pub(super) number: Option<Value>,
}

/// `@outcome`
pub(super) struct Outcome {
    pub(super) status: Option<StatusCode>,
    pub(super) message: Option<String>,
}

/// The directives that may stand here, by name; others are reported. `@error` alone may be repeated.
pub(super) fn allowed<'a>(
    directives: &'a [Positioned<Directive>],
    names: &[&str],
    place: &str,
    report: &mut Report<'_>,
) -> Vec<&'a Positioned<Directive>> {
    let mut seen = HashSet::new();
    directives
        .iter()
        .filter(|directive| {
            let name = directive.node.name.node.as_str();
            if STANDARD.contains(&name) {
                return false;
            }
            if !names.contains(&name) {
                report.add(
                    directive.pos,
                    format!("`@{name}` means nothing on {place}"),
                    suggest(name, names.iter().copied()),
                );
                return false;
            }
            if name != "error" && !seen.insert(name.to_owned()) {
                report.add(directive.pos, format!("`@{name}` stands here twice"), "Keep one of them.");
                return false;
            }
            true
        })
        .collect()
}

pub(super) fn read_rest(directive: &Positioned<Directive>, report: &mut Report<'_>) -> Rest {
    const KNOWN: [&str; 16] = [
        "method", "path", "summary", "tag", "position", "status", "message", "body", "footer", "kind", "media", "auth",
        "tokens", "etag", "maxAge", "html",
    ];
    let mut arguments = Arguments::new(directive, &KNOWN, report);
    let methods = [("GET", 0), ("POST", 1), ("PUT", 2), ("PATCH", 3), ("DELETE", 4)];
    let by_index = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let chosen = arguments.words("method", &methods);
    if chosen.is_none() && directive.node.get_argument("method").is_none() {
        arguments.missing("method", "`method: GET`");
    }
    let paths = arguments.texts("path");
    if paths.is_empty() && directive.node.get_argument("path").is_none() {
        arguments.missing("path", "`path: \"/things/{id}\"`");
    }
    let output = [("JSON", Output::Json), ("FILE", Output::File), ("REDIRECT", Output::Redirect)];
    let output = arguments.word("kind", &output).unwrap_or(Output::Json);
    let default_status = if output == Output::Redirect { StatusCode::FOUND } else { StatusCode::OK };
    let auth = [("NONE", Auth::None), ("OPTIONAL", Auth::Optional), ("USER", Auth::User), ("ADMIN", Auth::Admin)];
    Rest {
        pos: directive.pos,
        methods: chosen.unwrap_or_default().into_iter().map(|index: usize| by_index[index].clone()).collect(),
        paths,
        summary: arguments.text("summary"),
        tag: directive.node.get_argument("tag").map(|tag| tag.pos).zip(arguments.text("tag")),
        position: arguments.position(),
        status: arguments.status().unwrap_or(default_status),
        message: arguments.text("message"),
        body: arguments.object("body").unwrap_or_default(),
        footer: arguments.object("footer").unwrap_or_default(),
        output,
        media: arguments.text("media"),
        auth: arguments.word("auth", &auth).unwrap_or(Auth::User),
        tokens: arguments.words("tokens", &[("JWT", TokenType::Jwt), ("SANCTUM", TokenType::Sanctum)]),
        etag: arguments.flag("etag").unwrap_or(false),
        max_age: arguments.seconds("maxAge").map(|seconds| (seconds.pos, seconds.node)),
        html: arguments.flag("html").unwrap_or(false),
    }
}

pub(super) fn read_error(directive: &Positioned<Directive>, report: &mut Report<'_>) -> ErrorRule {
    const KNOWN: [&str; 7] = ["code", "field", "rule", "status", "message", "body", "location"];
    let mut arguments = Arguments::new(directive, &KNOWN, report);
    let codes = ErrorCode::ALL.map(|code| (code.as_str(), code));
    let chosen = arguments.words("code", &codes);
    if chosen.is_none() && directive.node.get_argument("code").is_none() {
        arguments.missing("code", "`code: NOT_FOUND`");
    }
    ErrorRule {
        pos: directive.pos,
        codes: chosen.unwrap_or_default(),
        field: arguments.text("field"),
        rule: arguments.any_word("rule"),
        status: arguments.status(),
        message: arguments.text("message"),
        body: arguments.object("body"),
        location: arguments.text("location"),
    }
}

pub(super) fn read_from(directive: &Positioned<Directive>, report: &mut Report<'_>) -> From {
    let mut arguments = Arguments::new(directive, &["query", "body", "header", "request", "number"], report);
    let plain = |texts: Vec<Positioned<String>>| texts.into_iter().map(|text| text.node).collect();
    let request = [("TOKEN", "TOKEN"), ("RAW_BODY", "RAW_BODY"), ("PATH", "PATH")];
    From {
        pos: directive.pos,
        query: plain(arguments.texts("query")),
        body: plain(arguments.texts("body")),
        header: arguments.text("header"),
        request: arguments.word("request", &request).map(str::to_owned),
        number: arguments.value("number").map(|value| value.node),
    }
}

/// `@values`: the API's words and the schema's.
pub(super) fn read_values(directive: &Positioned<Directive>, report: &mut Report<'_>) -> Vec<(String, String)> {
    let mut arguments = Arguments::new(directive, &["map"], report);
    let map = |value: &Value| match value {
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .map(|(word, value)| match value {
                Value::Enum(value) => Some((word.to_string(), value.to_string())),
                _ => None,
            })
            .collect(),
        _ => None,
    };
    let words = arguments.read("map", "an object such as `{ nama: NAME }`", map).map(|value| value.node);
    if words.is_none() && directive.node.get_argument("map").is_none() {
        arguments.missing("map", "`map: { nama: NAME }`");
    }
    words.unwrap_or_default()
}

pub(super) fn read_outcome(directive: &Positioned<Directive>, report: &mut Report<'_>) -> Outcome {
    let mut arguments = Arguments::new(directive, &["status", "message"], report);
    Outcome { status: arguments.status(), message: arguments.text("message") }
}

/// `@required`: the code that stands for null.
pub(super) fn read_required(directive: &Positioned<Directive>, report: &mut Report<'_>) -> ErrorCode {
    let codes = ErrorCode::ALL.map(|code| (code.as_str(), code));
    Arguments::new(directive, &["code"], report).word("code", &codes).unwrap_or(ErrorCode::NotFound)
}

/// `@omit`: whether it applies to null only.
pub(super) fn read_omit(directive: &Positioned<Directive>, report: &mut Report<'_>) -> bool {
    let mut arguments = Arguments::new(directive, &["when"], report);
    let null = |value: &Value| {
        (*value == Value::Null || *value == Value::Enum(async_graphql::Name::new("NULL"))).then_some(())
    };
    arguments.read("when", "`NULL`", null);
    directive.node.get_argument("when").is_some()
}

/// `@entries`: the fields that become key and value.
pub(super) fn read_entries(directive: &Positioned<Directive>, report: &mut Report<'_>) -> (String, String) {
    let mut arguments = Arguments::new(directive, &["key", "value"], report);
    (
        arguments.text("key").unwrap_or_else(|| "key".to_owned()),
        arguments.text("value").unwrap_or_else(|| "value".to_owned()),
    )
}

/// `@asSent`: the variable that was sent for the field.
pub(super) fn read_as_sent(directive: &Positioned<Directive>, report: &mut Report<'_>) -> Option<String> {
    Arguments::new(directive, &["variable"], report).text("variable")
}

/// A directive without arguments.
pub(super) fn read_bare(directive: &Positioned<Directive>, report: &mut Report<'_>) {
    Arguments::new(directive, &[], report);
}
