//! Data flows one way: http → rest → graphql → domain → entity → database. This reads which module names which.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// What each module may name, besides itself. A deeper path allows only what is below it.
const ALLOWED: &[(&str, &[&str])] = &[
    ("config", &[]),
    ("logging", &["config"]),
    ("entity", &[]),
    ("domain", &["config", "entity"]),
    ("graphql", &["config", "domain", "entity"]),
    ("apis", &["graphql"]),
    // A token becomes a viewer in `domain::accounts`; what is served is handed over in `app`.
    ("http", &["apis", "app", "config", "domain", "graphql"]),
];
/// Those who put everything together.
const WHOLE: &[&str] = &["app", "cli", "commands", "demo", "lib", "main"];

#[test]
fn no_arrow_runs_back() {
    let mut wrong = Vec::new();
    for (file, module) in sources() {
        if WHOLE.contains(&module.as_str()) {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            panic!("{}: say in ALLOWED what `{module}` may name", file.display());
        };
        let text = fs::read_to_string(&file).expect("a source file");
        for path in named(&text) {
            let fits = |allowed: &str| path == allowed || path.starts_with(&format!("{allowed}::"));
            if !fits(&module) && !allowed.iter().any(|allowed| fits(allowed)) {
                wrong.push(format!("{}: `{module}` names `crate::{path}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the flow:\n{}", wrong.join("\n"));
}

/// What of the database library is only a name for types.
const NO_SQL: &[&str] = &["sea_orm::prelude::TextUuid", "sea_orm::EntityTrait;"];

#[test]
fn resolvers_hold_no_sql() {
    let mut wrong = Vec::new();
    for (file, module) in sources() {
        let text = fs::read_to_string(&file).expect("a source file");
        let sql = code(&text).any(|line| {
            NO_SQL.iter().fold(line.to_owned(), |line, allowed| line.replace(allowed, "")).contains("sea_orm::")
        });
        if ["graphql", "rest", "http"].contains(&module.as_str()) && sql {
            wrong.push(file.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "only the domain talks to the database:\n{}", wrong.join("\n"));
}

#[test]
fn no_crate_knows_an_api() {
    let apis = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/apis");
    let folders = fs::read_dir(&apis).expect("the APIs").filter_map(|entry| {
        let entry = entry.expect("a readable folder");
        entry.path().is_dir().then(|| entry.file_name().into_string().expect("a plain name"))
    });
    let slugs: Vec<String> = folders.collect();
    let mut wrong = Vec::new();
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates"), &mut files).expect("the sources can be read");
    assert!(files.len() > 50, "the crates moved");
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        // The tests at the end of a file may use one as an example.
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for slug in slugs.iter().filter(|slug| code(product).any(|line| line.contains(slug.as_str()))) {
            wrong.push(format!("{}: names `{slug}`", file.display()));
        }
    }
    assert!(wrong.is_empty(), "an API stands in its folder, and what serves any API names none:\n{}", wrong.join("\n"));
}

/// Who changes or removes users, log-ins and tokens, and why that takes nobody's access away unheard.
const CHANGE_ACCESS: &[(&str, &str)] = &[
    ("domain/accounts/access.rs", "tells of it"),
    ("domain/accounts/authenticate.rs", "notes when a token was last used"),
    ("domain/accounts/retention.rs", "removes what is dead"),
];

#[test]
fn access_is_changed_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, module) in sources() {
        let name = file.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("a source file");
        let product = code(text.split("#[cfg(test)]").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        let writes = changes_access(&product);
        if module == "entity" || writes.is_empty() {
            continue;
        }
        match CHANGE_ACCESS.iter().find(|(allowed, _)| *allowed == name) {
            Some((allowed, _)) => drop(seen.insert(*allowed)),
            None => wrong.push(format!("{name}: {}", writes.join(", "))),
        }
    }
    assert!(wrong.is_empty(), "open streams hear of what an `AccessTransaction` changes only:\n{}", wrong.join("\n"));
    let allowed: BTreeSet<&str> = CHANGE_ACCESS.iter().map(|(file, _)| *file).collect();
    assert_eq!(seen, allowed, "these change nothing any more");
}

/// What in this code changes or removes rows of the tables that say who may do what. A row that is handed to an
/// `AccessTransaction` is not written here.
fn changes_access(code: &str) -> Vec<String> {
    const TABLES: [(&str, &str); 3] =
        [("user", "users"), ("jwt_session", "jwt_sessions"), ("access_token", "access_tokens")];
    const VERBS: [&str; 5] = ["update_many", "delete_many", "delete_by_id", "update(", "delete("];
    let mut found = Vec::new();
    let spaceless: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    for (module, table) in TABLES {
        for verb in VERBS {
            let qualified = format!("{module}::Entity::{verb}");
            if spaceless.contains(&qualified) {
                found.push(qualified);
            }
        }
        // `use ...accounts::user::{Column, Entity, Model}`: what is called `Entity` here, and rows of it.
        let own = spaceless.split(&format!("{module}::{{")).skip(1).any(|group| {
            let names = group.split('}').next().unwrap_or_default();
            names.split(',').any(|name| matches!(name, "Entity" | "Model" | "ActiveModel"))
        });
        if own {
            let direct = VERBS.iter().map(|verb| format!("Entity::{verb}"));
            let rows = [".update(", ".delete(", ".save("].map(|verb| format!("row{verb}"));
            found.extend(direct.chain(rows).filter(|write| spaceless.contains(write)));
        }
        for statement in [format!("update{table}"), format!("deletefrom{table}")] {
            if spaceless.to_lowercase().contains(&statement) {
                found.push(statement);
            }
        }
    }
    found
}

#[test]
fn changes_of_access_are_found_in_every_form() {
    for write in [
        "user::Entity::update_many()\n    .exec(db)",
        "access_token::Entity::delete_by_id(1)",
        "jwt_session::Entity\n    ::delete_many()",
        "use crate::entity::accounts::user::{Column, Entity, Model};\nEntity::update_many()",
        "use crate::entity::accounts::{user::{self, Model}};\nrow.update(&transaction)",
        "execute_unprepared(\"UPDATE users SET role = 'admin'\")",
        "\"delete from access_tokens\"",
    ] {
        assert!(!changes_access(write).is_empty(), "{write}");
    }
    for read in [
        "user::Entity::find_by_id(1)",
        "use crate::entity::accounts::user::{Entity, Model};\nlet row = transaction.update_user(row).await?;",
        "use crate::entity::tracking::lead::{Entity, Model};\nrow.update(&transaction)",
    ] {
        assert_eq!(changes_access(read), Vec::<String>::new(), "{read}");
    }
}

#[test]
fn paths_are_found_in_every_form() {
    let text = "
        use crate::error::Error; // crate::comment
        /// See [`crate::documentation`].
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
        pub(in crate::rest) fn h() {}
    ";
    let expected = ["config", "domain::Domain", "domain::page::Page", "domain::page::Sort", "domain::search"];
    let expected =
        expected.into_iter().chain(["domain::self", "entity::Scoped", "entity::accounts::Realm", "error::Error"]);
    let expected = expected.chain(["graphql::connection::complexity", "messages::Language", "rest", "run"]);
    assert_eq!(named(text), expected.map(str::to_owned).collect());
}

/// Every file under `src/` and the module at the root of the crate that it is part of.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files).expect("the sources can be read");
    assert!(files.len() > 100, "the sources moved");
    let module = |file: &PathBuf| {
        let first = file.strip_prefix(&root).expect("below src").components().next().expect("a name");
        let first = Path::new(&first).file_stem().expect("a name");
        first.to_str().expect("a plain name").to_owned()
    };
    files.into_iter().map(|file| (file.clone(), module(&file))).collect()
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

/// The lines without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// The paths that the code names after `crate::`, with the groups in braces spelled out.
fn named(text: &str) -> BTreeSet<String> {
    let code = code(text).collect::<Vec<_>>().join("\n");
    let mut paths = BTreeSet::new();
    for (start, prefix) in code.match_indices("crate::") {
        let inside_a_name = code[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        if !inside_a_name {
            spell_out("", &code[start + prefix.len()..], &mut paths);
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
    if name.is_empty() {
        if behind.starts_with('*') {
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
