//! Who may do what is changed in one place, so that open streams hear of it.

use std::collections::BTreeSet;

use super::sources::{Source, named, of_crate};

/// Who changes or removes users, log-ins and tokens, and why that takes nobody's access away unheard.
const CHANGE_ACCESS: &[(&str, &str)] = &[
    ("accounts::access", "tells of it"),
    ("accounts::authenticate", "notes when a token was last used"),
    ("accounts::retention", "removes what is dead"),
];

#[test]
fn access_is_changed_in_one_place() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for source in of_crate(".") {
        let writes = changes_access(&source.code, &source.named());
        if source.module.ends_with("row") || writes.is_empty() {
            continue;
        }
        match CHANGE_ACCESS.iter().find(|(allowed, _)| *allowed == source.module) {
            Some((allowed, _)) => drop(seen.insert(*allowed)),
            None => wrong.push(format!("{}: {}", source.module, writes.join(", "))),
        }
    }
    assert!(wrong.is_empty(), "open streams hear of what an `AccessTransaction` changes only:\n{}", wrong.join("\n"));
    let allowed: BTreeSet<&str> = CHANGE_ACCESS.iter().map(|(file, _)| *file).collect();
    assert_eq!(seen, allowed, "these change nothing any more");
}

/// What in this code changes or removes rows of the tables that say who may do what. A row that is handed to an
/// `AccessTransaction` is not written here.
fn changes_access(code: &str, named: &BTreeSet<String>) -> Vec<String> {
    const TABLES: [(&str, &str); 3] = [("user", "users"), ("session", "jwt_sessions"), ("token", "access_tokens")];
    const VERBS: [&str; 5] = ["update_many", "delete_many", "delete_by_id", "update(", "delete("];
    let mut found = Vec::new();
    let spaceless: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    for (noun, table) in TABLES {
        for verb in VERBS {
            let qualified = format!("{noun}::row::Entity::{verb}");
            if spaceless.contains(&qualified) {
                found.push(qualified);
            }
        }
        let pruned = format!("remove::<{noun}::row::Entity>");
        if spaceless.contains(&pruned) {
            found.push(pruned);
        }
        // What is called `Entity` here, and rows of it; or `row::Entity`.
        let is_own = |name: &str| named.contains(&format!("accounts::{noun}::row::{name}"));
        if ["Entity", "Model", "ActiveModel"].into_iter().any(is_own)
            || named.contains(&format!("accounts::{noun}::row"))
        {
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
    let changes = |code: &str| {
        let source =
            Source { file: "rules.rs".into(), module: "accounts::user::rules".to_owned(), code: code.to_owned() };
        changes_access(code, &source.named())
    };
    for write in [
        "user::row::Entity::update_many()\n    .exec(db)",
        "token::row::Entity::delete_by_id(1)",
        "session::row::Entity\n    ::delete_many()",
        "remove::<token::row::Entity>(db, key, old)",
        "use crate::accounts::user::row::{Column, Entity, Model};\nEntity::update_many()",
        "use super::row::{Entity};\nEntity::update_many()",
        "use super::row;\nrow::Entity::update_many()",
        "use crate::accounts::{user::{self, row::Model}};\nrow.update(&transaction)",
        "execute_unprepared(\"UPDATE users SET role = 'admin'\")",
        "\"delete from access_tokens\"",
    ] {
        assert!(!changes(write).is_empty(), "{write}");
    }
    for read in [
        "user::row::Entity::find_by_id(1)",
        "use crate::accounts::user::row::{Entity, Model};\nlet row = transaction.update_user(row).await?;",
        "use crate::tracking::lead::row::{Entity, Model};\nrow.update(&transaction)",
    ] {
        assert_eq!(changes(read), Vec::<String>::new(), "{read}");
    }
    assert_eq!(named("crate::a::b", "crate::", ""), BTreeSet::from(["a::b".to_owned()]));
}
