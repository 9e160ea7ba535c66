//! The OpenAPI 3.1 document of an API, from its route files and its dialect alone.
//!
//! Nothing in it is written by hand: bodies come from the selections, rules from the functions that judge requests, errors
//! from the answers that the dialect and the routes give, words from the schema's descriptions, examples from the files
//! beside the routes. The document is plain JSON values: no crate's types know all of 3.1's schemas.

mod context;
mod failures;
mod fit;
mod input;
mod operation;
mod output;
mod rules;
mod samples;

use std::collections::BTreeSet;

use axum::http::Method;
use gerbang_kernel::identity::TokenType;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

pub(crate) use self::fit::{misfits, statuses, success};
use self::{
    context::{BEARER, Context, scheme},
    operation::operation,
};
use crate::model::{dialect::Dialect, route::Route, rules::InputRules, settings::Settings, variable::Source};

/// The document of one API with these routes; those of other APIs are left out.
pub fn document(dialect: &Dialect, routes: &[&Route], rules: &dyn InputRules, settings: &Settings) -> Json {
    let mut routes: Vec<&Route> = routes.iter().copied().filter(|route| route.dialect.slug == dialect.slug).collect();
    routes.sort_by_key(|route| route.place_in_document());
    let default_errors = failures::default_errors(dialect);
    let context = Context { rules, settings, default_errors: &default_errors };
    let mut paths: IndexMap<&str, Map<String, Json>> = IndexMap::new();
    for route in &routes {
        for (id, method, path) in operations(route) {
            let item = paths.entry(path).or_default();
            item.insert(method.as_str().to_lowercase(), operation(&context, route, method, path, &id));
        }
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": dialect.title,
            "version": env!("CARGO_PKG_VERSION"),
            "description": description(dialect, settings),
        },
        "servers": servers(dialect, settings),
        "tags": dialect.sections.iter().map(|section| json!({ "name": section })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": default_errors.values().map(|(name, schema)| (name.clone(), schema.clone())).collect::<Map<_, _>>(),
            "headers": headers(),
            "securitySchemes": security_schemes(&routes),
        },
    })
}

fn description(dialect: &Dialect, settings: &Settings) -> String {
    let title = dialect.title;
    if settings.explorer.is_none() {
        return format!("{title}, as it has always answered. Each route is a view of a GraphQL schema.");
    }
    format!(
        "{title}, as it has always answered. Each route is a view of the GraphQL schema at <{}/graphql>; the `Link` of every \
         answer leads to the operation that replaces it.",
        settings.public_url
    )
}

/// Each method and path of a route, under an id of its own.
fn operations(route: &Route) -> Vec<(String, &Method, &str)> {
    let all = route.paths.iter().flat_map(|path| route.methods.iter().map(move |method| (method, path.as_str())));
    all.enumerate()
        .map(|(index, (method, path))| {
            let id = if index == 0 { route.operation.clone() } else { format!("{}{}", route.operation, index + 1) };
            (id, method, path)
        })
        .collect()
}

/// Where the API answers: under its prefix, and at its hosts.
fn servers(dialect: &Dialect, settings: &Settings) -> Json {
    let documented = || dialect.hosts.iter().map(|host| (*host).to_owned()).collect();
    let hosts: Vec<String> = settings.hosts.get(dialect.slug).cloned().unwrap_or_else(documented);
    let server = |url: String| json!({ "url": url });
    let mut servers = Vec::new();
    for base in dialect.bases {
        servers.push(server(format!("{}/{}{base}", settings.public_url, dialect.slug)));
        servers.extend(hosts.iter().map(|host| server(format!("https://{host}{base}"))));
    }
    servers.into()
}

fn security_schemes(routes: &[&Route]) -> Json {
    let mut schemes = Map::new();
    let used: BTreeSet<&str> = routes.iter().flat_map(|route| &route.tokens).map(|token| scheme(*token)).collect();
    for (token, format, words) in [
        (TokenType::Jwt, "JWT", "A JSON Web Token, as the log-in gives it."),
        (TokenType::Sanctum, "{id}|{secret}", "A Sanctum-style token, as the log-in gives it."),
    ] {
        if used.contains(scheme(token)) {
            let bearer = json!({ "type": "http", "scheme": "bearer", "bearerFormat": format, "description": words });
            schemes.insert(scheme(token).to_owned(), bearer);
        }
    }
    let takes_token = |route: &&Route| route.variables.iter().any(|variable| variable.source == Source::Token);
    if routes.iter().any(takes_token) {
        let words = "A token that an earlier answer gave for this purpose; it may have expired.";
        schemes.insert(BEARER.to_owned(), json!({ "type": "http", "scheme": "bearer", "description": words }));
    }
    schemes.into()
}

fn headers() -> Json {
    let header = |words: &str, ty: &str| json!({ "description": words, "schema": { "type": ty } });
    json!({
        "Link": header("The GraphQL operation that replaces the route, as `rel=\"alternate\"`.", "string"),
        "Deprecation": header("Since when the route is deprecated, once that is decided: `@` and Unix seconds (RFC 9745).", "string"),
        "Sunset": header("When the route will be switched off, once that is decided, as an HTTP date (RFC 8594).", "string"),
        "Retry-After": header("Seconds to wait.", "integer"),
        "X-RateLimit-Limit": header("Requests in the window.", "integer"),
        "X-RateLimit-Remaining": header("Requests that are left in the window.", "integer"),
        "ETag": header("The version of the content, for `If-None-Match`.", "string"),
        "Location": header("Where to go.", "string"),
        "Content-Disposition": header("An attachment with its file name.", "string"),
    })
}
