//! Data flows one way. Inside a noun: schema, then rules, then row.

use std::{fs, path::Path};

use regex::Regex;

use super::sources::{Source, of_crate};

/// Those who put everything together.
const WHOLE: &[&str] = &["app", "cli", "commands", "main"];

/// What a module must not name, by what it is.
fn forbidden(source: &Source) -> &'static [&'static str] {
    let room = source.module.split("::").next().unwrap_or_default();
    let part = source.module.rsplit("::").next().unwrap_or_default();
    match room {
        "config" | "logging" | "input" => &["apis", "app", "demo", "domain", "graphql", "http"],
        "apis" => &["app", "demo", "domain", "graphql", "http"],
        "graphql" => &["apis", "app", "demo", "http"],
        "http" => &["demo"],
        _ if part.ends_with("row") => &["apis", "app", "demo", "domain", "graphql", "http", "rules", "schema"],
        _ if part.ends_with("schema") => &["apis", "app", "demo", "http"],
        _ => &["apis", "app", "graphql", "http", "schema"],
    }
}

#[test]
fn dependencies_follow_the_layers() {
    let mut wrong = Vec::new();
    for source in of_crate(".") {
        if source.module.is_empty() || WHOLE.contains(&source.module.as_str()) {
            continue;
        }
        for path in source.named() {
            let (room, rest) = path.split_once("::").unwrap_or((&path, ""));
            let part = rest.split("::").find(|part| part.ends_with("schema") || *part == "rules").unwrap_or_default();
            let part = if part.ends_with("schema") { "schema" } else { part };
            if forbidden(&source).iter().any(|forbidden| [room, part].contains(forbidden)) {
                wrong.push(format!("{}: names `crate::{path}`", source.file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the flow:\n{}", wrong.join("\n"));
}

/// What of the database library is only a name for types.
const NO_SQL: &[&str] = &["sea_orm::prelude::TextUuid", "sea_orm::EntityTrait;"];

#[test]
fn resolvers_contain_no_sql() {
    let mut wrong = Vec::new();
    for source in of_crate(".") {
        let names_types_only = NO_SQL.iter().fold(source.code.clone(), |code, allowed| code.replace(allowed, ""));
        let is_resolver = source.module.ends_with("schema")
            || ["graphql", "http", "apis"].iter().any(|room| source.module.starts_with(room));
        if is_resolver && names_types_only.contains("sea_orm::") {
            wrong.push(source.file.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "only rules talk to the database:\n{}", wrong.join("\n"));
}

#[test]
fn every_object_with_a_global_id_is_found_by_it() {
    let sources = of_crate(".");
    let nodes = &sources.iter().find(|source| source.module == "graphql::nouns").expect("the nodes").code;
    let declared = Regex::new(r"#\[node\([^\]]*\]\s*(?:#\[\w+\]\s*)*impl (?<object>\w+)").expect("a pattern");
    let objects =
        sources.iter().flat_map(|source| declared.captures_iter(&source.code)).map(|found| found["object"].to_owned());
    let objects: Vec<String> = objects.collect();
    assert!(objects.len() > 20, "{objects:?}");
    let named = Regex::new(r"node: (?<object>\w+)").expect("a pattern");
    let named: Vec<_> = named.captures_iter(nodes).map(|found| found["object"].to_owned()).collect();
    let missing: Vec<_> = objects.iter().filter(|object| !named.contains(object)).collect();
    assert!(missing.is_empty(), "name these in src/graphql/nouns.rs: {missing:?}");
}

#[test]
fn no_crate_knows_an_api() {
    let apis = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/apis");
    let folders = fs::read_dir(&apis).expect("the APIs").filter_map(|entry| {
        let entry = entry.expect("a readable folder");
        entry.path().is_dir().then(|| entry.file_name().into_string().expect("a plain name"))
    });
    let slugs: Vec<String> = folders.collect();
    assert!(slugs.len() >= 5, "the APIs moved");
    let crates = super::sources::crates().into_iter().filter(|folder| folder != ".");
    let mut wrong = Vec::new();
    for source in crates.flat_map(|folder| of_crate(&folder)) {
        for slug in slugs.iter().filter(|slug| source.code.contains(slug.as_str())) {
            wrong.push(format!("{}: names `{slug}`", source.file.display()));
        }
    }
    assert!(wrong.is_empty(), "an API stands in its folder, and what serves any API names none:\n{}", wrong.join("\n"));
}
