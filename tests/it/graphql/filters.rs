//! What the filters of all lists have in common: one status or several, and a time.

use std::collections::BTreeSet;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role},
    graphql::sdl,
};
use serde_json::{Value, json};

use crate::support::{TestApp, legacy::Legacy};

/// The lists that have a status, who may ask for them, the argument, and a word for it.
const WITH_STATUS: [(Realm, &str, &str, &str); 8] = [
    (Realm::TalentsMapping, "clients", "status", "ARCHIVED"),
    (Realm::Notary, "orders", "status", "PLACED"),
    (Realm::Scholarship, "scholarshipApplications", "status", "SUBMITTED"),
    (Realm::Scholarship, "documents", "reviewStatus", "PENDING"),
    (Realm::Staff, "payments", "status", "PAID"),
    (Realm::Staff, "webhookEvents", "status", "APPLIED"),
    (Realm::Apextrack, "leads", "status", "PENDING"),
    (Realm::Notary, "users", "status", "ACTIVE"),
];

/// The lists that have a time.
const WITH_TIME: [(Realm, &str); 7] = [
    (Realm::TalentsMapping, "clients"),
    (Realm::Notary, "orders"),
    (Realm::Scholarship, "scholarshipApplications"),
    (Realm::Staff, "payments"),
    (Realm::Staff, "webhookEvents"),
    (Realm::Apextrack, "clicks"),
    (Realm::Apextrack, "leads"),
];

#[test]
fn every_filter_by_status_has_a_list() {
    let filters = parse_schema(sdl()).unwrap().definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) if ty.node.name.node.ends_with("Filter") => match ty.node.kind {
            TypeKind::InputObject(input) => Some(input),
            _ => None,
        },
        _ => None,
    });
    let mut found = 0;
    for filter in filters {
        let names: BTreeSet<String> = filter.fields.iter().map(|field| field.node.name.node.to_string()).collect();
        for status in names.iter().filter(|name| name.to_lowercase().ends_with("status")) {
            found += 1;
            assert!(names.contains(&format!("{status}es")), "{names:?}");
        }
        assert_eq!(names.contains("from"), names.contains("to"), "{names:?}");
    }
    assert_eq!(found, WITH_STATUS.len());
}

#[tokio::test]
async fn one_status_or_several() {
    let app = TestApp::new().await;
    for (realm, list, status, word) in WITH_STATUS {
        let admin = app.user(realm, Role::Admin).await;
        let ask = async |filter: &str| {
            app.as_user(&admin).graphql(&format!("{{ {list}(filter: {{ {filter} }}) {{ totalCount }} }}")).await
        };
        let both = ask(&format!("{status}: {word}, {status}es: [{word}]")).await;
        assert_eq!(both.broken_rules(), [format!("filter.{status}es ONE_OR_SEVERAL")]);
        ask(&format!("{status}: {word}, {status}es: null")).await.ok();
        ask(&format!("{status}: null, {status}es: [{word}, {word}]")).await.ok();
        assert_eq!(ask(&format!("{status}es: []")).await.ok()[list]["totalCount"], 0);
    }
}

#[tokio::test]
async fn a_time_ends_after_it_begins() {
    let app = TestApp::new().await;
    for (realm, list) in WITH_TIME {
        let admin = app.user(realm, Role::Admin).await;
        let ask = async |from: &str, to: &str| {
            let query = format!("{{ {list}(filter: {{ from: \"{from}\", to: \"{to}\" }}) {{ totalCount }} }}");
            app.as_user(&admin).graphql(&query).await
        };
        let backwards = ask("2026-02-03T00:00:00.000001Z", "2026-02-03T07:00:00+07:00").await;
        assert_eq!(backwards.broken_rules(), ["filter.to BEFORE_START"]);
        assert_eq!(ask("2026-02-03T00:00:00Z", "2026-02-03T00:00:00Z").await.ok()[list]["totalCount"], 0);
    }
}

#[tokio::test]
async fn what_contradicts_itself_is_told_at_once() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    let filter = r#"status: INVITED, statuses: [], from: "2026-02-03T00:00:00Z", to: "2026-02-02T00:00:00Z""#;
    let expected = ["filter.statuses ONE_OR_SEVERAL", "filter.to BEFORE_START"];
    let clients = format!("clients(filter: {{ {filter} }}) {{ totalCount }}");
    for query in [format!("{{ {clients} }}"), format!("{{ partner(id: 1) {{ {clients} }} }}")] {
        assert_eq!(app.as_user(&admin).graphql(&query).await.broken_rules(), expected);
    }
}

#[tokio::test]
async fn clients_are_found_by_their_statuses_and_time() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    // A minute apart, the first at 04:05:06.
    for name in ["A", "B", "C", "D"] {
        app.client(1, name).await;
        app.clock.advance(TimeDelta::minutes(1));
    }
    app.assess(2).await;
    let archive = "mutation { archiveClient(input: { id: 3 }) { client { id } } }";
    app.as_user(&admin).graphql(archive).await.ok();
    for (filter, expected) in [
        ("statuses: [INVITED, ARCHIVED]", json!(["A", "C", "D"])),
        ("statuses: [ASSESSED]", json!(["B"])),
        ("statuses: []", json!([])),
        (r#"from: "2026-02-03T04:06:06Z""#, json!(["B", "C", "D"])),
        (r#"to: "2026-02-03T04:06:06Z""#, json!(["A"])),
        (r#"from: "2026-02-03T11:06:06+07:00", to: "2026-02-03T04:08:06Z""#, json!(["B", "C"])),
        (r#"from: "2026-02-03T04:06:06Z", statuses: [INVITED, ASSESSED]"#, json!(["B", "D"])),
    ] {
        let clients = format!("clients(filter: {{ {filter} }}) {{ totalCount nodes {{ name }} }}");
        let query = format!("{{ {clients} partner(id: 1) {{ {clients} }} }}");
        let data = app.as_user(&admin).graphql(&query).await.ok();
        for found in [&data["clients"], &data["partner"]["clients"]] {
            let names: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
            assert_eq!(
                (Value::from(names), &found["totalCount"]),
                (expected.clone(), &json!(expected.as_array().unwrap().len())),
                "{filter}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_searched_for_is_as_long_as_a_text_may_be() {
    let app = TestApp::new().await;
    for (realm, list) in [
        (Realm::TalentsMapping, "clients"),
        (Realm::TalentsMapping, "partners"),
        (Realm::Scholarship, "applicants"),
        (Realm::Apextrack, "offers"),
        (Realm::Staff, "payments"),
        (Realm::Staff, "users"),
    ] {
        let admin = app.user(realm, Role::Admin).await;
        let query = format!("query($search: String) {{ {list}(filter: {{ search: $search }}) {{ totalCount }} }}");
        let search = async |text: String| app.as_user(&admin).graphql_with(&query, json!({ "search": text })).await;
        assert_eq!(search("é".repeat(255)).await.ok()[list]["totalCount"], 0, "{list}");
        assert_eq!(search("a".repeat(256)).await.broken_rules(), ["filter.search MAX_LENGTH"], "{list}");
    }
}

#[tokio::test]
async fn a_legacy_search_that_is_too_long_is_refused_by_its_own_envelope() {
    let legacy = Legacy::demo().await;
    let token = legacy.log_in_graphql("TALENTS_MAPPING", "admin@talents.test").await;
    let path = |length: usize| format!("/talentsmapping/api/clients?search={}", "a".repeat(length));
    assert_eq!(legacy.get(&path(255)).token(&token).send().await.status, 200);
    let refused = legacy.get(&path(256)).token(&token).send().await;
    assert_eq!((refused.status.as_u16(), refused.body["errors"]["search"].is_array()), (422, true), "{refused:?}");
}
