//! The sources as a reader of imports sees them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// A file of a crate.
pub(super) struct Source {
    /// Where it stands.
    pub(super) file: PathBuf,
    /// The name of its module: `content::faq::rules`, empty at the root of a crate.
    pub(super) module: String,
    /// Its code without comments and without the tests at its end.
    pub(super) code: String,
}

impl Source {
    /// What of the crate the code names, as whole paths.
    pub(super) fn named(&self) -> BTreeSet<String> {
        let mut paths = named(&self.code, "crate::", "");
        let segments: Vec<&str> = self.module.split("::").filter(|segment| !segment.is_empty()).collect();
        for up in 1..=segments.len() {
            let parent = segments[..segments.len() - up].join("::");
            paths.extend(named(&self.code, &"super::".repeat(up), &parent));
        }
        paths.extend(named(&self.code, "self::", &self.module));
        paths
    }
}

/// Every file of the crate in this folder of the repository.
pub(super) fn of_crate(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files).expect("the sources can be read");
    let source = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("a source file");
        let relative = file.strip_prefix(&root).expect("below src").with_extension("");
        let mut names: Vec<&str> = relative.iter().map(|name| name.to_str().expect("a plain name")).collect();
        if matches!(names.last(), Some(&"mod" | &"lib")) {
            names.pop();
        }
        let product = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        let code =
            product.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        Source { module: names.join("::"), code, file }
    };
    files.into_iter().map(source).collect()
}

/// The folders of all crates of ours, the product's first.
pub(super) fn crates() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let entries = fs::read_dir(folder).expect("the crates");
    let name =
        |entry: io::Result<fs::DirEntry>| entry.expect("a crate").file_name().into_string().expect("a plain name");
    let mut crates: Vec<String> = entries.map(|entry| format!("crates/{}", name(entry))).collect();
    crates.push(".".to_owned());
    crates.sort();
    crates
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The paths that `code` names behind `prefix`, below `base`, with the groups in braces spelled out.
pub(super) fn named(code: &str, prefix: &str, base: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (start, _) in code.match_indices(prefix) {
        let before = &code[..start];
        let inside_a_name = before.ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':'));
        let behind = &code[start + prefix.len()..];
        // `super::super::` is found by its own prefix.
        if !inside_a_name && !behind.starts_with("super::") {
            spell_out(base, behind, &mut paths);
        }
    }
    paths
}

/// Notes the paths at the start of `rest` and gives what stands behind them.
fn spell_out<'text>(prefix: &str, rest: &'text str, paths: &mut BTreeSet<String>) -> &'text str {
    let rest = rest.trim_start();
    if let Some(mut group) = rest.strip_prefix('{') {
        loop {
            // What is left of an entry is a glob or another name (`as rules`).
            group = spell_out(prefix, group, paths).trim_start_matches(|next| !matches!(next, ',' | '}'));
            match group.strip_prefix(',') {
                Some(more) => group = more,
                None => return group.strip_prefix('}').unwrap_or(group),
            }
        }
    }
    let end = rest.find(|next: char| !(next.is_alphanumeric() || next == '_')).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    if name.is_empty() || name == "self" {
        if name == "self" || behind.starts_with('*') {
            paths.insert(prefix.to_owned());
        }
        return behind;
    }
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    if let Some(below) = behind.strip_prefix("::") {
        spell_out(&path, below, paths)
    } else {
        paths.insert(path);
        behind
    }
}

/// Which modules each module names: the nearest one on the way of each path.
pub(super) fn arrows(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeSet<&str> = sources.iter().map(|source| source.module.as_str()).collect();
    let nearest = |path: &str| {
        let mut path = path;
        loop {
            if modules.contains(path) {
                return path.to_owned();
            }
            path = path.rsplit_once("::").map_or("", |(parent, _)| parent);
        }
    };
    let of = |source: &Source| {
        let named = source.named().iter().map(|path| nearest(path)).filter(|module| *module != source.module).collect();
        (source.module.clone(), named)
    };
    sources.iter().map(of).collect()
}

#[test]
fn paths_are_found_in_every_form() {
    let code = "
        use crate::{
            domain::{self as rules, Domain, page::{Page, Sort}, search::*},
            entity::{
                accounts::Realm,
                Scoped,
            },
            config,
        };
        fn f() -> crate::messages::Language { crate::run() }
        #[graphql(complexity = \"crate::graphql::connection::complexity(first)\")]
        pub(crate) fn g() {}
        use super::row::Model;
    ";
    let expected = ["config", "domain", "domain::Domain", "domain::page::Page", "domain::page::Sort", "domain::search"];
    let expected = expected.into_iter().chain(["entity::Scoped", "entity::accounts::Realm"]);
    let expected = expected.chain(["graphql::connection::complexity", "messages::Language", "run"]);
    assert_eq!(named(code, "crate::", ""), expected.map(str::to_owned).collect());
    assert!(named(code, "super::", "content::faq").contains("content::faq::row::Model"));
}
