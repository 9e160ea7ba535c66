//! A route as it was loaded: everything that binding, running and rendering need, decided at the start.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use axum::http::{HeaderValue, Method, StatusCode};
use gerbang_graphql::print::Printed;
use gerbang_kernel::identity::TokenType;
use serde_json::{Map, Value as Json};

use super::{
    dialect::Dialect,
    document::without_added,
    example::Example,
    failure::Failure,
    plan::Plan,
    route_error::{Reply, RouteError},
    settings::Settings,
    variable::{Input, Place, Source, Variable},
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
    /// What the API's document calls it.
    pub summary: Option<String>,
    /// The section of the API's document that it stands in.
    pub tag: Option<String>,
    /// Its place in that section, from 1.
    pub position: Option<u32>,
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
    /// For how many seconds whoever stands in between may keep its answer.
    pub max_age: Option<u32>,
    /// Whether a browser that asks for HTML is shown the message of an answer as a page.
    pub html: bool,
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

impl Route {
    /// The documented path, with parameters in braces.
    pub fn documented_path(&self) -> String {
        let base = self.dialect.bases.first().copied().unwrap_or_default();
        let path = self.paths.first().map_or("", String::as_str);
        format!("{base}{path}")
    }

    /// The answer to a failure.
    pub(crate) fn reply(&self, failure: &Failure, settings: &Settings) -> Reply {
        Reply::to(failure, &self.dialect, &self.errors, settings)
    }

    /// The status of the answer to a failure.
    pub(crate) fn status_of(&self, failure: &Failure) -> StatusCode {
        RouteError::status(failure, &self.dialect, &self.errors)
    }

    /// Who may keep its answer and for how long, where the file says so.
    pub(crate) fn cache_control(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("public, max-age={}", self.max_age?)).ok()
    }

    /// Where the API's document has it: the number of its section, then its place there. What has none stands behind.
    pub(crate) fn place_in_document(&self) -> (usize, u32) {
        let section = self.dialect.sections.iter().position(|section| self.tag.as_deref() == Some(section));
        (section.unwrap_or(usize::MAX), self.position.unwrap_or(u32::MAX))
    }

    /// The name of its file, without the folder and the extension.
    pub fn stem(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".graphql")
    }

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
            Source::Body(_) | Source::RawBody => true,
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
