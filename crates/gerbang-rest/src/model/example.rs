//! What the API's document shows of a route: requests, and the answers to them.
//!
//! The values are the document's own. What of an answer can't be known beforehand is listed beside it, by place and form
//! ([`Form`]), so that the body stays as the document shows it.

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{dialect::Dialect, form::Form};

/// The examples of a route.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Routes of the same API whose examples come first, by the stems of their files: these need what those leave behind.
    #[serde(default)]
    pub after: Vec<String>,
    /// One or more requests with their answers. The first of each status is what the document shows.
    pub exchanges: Vec<Exchange>,
}

/// A request and its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What others of the API call it that are sent with the token it is answered with.
    pub name: Option<String>,
    /// The state of the server in which it is so answered.
    pub fixture: String,
    /// When it is sent, where the answer tells.
    pub at: Option<DateTime<Utc>>,
    /// The exchange whose token it is sent with, by name.
    #[serde(rename = "as")]
    pub sender: Option<String>,
    /// The token it is sent with, as the fixture calls it, where no exchange is answered with one.
    pub token: Option<String>,
    /// What the answer may cost.
    pub budget: Option<Budget>,
    /// What is sent.
    #[serde(default)]
    pub request: Request,
    /// What is answered.
    pub answer: ShownAnswer,
}

/// What an answer may cost at most: who makes it dearer has to say so here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// SQL statements, the look-up of the token among them.
    pub statements: u64,
    /// Bytes of the body.
    pub bytes: usize,
}

/// What is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method, where the route has several; else its first.
    pub method: Option<String>,
    /// The parameters of the path.
    #[serde(default)]
    pub path: IndexMap<String, String>,
    /// The query.
    #[serde(default)]
    pub query: IndexMap<String, String>,
    /// Headers that matter.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// The body. Where the route takes a file, its fields become a form, and the text of that field the file.
    pub body: Option<Json>,
}

/// What is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers that matter. `{app_url}` and `{public_url}` are filled in.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// The JSON body, if it is JSON.
    pub body: Option<Json>,
    /// What may be different from what is shown as long as it has a form: JSON pointers of the body (`*` is each item of a
    /// list or each member of an object) or names of headers.
    #[serde(default)]
    pub any: IndexMap<String, Form>,
}

/// The places in a body that a pointer with `*` means.
pub(crate) fn places(body: &Json, pointer: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for segment in pointer.split('/').skip(1) {
        let below = |at: String| -> Vec<String> {
            let keys: Vec<String> = match (segment, body.pointer(&at)) {
                ("*", Some(Json::Array(items))) => (0..items.len()).map(|index| index.to_string()).collect(),
                ("*", Some(Json::Object(members))) => {
                    members.keys().map(|key| key.replace('~', "~0").replace('/', "~1")).collect()
                }
                _ => vec![segment.to_owned()],
            };
            keys.into_iter().map(|key| format!("{at}/{key}")).filter(|at| body.pointer(at).is_some()).collect()
        };
        found = found.into_iter().flat_map(below).collect();
    }
    found
}

impl ShownAnswer {
    /// Where the body holds a token, if it does.
    pub fn token(&self) -> Option<&str> {
        self.any.iter().find(|(_, form)| **form == Form::Token).map(|(at, _)| at.as_str())
    }

    /// The body with what came in the place of all that may be different.
    ///
    /// # Errors
    /// What came, but does not have the form that it must have.
    pub fn filled(&self, came: &Json, dialect: &Dialect) -> Result<Json, Vec<String>> {
        let mut filled = self.body.clone().unwrap_or_default();
        let mut wrong = Vec::new();
        // What may be more is so before anything in it is looked at.
        let (more, others): (Vec<_>, Vec<_>) = self.any.iter().partition(|(_, form)| **form == Form::More);
        for (pointer, form) in more.into_iter().chain(others).filter(|(pointer, _)| pointer.starts_with('/')) {
            for at in places(&filled, pointer) {
                let Some(value) = came.pointer(&at) else { continue };
                let Some(shown) = filled.pointer_mut(&at) else { continue };
                if !form.fits(value, dialect) {
                    wrong.push(format!("{at} is not of the form {form:?}: {value}"));
                } else if let (Form::More, Json::Array(items), Json::Array(shown)) = (form, value, &mut *shown) {
                    let first = shown.first().cloned().unwrap_or_default();
                    let rest: Vec<Json> = items.iter().skip(shown.len()).cloned().collect();
                    let strange = rest.iter().filter(|item| !has_members_of(&first, item));
                    wrong.extend(strange.map(|item| format!("{at} holds something else: {item}")));
                    shown.extend(rest);
                } else {
                    *shown = value.clone();
                }
            }
        }
        if wrong.is_empty() { Ok(filled) } else { Err(wrong) }
    }
}

/// Whether a value has the members of another, in the same order, all the way down.
fn has_members_of(shown: &Json, value: &Json) -> bool {
    match (shown, value) {
        (Json::Object(shown), Json::Object(value)) => {
            shown.keys().eq(value.keys())
                && shown.values().zip(value.values()).all(|(shown, value)| has_members_of(shown, value))
        }
        _ => true,
    }
}

/// The members of an object, or none.
pub(crate) fn members(value: &Json) -> impl Iterator<Item = (&String, &Json)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
