//! Which route a path leads to, in one API or at the root that all of them share.

use std::sync::Arc;

use axum::http::{HeaderValue, Method};
use percent_encoding::percent_decode_str;

use super::{address::canonical, mounted::Mounted};
use crate::model::{dialect::Condition, variable::parameters};

/// Paths and the routes behind them.
#[derive(Default)]
pub(crate) struct PathTable {
    router: matchit::Router<usize>,
    entries: Vec<Entry>,
}

/// A path.
pub(crate) struct Entry {
    /// The path, its parameters numbered.
    pattern: String,
    pub(crate) handlers: Vec<Handler>,
}

/// A method of a path.
pub(crate) struct Handler {
    pub(crate) method: Method,
    pub(crate) mounted: Arc<Mounted>,
    /// When the handler is the right one of several.
    pub(crate) when: Condition,
    parameters: Vec<String>,
}

/// The parameters of a called path, by name.
pub(crate) type Parameters = Vec<(String, String)>;

impl PathTable {
    /// Adds a path. With `only_if_free`, nothing happens where another API has it.
    pub(crate) fn add(
        &mut self,
        base: &str,
        path: &str,
        mounted: &Arc<Mounted>,
        only_if_free: bool,
    ) -> Result<(), String> {
        let whole = canonical(&format!("{base}{path}"));
        let pattern = numbered(&whole);
        let slug = mounted.route.dialect.slug;
        let index = match self.entries.iter().position(|entry| entry.pattern == pattern) {
            Some(index)
                if only_if_free && self.entries[index].handlers.iter().any(|handler| handler.slug() != slug) =>
            {
                return Ok(());
            }
            Some(index) => index,
            None => {
                self.router.insert(pattern.clone(), self.entries.len()).map_err(|error| error.to_string())?;
                self.entries.push(Entry { pattern, handlers: Vec::new() });
                self.entries.len() - 1
            }
        };
        for method in &mounted.route.methods {
            let claims = mounted.route.dialect.claims.iter();
            let when =
                claims.filter(|claim| claim.path == whole && claim.method == *method).map(|claim| claim.when).next();
            self.entries[index].handlers.push(Handler {
                method: method.clone(),
                mounted: Arc::clone(mounted),
                when: when.unwrap_or(Condition::Otherwise),
                parameters: parameters(path).map(str::to_owned).collect(),
            });
        }
        Ok(())
    }

    /// The entry of a called path in its [`canonical`] form, with the values of its parameters.
    pub(crate) fn find(&self, path: &str) -> Option<(&Entry, Vec<String>)> {
        let found = self.router.at(path).ok()?;
        let values: Option<Vec<String>> = found
            .params
            .iter()
            .map(|(_, value)| percent_decode_str(value).decode_utf8().ok().map(std::borrow::Cow::into_owned))
            .collect();
        Some((&self.entries[*found.value], values?))
    }

    /// A handler of the API whose path comes closest to `path`. `None` if two come equally close, or none.
    pub(crate) fn closest(&self, path: &str) -> Option<&Handler> {
        let mut best: Option<(usize, &Handler)> = None;
        let mut tied = false;
        for entry in &self.entries {
            let closeness = closeness(&entry.pattern, path);
            for handler in &entry.handlers {
                match best {
                    Some((most, _)) if closeness < most => {}
                    Some((most, other)) if closeness == most => tied |= handler.slug() != other.slug(),
                    _ => (best, tied) = (Some((closeness, handler)), false),
                }
            }
        }
        best.filter(|(closeness, _)| *closeness > 0 && !tied).map(|(_, handler)| handler)
    }
}

impl Entry {
    /// The handlers for this method. HEAD goes where GET goes, unless that would change something.
    pub(crate) fn handlers_for(&self, method: &Method) -> Vec<&Handler> {
        let wanted = if *method == Method::HEAD { &Method::GET } else { method };
        self.handlers
            .iter()
            .filter(|handler| {
                handler.method == *wanted && (*method != Method::HEAD || !handler.mounted.route.is_mutation())
            })
            .collect()
    }

    /// The methods that are answered here.
    pub(crate) fn allow(&self) -> HeaderValue {
        let mut methods: Vec<&str> = Vec::new();
        for handler in &self.handlers {
            let head = handler.method == Method::GET && !handler.mounted.route.is_mutation();
            for method in std::iter::once(handler.method.as_str()).chain(head.then_some("HEAD")) {
                if !methods.contains(&method) {
                    methods.push(method);
                }
            }
        }
        HeaderValue::try_from(methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
    }
}

impl Handler {
    pub(crate) fn slug(&self) -> &'static str {
        self.mounted.route.dialect.slug
    }

    /// The values under the names that this route knows.
    pub(crate) fn parameters(&self, values: Vec<String>) -> Parameters {
        self.parameters.iter().cloned().zip(values).collect()
    }
}

/// The path with its parameters numbered, so that names don't matter: `/clients/{0}/raw`.
fn numbered(path: &str) -> String {
    let mut count = 0;
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            count += 1;
            format!("{{p{count}}}")
        } else {
            segment.to_owned()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// How alike a documented and a called path are: whole segments count most, then letters of the next one.
fn closeness(documented: &str, called: &str) -> usize {
    let mut score = 0;
    let mut called = called.split('/').skip(1);
    for segment in documented.split('/').skip(1) {
        let Some(other) = called.next() else { break };
        if segment == other || segment.starts_with('{') {
            score += 1_000;
        } else {
            score += segment.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count().min(999);
            break;
        }
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments_count_more_than_letters() {
        assert!(
            closeness("/api/v1/office/service", "/api/v1/office/x") > closeness("/api/v1/auth/x", "/api/v1/office/x")
        );
        assert!(closeness("/api/partners/{p1}", "/api/partners/3") > closeness("/api/partners", "/api/partners/3"));
        assert_eq!(closeness("/api/a", "/x"), 0);
    }
}
