//! Of a row below another, only the columns of what is selected are read, and each field is what it is among all.

use std::sync::{Arc, Mutex};

use async_graphql::Name;
use gerbang::{
    accounts::{Realm, Role},
    graphql::schema::sdl,
    talents::{assessment, client},
};
use gerbang_graphql::type_index::{Field, Input, SchemaIndex, TypeIndex, base_name};
use sea_orm::{ActiveValue::Set, ConnectionTrait, Iterable};
use serde_json::Value;

use crate::support::{TestApp, app::Actor, rows};

/// A list of rows below each of others: who sees it, those others, the list's field, and what it has rows of.
const LISTS: [(Realm, &[&str], &str, &str); 6] = [
    (Realm::TalentsMapping, &["partners", "nodes"], "clients", "Client"),
    (Realm::Notary, &["services"], "orders", "Order"),
    (Realm::Scholarship, &["applicants", "nodes"], "documents", "Document"),
    (Realm::Scholarship, &["applicants", "nodes"], "additionalUploads", "AdditionalUpload"),
    (Realm::Scholarship, &["applicants", "nodes"], "applications", "ScholarshipApplication"),
    (Realm::Apextrack, &["clicks", "nodes"], "leadsConnection", "Lead"),
];

#[tokio::test]
async fn each_field_alone_is_what_it_is_among_all() {
    let app = TestApp::new().await;
    for number in 1..=3 {
        rows::insert(&app.domain.db, number).await;
    }
    app.domain.db.write().execute_unprepared("UPDATE services SET status = 'open'").await.unwrap();
    let index = SchemaIndex::new(sdl()).unwrap();
    for (number, (realm, above, list, ty)) in (0..).zip(LISTS) {
        let admin = app.user_with(realm, Role::Admin, |row| row.id = Set(1_000 + number)).await;
        let actor = app.as_user(&admin);
        let fields = fields(&index, ty);
        let all = ask(&actor, above, list, &fields.join(" ")).await;
        assert!(!all.is_empty(), "{above:?} have {list}");
        for field in &fields {
            let alone = ask(&actor, above, list, field).await;
            let name = field.split(' ').next().unwrap();
            let among_all: Vec<_> = all.iter().map(|row| &row[name]).collect();
            assert_eq!(alone.iter().map(|row| &row[name]).collect::<Vec<_>>(), among_all, "{ty}.{name}");
        }
    }
}

/// The fields of a type that need no arguments, each with something selected of it.
fn fields(index: &SchemaIndex, ty: &str) -> Vec<String> {
    let Some(TypeIndex::Fields(fields)) = index.get(ty) else { panic!("{ty} has no fields") };
    let can_be_asked = |field: &Field| !field.arguments.values().any(Input::is_required);
    let selected = |(name, field): (&Name, &Field)| match index.get(base_name(&field.ty)) {
        Some(TypeIndex::Fields(below)) if below.contains_key("id") => format!("{name} {{ id }}"),
        Some(TypeIndex::Fields(_)) => format!("{name} {{ __typename }}"),
        _ => name.to_string(),
    };
    fields.iter().filter(|(_, field)| can_be_asked(field)).map(selected).collect()
}

/// The rows of a list below all of those above.
async fn ask(actor: &Actor<'_>, above: &[&str], list: &str, fields: &str) -> Vec<Value> {
    let (path, ends) = (above.join(" { "), "} ".repeat(above.len()));
    let query = format!("{{ {path} {{ {list} {{ edges {{ node {{ {fields} }} }} }} {ends} }}");
    let mut parents = actor.graphql(&query).await.ok();
    for name in above {
        parents = parents[name].take();
    }
    let rows = parents.as_array().unwrap().iter().flat_map(|parent| parent[list]["edges"].as_array().unwrap());
    rows.map(|edge| edge["node"].clone()).collect()
}

#[tokio::test]
async fn no_other_columns_are_read() {
    let app = TestApp::new().await;
    rows::insert(&app.domain.db, 1).await;
    let admin = app.user_with(Realm::TalentsMapping, Role::Admin, |row| row.id = Set(1_000)).await;
    let statements = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&statements);
    app.domain.db.watch_statements(move |statement| seen.lock().unwrap().push(statement.sql.clone()));
    let columns = async |table: &str, selected: &str| {
        statements.lock().unwrap().clear();
        app.as_user(&admin).graphql(&format!("{{ partners {{ nodes {{ clients {{ {selected} }} }} }} }}")).await.ok();
        let statements = statements.lock().unwrap();
        let of_table = statements.iter().find(|sql| sql.contains(&format!(r#"FROM "{table}""#))).unwrap();
        let (columns, _) = of_table.split_once(" FROM ").unwrap();
        // Of the list, or of what is read beside it.
        let name = match table {
            "clients" => "c",
            _ if columns.contains(r#""beside"."#) => "beside",
            _ => table,
        };
        columns.matches(&format!(r#""{name}"."#)).count()
    };
    // The list's own (the key and the partner), what is selected, and the status, which has no default.
    for (selected, expected) in [
        ("nodes { id }", 3),
        ("nodes { __typename }", 3),
        ("nodes { name assessmentResult { id } }", 4),
        ("nodes { partner { id } partnerId }", 3),
        ("nodes { id ... on Client { phone } } edges { node { email } cursor }", 5),
        (
            "nodes { id name email phone gender birthDate status assessedAt createdAt updatedAt partnerId }",
            client::row::Column::iter().count(),
        ),
    ] {
        assert_eq!(columns("clients", selected).await, expected, "{selected}");
    }
    // The client, what is selected and, where there are scores, the key.
    for (selected, expected) in [
        ("id", 2),
        ("__typename", 1),
        ("client { name }", 1),
        ("id assessedAt", 3),
        ("version typologies { code }", 3),
        ("id report(version: FULL) { url }", assessment::result_row::Column::iter().count()),
    ] {
        let nodes = format!("nodes {{ assessmentResult {{ {selected} }} }}");
        assert_eq!(columns("assessment_results", &nodes).await, expected, "{selected}");
    }
}
