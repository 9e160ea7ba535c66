//! Answers don't depend on how they are put together: random documents are answered by the engine field by field, row by row,
//! and row by row as JSON, and all three are the same to the byte. Every other query of these tests is compared so, too
//! (see `Actor::execute`); here selections are such as nobody would write.

use std::fmt::Write as _;

use gerbang::{
    accounts::{Realm, Role},
    graphql::schema::sdl,
};
use gerbang_graphql::type_index::{Field, Input, SchemaIndex, TypeIndex, base_name};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use sea_orm::ActiveValue::Set;
use serde_json::json;

use crate::support::{TestApp, legacy::Legacy, rows};

/// Documents for each of those who ask.
const DOCUMENTS: u64 = 150;
/// How deep they are.
const DEPTH: u32 = 5;
/// Rows that can be asked for by their ids.
const IDS: [&str; 6] = ["client_1", "partner_2", "assessmentResult_1", "click_1", "order_1", "client_404"];

/// A document in the making.
struct Document<'a> {
    index: &'a SchemaIndex,
    rng: StdRng,
    fragments: Vec<String>,
}

impl Document<'_> {
    fn text(index: &SchemaIndex, seed: u64) -> String {
        let mut document = Document { index, rng: StdRng::seed_from_u64(seed), fragments: Vec::new() };
        let mut text = "{".to_owned();
        let selection = document.selection("Query", DEPTH);
        text.push_str(&selection);
        if document.rng.random_bool(0.5) {
            let id = IDS[document.rng.random_range(0..IDS.len())];
            let on = ["Client", "Partner", "AssessmentResult", "Click"][document.rng.random_range(0..4)];
            let selection = document.selection(on, DEPTH - 1);
            write!(text, " node(id: \"{id}\") {{ id ... on {on} {{ {selection} }} }}").unwrap();
        }
        text.push_str(" }");
        for fragment in document.fragments {
            text.push_str(&fragment);
        }
        text
    }

    /// Some fields of this type, which need no arguments.
    fn selection(&mut self, ty: &str, depth: u32) -> String {
        let Some(TypeIndex::Fields(fields)) = self.index.get(ty) else { panic!("{ty} has no fields") };
        let can_be_asked = |field: &Field| {
            !field.arguments.values().any(Input::is_required)
                && *base_name(&field.ty) != "File"
                // It is always null.
                && *base_name(&field.ty) != "ErrorExtensions"
                && (depth > 0 || self.is_leaf(field))
        };
        let fields: Vec<_> = fields.iter().filter(|(_, field)| can_be_asked(field)).collect();
        let mut text = " __typename".to_owned();
        for _ in 0..self.rng.random_range(1..=6) {
            let (name, field) = fields[self.rng.random_range(0..fields.len())];
            let of = base_name(&field.ty).to_string();
            let mut asked = String::new();
            if self.rng.random_bool(0.3) {
                write!(asked, "{name}{}: ", self.rng.random_range(0..100)).unwrap();
            }
            asked.push_str(name);
            if of.ends_with("Connection") && self.rng.random_bool(0.5) {
                write!(asked, "(first: {})", self.rng.random_range(1..4)).unwrap();
            }
            if !self.is_leaf(field) {
                let selection = self.selection(&of, depth - 1);
                write!(asked, " {{ {selection} }}").unwrap();
            }
            match self.rng.random_range(0..10) {
                0 => write!(text, " ... on {ty} {{ {asked} }}").unwrap(),
                1 => write!(text, " ... @include(if: true) {{ {asked} }}").unwrap(),
                2 => {
                    let number = self.fragments.len();
                    self.fragments.push(format!(" fragment F{number} on {ty} {{ {asked} }}"));
                    write!(text, " ...F{number}").unwrap();
                }
                3 => write!(text, " {asked} __typename").unwrap(),
                _ => write!(text, " {asked}").unwrap(),
            }
        }
        text
    }

    fn is_leaf(&self, field: &Field) -> bool {
        !matches!(self.index.get(base_name(&field.ty)), Some(TypeIndex::Fields(_)))
    }
}

#[tokio::test]
async fn random_documents_are_answered_the_same_however_answers_are_put_together() {
    let app = TestApp::new().await;
    for number in 1..=5 {
        rows::insert(&app.domain.db, number).await;
    }
    let index = SchemaIndex::new(sdl()).unwrap();
    let people = [
        (Realm::TalentsMapping, Role::Admin),
        (Realm::Scholarship, Role::Admin),
        (Realm::Notary, Role::Admin),
        (Realm::Staff, Role::Admin),
        (Realm::TalentsMapping, Role::Partner),
        (Realm::Apextrack, Role::Affiliate),
        (Realm::Scholarship, Role::Applicant),
    ];
    let (mut shown, mut with_errors) = (0, 0);
    for (number, (realm, role)) in (0..).zip(people) {
        let user = app.user_with(realm, role, |row| {
            row.id = Set(1_000 + i64::try_from(number).unwrap());
            row.partner_id = Set((role == Role::Partner).then_some(1));
        });
        let user = user.await;
        for seed in 0..DOCUMENTS {
            let document = Document::text(&index, number * DOCUMENTS + seed);
            let answer = app.as_user(&user).graphql(&document).await;
            shown += u64::from(answer.data.to_string().len() > 1_000);
            with_errors += u64::from(!answer.errors.is_null());
        }
    }
    assert!(shown > DOCUMENTS, "{shown} answers have something in them");
    assert!(with_errors > DOCUMENTS, "{with_errors} answers have errors");
}

#[tokio::test]
async fn what_a_mutation_changed_is_seen_below_the_next_one_in_the_same_fragment() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    let mutation = |number: i32| {
        let input = format!(r#"{{ partnerId: "1", name: "Klien {number}", email: "klien{number}@client.test" }}"#);
        format!("m{number}: createClient(input: {input}) {{ ...F }}")
    };
    let [first, second] = [1, 2].map(mutation);
    let fragment = "fragment F on ClientPayload { client { partner { clientsCount clients { nodes { name } } } } }";
    let answer = app.as_user(&admin).graphql(&format!("mutation {{ {first} {second} }} {fragment}")).await.ok();
    for number in [1, 2] {
        let partner = &answer[format!("m{number}")]["client"]["partner"];
        assert_eq!(partner["clientsCount"], number);
        assert_eq!(partner["clients"]["nodes"].as_array().map(Vec::len), usize::try_from(number).ok());
    }
}

#[tokio::test]
async fn an_object_that_is_selected_twice_is_put_together_over_http() {
    let api = Legacy::empty().await;
    rows::insert(&api.app.domain.db, 1).await;
    let admin = api.app.user_with(Realm::TalentsMapping, Role::Admin, |row| row.id = Set(1_000)).await;
    let token = api.log_in("/talentsmapping/api/auth/login", &admin.email, "access_token").await;
    let parts = "fragment A on Client { id partner { name } assessmentResult { version } }
        fragment B on Client { id assessmentResult { id } }";
    let whole = "assessmentResult { version id }";
    let [parts, whole] = [
        format!("{{ clients {{ nodes {{ partner {{ id }} ...A ...B }} }} }} {parts}"),
        format!("{{ clients {{ nodes {{ partner {{ id name }} id {whole} }} }} }}"),
    ];
    let mut answers = Vec::new();
    for query in [parts, whole] {
        answers.push(api.post("/graphql").token(&token).json(json!({ "query": query })).await.body);
    }
    assert!(answers[0]["data"]["clients"]["nodes"][0]["assessmentResult"]["version"].is_string(), "{answers:?}");
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn what_a_mutation_completed_is_told_as_it_would_have_been_answered() {
    let app = TestApp::new().await;
    app.partner("Satu").await;
    let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
    let legacy = Legacy::over(app);
    let token = legacy.log_in_graphql("TALENTS_MAPPING", &admin.email).await;
    let create = |name: &str, email: &str| {
        format!(
            r#"createClient(input: {{ partnerId: "1", name: "{name}", email: "{email}" }}) {{
                client {{ name partner {{ name clients(first: 5) {{ nodes {{ id status }} }} }} }} }}"#
        )
    };
    let query = format!("mutation {{ a: {} b: {} }}", create("Ani", "ani@example.com"), create("Budi", "bad"));
    let reply = legacy.post("/graphql").token(&token).json(json!({ "query": query })).await;
    let nodes = json!([{ "id": "client_1", "status": "INVITED" }]);
    let client = json!({ "name": "Ani", "partner": { "name": "Satu", "clients": { "nodes": nodes } } });
    assert_eq!(reply.body["errors"][0]["extensions"]["completed"], json!({ "a": { "client": client } }), "{reply:?}");
}

#[tokio::test]
async fn an_error_says_which_field_of_which_row_it_is_of() {
    let app = TestApp::new().await;
    app.partner("Satu").await;
    let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
    for (within, path) in [("nodes", json!(["nodes", 0])), ("edges", json!(["edges", 0, "node"]))] {
        let fields = "clients(first: 101) { nodes { id } }";
        let row = if within == "edges" { format!("node {{ {fields} }}") } else { fields.to_owned() };
        let answer = app.as_user(&admin).graphql(&format!("{{ partners(first: 1) {{ {within} {{ {row} }} }} }}")).await;
        let mut expected = vec![json!("partners")];
        expected.extend(path.as_array().unwrap().clone());
        expected.push(json!("clients"));
        assert_eq!(answer.errors[0]["path"], json!(expected), "{answer:?}");
    }
}
