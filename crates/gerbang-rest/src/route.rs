//! A route as it was loaded: everything that binding, running and rendering need, decided at the start.

use std::sync::Arc;

use async_graphql::{
    Value,
    parser::types::{ExecutableDocument, OperationType, Type},
};
use axum::http::{Method, StatusCode};
use gerbang_graphql::print::Printed;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    bind::InputType,
    dialect::{Dialect, TokenType},
    document::without_added,
    error::RouteError,
    render::Plan,
};

/// One legacy route: a file that was read and found right.
#[derive(Clone, Debug)]
pub struct Route {
    /// The API it belongs to.
    pub dialect: Arc<Dialect>,
    /// The file it was read from.
    pub file: String,
    /// The name of its operation.
    pub operation: String,
    /// Whether it reads or changes.
    pub kind: OperationType,
    /// The methods it answers.
    pub methods: Vec<Method>,
    /// Its paths below the API's base, with parameters in braces.
    pub paths: Vec<String>,
    /// The section of the API's document that it stands in.
    pub tag: Option<String>,
    /// The status of a success.
    pub status: StatusCode,
    /// The message of a success.
    pub message: Option<String>,
    /// Constant members of the body of a success, in front of the operation's.
    pub body: Map<String, Json>,
    /// Constant members behind them.
    pub footer: Map<String, Json>,
    /// What kind of answer a success is.
    pub output: Output,
    /// The media type of a file, where it is always the same.
    pub media: Option<String>,
    /// Who may call it.
    pub auth: Auth,
    /// The kinds of token it takes.
    pub tokens: Vec<TokenType>,
    /// Whether it answers with an `ETag` and to `If-None-Match`.
    pub etag: bool,
    /// What it takes from a request, in the order of the file.
    pub variables: Vec<Variable>,
    /// Its own answers to failures, which lie over the dialect's.
    pub errors: Vec<RouteError>,
    /// How its answer is made of the operation's.
    pub plan: Plan,
    /// The operation without our directives, as it is executed.
    pub document: ExecutableDocument,
    /// Where each variable goes in the arguments, which is how violations find their legacy names.
    pub(crate) places: Vec<Place>,
    /// The input objects in the arguments, for the rules that can be checked on a part of them.
    pub(crate) inputs: Vec<Input>,
    /// What the API's document shows of it.
    pub example: Option<Example>,
}

/// What the API's document shows of a route, word for word.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The body of a request.
    pub request: Option<Json>,
    /// The bodies of answers.
    #[serde(default)]
    pub responses: Vec<Documented>,
}

/// An answer in the API's document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documented {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Json,
}

/// What kind of answer a route gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A JSON object.
    Json,
    /// The bytes of one `File`.
    File,
    /// A redirect to `location`.
    Redirect,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Everybody; tokens are not looked at.
    None,
    /// Everybody; a valid token shows more.
    Optional,
    /// Users of the realm.
    User,
    /// Admins of the realm.
    Admin,
}

/// What a route takes from a request under one name.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// Its GraphQL type.
    pub ty: Type,
    /// What values it takes.
    pub input_type: InputType,
    /// Where it comes from.
    pub source: Source,
    /// Whether the operation gives a default.
    pub has_default: bool,
    /// The list that a bare number stands for, with `VALUE` in its place.
    pub number: Option<Value>,
    /// Whether it is a page's number or size, which are read leniently.
    pub paging: Option<PagingRole>,
    /// What the schema says about where it goes.
    pub description: Option<String>,
}

impl Variable {
    /// The names under which a client may send it; the first is how it is called in errors.
    pub fn names(&self) -> &[String] {
        match &self.source {
            Source::Input(names) | Source::Query(names) | Source::Body(names) => names,
            Source::Form(field) => std::slice::from_ref(field),
            Source::Path(_) | Source::Header(_) | Source::Token | Source::RawBody | Source::RequestPath => {
                std::slice::from_ref(&self.name)
            }
        }
    }

    /// Whether leading and trailing blanks belong to the value: to secrets, and to what may be signed.
    pub fn is_verbatim(&self) -> bool {
        self.name.contains("password") || matches!(self.source, Source::Header(_) | Source::RequestPath)
    }

    /// Whether a request without it is refused.
    pub fn is_required(&self) -> bool {
        !self.ty.nullable && !self.has_default
    }
}

/// Where a variable comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The parameter of the path with this name.
    Path(String),
    /// The query for GET; the body, then the query, for the other methods. Dots lead into objects.
    Input(Vec<String>),
    /// The query.
    Query(Vec<String>),
    /// The body. Dots lead into objects.
    Body(Vec<String>),
    /// The form in which this field of the body was sent: `text`, `number`, `boolean`, `list` or `object`.
    Form(String),
    /// A header.
    Header(String),
    /// The bearer token itself.
    Token,
    /// The bytes of the body, not parsed.
    RawBody,
    /// The path as it was called.
    RequestPath,
}

/// What a variable means to a paginated list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingRole {
    /// The page's number.
    Number,
    /// The rows on a page.
    Size,
}

/// Where a variable stands in the arguments.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The path as the domain names it, such as `input.birthPlace`.
    pub(crate) path: String,
    /// The index of the variable.
    pub(crate) variable: usize,
}

/// An input object among the arguments.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// Its type.
    pub(crate) ty: String,
    /// Its literal, with variables.
    pub(crate) template: async_graphql_value::Value,
}

impl Route {
    /// Whether it changes something, so that HEAD must not run it.
    pub fn is_mutation(&self) -> bool {
        self.kind == OperationType::Mutation
    }

    /// The operation that replaces the route in GraphQL, without our directives.
    pub fn operation_text(&self) -> String {
        Printed(&without_added(self.document.clone())).to_string()
    }

    /// Whether the body of a request with this method is looked at.
    pub fn reads_body(&self, method: &Method) -> bool {
        self.variables.iter().any(|variable| match variable.source {
            Source::Body(_) | Source::Form(_) | Source::RawBody => true,
            Source::Input(_) => *method != Method::GET && *method != Method::HEAD,
            Source::Path(_) | Source::Query(_) | Source::Header(_) | Source::Token | Source::RequestPath => false,
        })
    }

    /// The variable at this place of the arguments and what of the path lies below it.
    pub(crate) fn variable_at<'p>(&self, path: &'p str) -> Option<(usize, &'p str)> {
        self.places
            .iter()
            .filter_map(|place| {
                let rest = path.strip_prefix(place.path.as_str())?;
                (rest.is_empty() || rest.starts_with('.')).then_some((place.path.len(), place.variable, rest))
            })
            .max_by_key(|(length, ..)| *length)
            .map(|(_, variable, rest)| (variable, rest))
    }
}

/// The names of the parameters in a path.
pub(crate) fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
