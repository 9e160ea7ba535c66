//! What the operator decides.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use gerbang_graphql::constants::Constants;
use gerbang_kernel::clock::Clock;
use serde_json::json;

use super::{
    notice::{Notice, PLAIN},
    sunset::Sunset,
};

/// What the shim needs to know beside the routes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the outside reaches this server, without a slash at the end.
    pub public_url: String,
    /// The page that shows the GraphQL operation named in its query (`?operation=`), if there is one: each answer links to
    /// what replaces its route there.
    pub explorer: Option<String>,
    /// The page where readers of references find everything else, if there is one.
    pub home: Option<String>,
    /// Where the web application lives, without a slash at the end.
    pub app_url: String,
    /// Whether documented paths also answer without a host name or prefix of their API.
    pub shared_root: bool,
    /// The hosts of APIs by slug; an API that is not named has its documented ones.
    pub hosts: BTreeMap<String, Vec<String>>,
    /// Whole paths at which operations answer besides their own, at every host: (operation, path).
    pub paths: Vec<(String, String)>,
    /// What was decided about the end of an API (by slug) or of a single operation (by its name, which goes first).
    pub sunsets: BTreeMap<String, Sunset>,
    /// Tells whether a closing date has passed.
    pub clock: Clock,
    /// How much a request may bring.
    pub limits: Limits,
    /// Multiplies how often callers may ask.
    pub scale: u32,
    /// What of the schema is constant: answers that are made of nothing else are kept until it changes.
    pub constants: Constants,
    /// What browsers show where a route answers people; [`PLAIN`](super::notice::PLAIN) where nothing else is wanted.
    pub notice: fn(&Notice<'_>) -> Response,
    /// What is answered where no API is responsible; [`NOT_FOUND`] where nothing else is wanted.
    pub not_found: fn(&Parts) -> Response,
}

/// 404 with a sentence.
pub const NOT_FOUND: fn(&Parts) -> Response =
    |_| (StatusCode::NOT_FOUND, Json(json!({ "message": "Not found." }))).into_response();

impl Settings {
    /// The usual ones for a server that the outside reaches at this URL, the web application included: nothing ends, the
    /// shared root answers, and a request may bring what [`Limits::default`] says.
    pub fn new(public_url: impl Into<String>) -> Self {
        let public_url = public_url.into();
        Self {
            app_url: public_url.clone(),
            public_url,
            explorer: None,
            home: None,
            shared_root: true,
            hosts: BTreeMap::new(),
            paths: Vec::new(),
            sunsets: BTreeMap::new(),
            clock: Clock::system(),
            limits: Limits::default(),
            scale: 1,
            constants: Constants::default(),
            notice: PLAIN,
            not_found: NOT_FOUND,
        }
    }

    /// The page that shows this operation.
    pub(crate) fn replacement(&self, operation: &str) -> Option<String> {
        self.explorer.as_ref().map(|explorer| format!("{explorer}?operation={operation}"))
    }

    /// What was decided about the end of this operation of an API; of two decisions on one matter the narrower counts.
    pub(crate) fn sunset_of(&self, api: &str, operation: &str) -> Sunset {
        let of = |key: &str| self.sunsets.get(key).copied().unwrap_or_default();
        let (own, api) = (of(operation), of(api));
        Sunset {
            deprecated: own.deprecated.or(api.deprecated),
            sunset: own.sunset.or(api.sunset),
            closed: own.closed || api.closed,
        }
    }
}

/// How much a request may bring.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a body, files not counted.
    pub body: usize,
    /// Bytes of one file.
    pub file: u64,
}

/// 1 MiB, files not counted, and files of 10 MiB.
impl Default for Limits {
    fn default() -> Self {
        Self { body: 1024 * 1024, file: 10 * 1024 * 1024 }
    }
}
