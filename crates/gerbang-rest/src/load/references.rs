//! What the examples of an API say about each other.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::{example::Text, report::suggest};
use crate::model::{
    defect::Defect,
    dialect::Dialect,
    example::{Example, Exchange},
    route::Route,
};

/// Reports names that nothing has, and circles.
pub(super) fn references(dialect: &Dialect, routes: &[Route]) -> Vec<Defect> {
    let own: Vec<&Route> = routes.iter().filter(|route| route.dialect.slug == dialect.slug).collect();
    let text = |route: &Route| {
        let file = dialect.files.iter().find(|file| file.path == route.file)?.example.as_deref()?;
        Some(Text { file, defects: Vec::new() })
    };
    let mut all: Vec<(&Route, &Example, Text<'_>)> =
        own.iter().filter_map(|route| Some((*route, route.example.as_ref()?, text(route)?))).collect();
    let mut named: IndexMap<&str, &Exchange> = IndexMap::new();
    for (_, example, text) in &mut all {
        for (index, exchange) in example.exchanges.iter().enumerate() {
            let Some(name) = &exchange.name else { continue };
            let here = format!("/exchanges/{index}/name");
            if exchange.answer.token().is_none() {
                let remedy = "Mark the token in `any`, or take the name away.";
                text.at(&here, format!("`{name}` is answered without a token"), remedy);
            }
            if named.insert(name, exchange).is_some() {
                let problem = format!("another exchange of the API is called `{name}`");
                text.at(&here, problem, "Give each a name of its own.");
            }
        }
    }
    for (route, example, text) in &mut all {
        for (index, after) in example.after.iter().enumerate() {
            if !own.iter().any(|other| other.stem() == after) {
                let remedy = suggest(after, own.iter().map(|other| other.stem()));
                text.at(&format!("/after/{index}"), format!("the API has no route `{after}`"), remedy);
            }
        }
        if before(route, &own).contains(route.stem()) {
            text.at("/after", "the examples come after themselves", "Take one of the routes of this circle away.");
        }
        for (index, exchange) in example.exchanges.iter().enumerate() {
            let Some(sender) = &exchange.sender else { continue };
            let here = format!("/exchanges/{index}/as");
            let Some(named) = named.get(sender.as_str()) else {
                let remedy = suggest(sender, named.keys().copied());
                text.at(&here, format!("no exchange of the API is called `{sender}`"), remedy);
                continue;
            };
            if named.fixture != exchange.fixture {
                let (theirs, ours) = (&named.fixture, &exchange.fixture);
                let problem = format!("`{sender}` is of the fixture `{theirs}`, and this of `{ours}`");
                text.at(&here, problem, "Both need the same state of the server.");
            }
        }
    }
    all.into_iter().flat_map(|(_, _, text)| text.defects).collect()
}

/// The routes whose examples come before those of a route.
fn before<'r>(route: &'r Route, all: &[&'r Route]) -> HashSet<&'r str> {
    let mut found = HashSet::new();
    let mut open = vec![route];
    while let Some(route) = open.pop() {
        for stem in route.example.iter().flat_map(|example| &example.after) {
            if let Some(other) = all.iter().find(|other| other.stem() == stem)
                && found.insert(other.stem())
            {
                open.push(other);
            }
        }
    }
    found
}
