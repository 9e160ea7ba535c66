//! No file needs itself by way of others, so each can be read, and changed, after those that it names.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{arrows, crates, of_crate};

/// Circles that lie in the matter: rows of the ORM name those they are related to, and whoever asks is such a row; objects
/// of the schema name each other.
fn is_natural(circle: &BTreeSet<String>) -> bool {
    let all = |allowed: &dyn Fn(&str) -> bool| circle.iter().all(|module| allowed(module));
    all(&|module| module.ends_with("row") || module == "viewer" || module == "scope")
        || all(&|module| module.ends_with("schema") || module.starts_with("graphql"))
}

#[test]
fn no_files_form_a_circle() {
    let mut wrong = Vec::new();
    for folder in crates() {
        for circle in circles(&arrows(&of_crate(&folder))) {
            if !is_natural(&circle) {
                wrong.push(format!("{folder}: {}", circle.into_iter().collect::<Vec<_>>().join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "these files name each other in a circle:\n{}", wrong.join("\n"));
}

/// The largest sets of modules each of which can be reached from each other.
fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let reached = |from: &String| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = arrows[from].iter().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module.clone()) {
                next.extend(&arrows[module]);
            }
        }
        reached
    };
    let reachable: BTreeMap<&String, BTreeSet<String>> =
        arrows.keys().map(|module| (module, reached(module))).collect();
    let circle = |module: &String| -> BTreeSet<String> {
        reachable[module].iter().filter(|other| reachable[*other].contains(module)).cloned().collect()
    };
    let found: BTreeSet<BTreeSet<String>> = arrows.keys().map(circle).filter(|circle| circle.len() > 1).collect();
    found.into_iter().collect()
}

#[test]
fn circles_are_found() {
    let arrows = [("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")];
    let arrows = arrows.map(|(from, to)| (from.to_owned(), BTreeSet::from([to.to_owned()])));
    let expected = BTreeSet::from(["b".to_owned(), "c".to_owned()]);
    assert_eq!(circles(&BTreeMap::from(arrows)), [expected]);
}
