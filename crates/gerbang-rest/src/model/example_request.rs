//! How the request of an example is sent.

use axum::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use url::form_urlencoded;

use super::{
    example::Exchange,
    input_type::Kind,
    route::Route,
    variable::{Variable, parameters},
};

/// A body on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// None.
    Empty,
    /// JSON, as it is sent.
    Json(String),
    /// A form with a file.
    Form(Vec<Part>),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its value, or what is in the file.
    pub content: String,
    /// Whether it is a file.
    pub is_file: bool,
}

impl Exchange {
    /// The method that is called.
    pub fn method(&self, route: &Route) -> Method {
        let named = self.request.method.as_deref().and_then(|name| name.parse().ok());
        named.or_else(|| route.methods.first().cloned()).unwrap_or_default()
    }

    /// The path of the route that the parameters fit, if one does.
    pub(crate) fn template<'r>(&self, route: &'r Route) -> Option<&'r str> {
        let given = &self.request.path;
        let fits = |path: &&String| {
            let mut count = 0;
            parameters(path).all(|name| {
                count += 1;
                given.contains_key(name)
            }) && count == given.len()
        };
        route.paths.iter().find(fits).map(String::as_str)
    }

    /// The path and query that are called at the root that all APIs share; where another API has the same path, under the
    /// prefix of this one.
    pub fn address(&self, route: &Route) -> String {
        let dialect = &route.dialect;
        let path = self.template(route).unwrap_or_default();
        let escaped = |segment: &str| {
            let value = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match value.and_then(|name| self.request.path.get(name)) {
                Some(value) => {
                    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string().replace("%5F", "_").replace("%2D", "-")
                }
                None => segment.to_owned(),
            }
        };
        let path = path.split('/').map(escaped).collect::<Vec<_>>().join("/");
        let path = format!("{}{path}", dialect.bases.first().copied().unwrap_or_default());
        let is_shared = dialect.claims.iter().any(|claim| claim.path == path);
        let prefix = if is_shared { format!("/{}", dialect.slug) } else { String::new() };
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.request.query).finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{prefix}{path}{mark}{query}")
    }

    /// The body that is sent.
    pub fn payload(&self, route: &Route) -> Payload {
        let Some(body) = &self.request.body else { return Payload::Empty };
        let is_file = |name: &str| {
            let named = |variable: &&Variable| variable.names().iter().any(|known| known == name);
            route.variables.iter().filter(named).any(|variable| matches!(variable.input_type.kind, Kind::Upload))
        };
        match body {
            Json::Object(fields) if fields.keys().any(|name| is_file(name)) => {
                let part = |(name, value): (&String, &Json)| Part {
                    name: name.clone(),
                    content: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                    is_file: is_file(name),
                };
                Payload::Form(fields.iter().map(part).collect())
            }
            body => Payload::Json(body.to_string()),
        }
    }
}
