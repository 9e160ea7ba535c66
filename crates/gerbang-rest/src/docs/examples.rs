//! The examples of an API: in the order in which they build on each other, and as lines for a shell.

use axum::http::{Method, StatusCode};
use indexmap::IndexMap;

use crate::model::{
    dialect::Dialect,
    example::Exchange,
    example_request::Payload,
    route::{Output, Route},
};

/// The exchanges of an API's routes: as they stand in its document, but each route behind those that it comes `after`.
pub fn in_order<'r>(dialect: &Dialect, routes: &'r [Route]) -> Vec<(&'r Route, &'r Exchange)> {
    let mut left: Vec<&Route> = routes.iter().filter(|route| route.dialect.slug == dialect.slug).collect();
    left.sort_by_key(|route| route.place_in_document());
    let mut exchanges = Vec::new();
    while !left.is_empty() {
        let waits = |route: &Route| {
            let mut after = route.example.iter().flat_map(|example| &example.after);
            after.any(|stem| left.iter().any(|other| other.stem() == stem))
        };
        // Of a circle the first goes first.
        let next = left.iter().position(|route| !waits(route)).unwrap_or_default();
        let route = left.remove(next);
        exchanges.extend(route.example.iter().flat_map(|example| &example.exchanges).map(|exchange| (route, exchange)));
    }
    exchanges
}

/// A shell script that sends the examples of one fixture to the server at `url`. In front of each line stands what the
/// answer's status is, where the server has just begun in that state.
pub fn script(dialect: &Dialect, routes: &[Route], fixture: &str, url: &str) -> String {
    let all = in_order(dialect, routes);
    let here = || all.iter().filter(|(_, exchange)| exchange.fixture == fixture);
    let mut text =
        format!("# Examples of {} at {url}, in the order in which they build on each other.\n", dialect.title);
    let mut line = |words: String| text.extend([words.as_str(), "\n"]);
    let named: IndexMap<&str, _> = here().filter_map(|one| Some((one.1.name.as_deref()?, one))).collect();
    for (name, (route, exchange)) in &named {
        let is_used = here().any(|(_, other)| other.sender.as_deref() == Some(*name));
        let key = exchange.answer.token().and_then(|at| at.rsplit('/').next()).filter(|_| is_used);
        if let Some(key) = key {
            let find = quoted(&format!(r#"s/.*"{key}":"\([^"]*\)".*/\1/p"#));
            line(format!(
                "\n# A new token of {name}.\n{name}() {{\n  {} | sed -n {find}\n}}",
                curl(route, exchange, url, "-s")
            ));
        }
    }
    for (route, exchange) in here() {
        let (stem, status) = (route.stem(), exchange.answer.status);
        let output = match route.output {
            Output::File if exchange.answer.status == StatusCode::OK.as_u16() => {
                let media = route.media.as_deref().unwrap_or_default();
                format!(" -o {stem}.{}", media.rsplit('/').next().unwrap_or_default())
            }
            _ => String::new(),
        };
        line(format!(
            "\n# {stem}: {status}\n{}",
            curl(route, exchange, url, &format!(r"-s -w ' %{{http_code}}\n'{output}"))
        ));
    }
    let elsewhere = all.iter().filter(|(_, exchange)| exchange.fixture != fixture);
    let elsewhere: Vec<String> =
        elsewhere.map(|(route, exchange)| format!("{} {}", route.stem(), exchange.answer.status)).collect();
    if !elsewhere.is_empty() {
        line(format!("\n# Only in states that the tests make: {}.", elsewhere.join(", ")));
    }
    text
}

/// The line that sends a request.
fn curl(route: &Route, exchange: &Exchange, url: &str, options: &str) -> String {
    let payload = exchange.payload(route);
    let method = exchange.method(route);
    let mut line = format!("curl {options}");
    let mut add = |words: String| line.extend([" ", &words]);
    if method != if payload == Payload::Empty { Method::GET } else { Method::POST } {
        add(format!("-X {method}"));
    }
    add(quoted(&format!("{url}{}", exchange.address(route))));
    for (name, value) in &exchange.request.headers {
        add(format!("-H {}", quoted(&format!("{name}: {value}"))));
    }
    if let Some(sender) = &exchange.sender {
        add(format!("-H \"Authorization: Bearer $({sender})\""));
    }
    match payload {
        Payload::Empty => {}
        Payload::Json(body) => add(format!("-H 'Content-Type: application/json' -d {}", quoted(&body))),
        Payload::Form(parts) => {
            let mut file = String::new();
            for part in parts {
                if part.is_file {
                    add(format!("-F {}", quoted(&format!("{}=@-;filename={}", part.name, part.name))));
                    file = part.content;
                } else {
                    add(format!("-F {}", quoted(&format!("{}={}", part.name, part.content))));
                }
            }
            return format!("printf %s {} | {line}", quoted(&file));
        }
    }
    line
}

/// The text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
