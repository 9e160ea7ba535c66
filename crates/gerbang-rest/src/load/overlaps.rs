//! What no file can see alone: two routes on one path, in one place of a document, two operations of one name.

use std::collections::HashMap;

use crate::model::{
    defect::{Defect, NOWHERE},
    dialect::{Condition, Dialect},
    route::Route,
};

/// The mistakes between files.
pub(super) fn overlaps(dialects: &[Dialect], routes: &[Route]) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut operations: HashMap<&str, &Route> = HashMap::new();
    let mut own: HashMap<(&str, String, String), &Route> = HashMap::new();
    let mut places: HashMap<(&str, &str, u32), &Route> = HashMap::new();
    let mut shared: HashMap<(String, String), Vec<&Route>> = HashMap::new();
    for route in routes {
        if let Some(other) = operations.insert(&route.operation, route) {
            defects.push(defect(
                route,
                format!("{} has an operation called {}, too", other.file, route.operation),
                "Names of operations are unique over all APIs: they name the explorer's page and the metrics.",
            ));
        }
        let place = route.tag.as_deref().zip(route.position);
        let place = place.map(|(section, position)| (route.dialect.slug, section, position));
        if let Some(other) = place.and_then(|place| places.insert(place, route)) {
            defects.push(defect(
                route,
                format!("{} stands at the same `position` of its section", other.file),
                "Count the routes of a section as the API's document has them.",
            ));
        }
        for method in &route.methods {
            for path in &route.paths {
                let path = pattern_of(path);
                let key = (route.dialect.slug, method.to_string(), path.clone());
                if let Some(other) = own.insert(key, route) {
                    defects.push(defect(
                        route,
                        format!("{} answers {method} {path}, too", other.file),
                        "Two routes can't share a path and a method.",
                    ));
                }
                // Only documented bases: the others yield where another API is.
                let base = route.dialect.bases.first().copied().unwrap_or_default();
                shared.entry((method.to_string(), format!("{base}{path}"))).or_default().push(route);
            }
        }
    }
    for ((method, path), routes) in shared {
        let mut slugs: Vec<&str> = routes.iter().map(|route| route.dialect.slug).collect();
        slugs.dedup();
        if slugs.len() > 1 && !is_told_apart(dialects, &slugs, &method, &path) {
            defects.push(defect(
                routes[0],
                format!("{} all document {method} {path}", slugs.join(", ")),
                "Say in their dialects' `claims` whose a request is: exactly one takes what no other condition holds for.",
            ));
        }
    }
    defects
}

fn is_told_apart(dialects: &[Dialect], slugs: &[&str], method: &str, path: &str) -> bool {
    let conditions: Vec<Vec<Condition>> = dialects
        .iter()
        .filter(|dialect| slugs.contains(&dialect.slug))
        .map(|dialect| {
            let claims = dialect.claims.iter().filter(|claim| claim.method == method && claim.path == path);
            claims.map(|claim| claim.when).collect()
        })
        .collect();
    let rest = conditions.iter().filter(|conditions| conditions.contains(&Condition::Otherwise)).count();
    rest == 1 && conditions.iter().all(|conditions| !conditions.is_empty())
}

/// The path with its parameters' names taken out: two that differ in names only are the same.
fn pattern_of(path: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn defect(route: &Route, problem: String, remedy: &str) -> Defect {
    Defect { file: route.file.clone(), pos: NOWHERE, problem, remedy: remedy.to_owned() }
}
