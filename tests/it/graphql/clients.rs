//! Clients: who sees which, who may change them, and how lists are paged, also below partners.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use crate::support::{TestApp, database::TestDatabase};

const CREATE: &str = "mutation($input: CreateClientInput!) {
    createClient(input: $input) { client { id partnerId name email phone gender birthDate status assessedAt } }
}";

#[tokio::test]
async fn an_admin_creates_changes_archives_restores_and_removes_a_client() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    let actor = app.as_user(&admin);
    let input = json!({
        "partnerId": "partner_1", "name": " Citra ", "email": "Citra@client.test", "phone": "+62 812 3456 789",
        "gender": "FEMALE", "birthDate": "1999-12-31"
    });
    let created = actor.graphql_with(CREATE, json!({ "input": input })).await.ok();
    assert_eq!(
        created["createClient"]["client"],
        json!({
            "id": "client_1", "partnerId": "partner_1", "name": "Citra", "email": "Citra@client.test",
            "phone": "+62 812 3456 789", "gender": "FEMALE", "birthDate": "1999-12-31", "status": "INVITED",
            "assessedAt": null
        })
    );

    let update = r#"mutation {
        updateClient(input: { id: "1", name: "Citra Dewi", phone: null, gender: null }) {
            client { legacyId name email phone gender birthDate partner { name } }
        }
    }"#;
    let changed = actor.graphql(update).await.ok();
    assert_eq!(
        changed["updateClient"]["client"],
        json!({
            "legacyId": "1", "name": "Citra Dewi", "email": "Citra@client.test", "phone": null, "gender": null,
            "birthDate": "1999-12-31", "partner": { "name": "Satu" }
        })
    );

    let status = async |mutation: &str| {
        let query = format!(r#"mutation {{ {mutation}(input: {{ id: "client_1" }}) {{ client {{ status }} }} }}"#);
        actor.graphql(&query).await.ok()[mutation]["client"]["status"].clone()
    };
    assert_eq!(status("archiveClient").await, "ARCHIVED");
    assert_eq!(status("archiveClient").await, "ARCHIVED");
    assert_eq!(status("restoreClient").await, "INVITED");
    app.assess(1).await;
    assert_eq!(status("restoreClient").await, "ASSESSED");
    assert_eq!(status("archiveClient").await, "ARCHIVED");
    assert_eq!(status("restoreClient").await, "ASSESSED");
    assert_eq!(status("deleteClient").await, "ASSESSED");

    let remove = r#"mutation { deleteClient(input: { id: "client_1" }) { client { id } } }"#;
    assert_eq!(actor.graphql(remove).await.code(), "NOT_FOUND");
    let gone = r#"{ client(id: "1") { id } client: node(id: "client_1") { id } result: node(id: "assessmentResult_1") { id } }"#;
    assert_eq!(
        actor.graphql(&gone.replace("client: node", "node")).await.ok(),
        json!({ "client": null, "node": null, "result": null })
    );
}

#[tokio::test]
async fn all_broken_rules_are_reported_together() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    let actor = app.as_user(&admin);
    let input = json!({ "name": " ", "email": "nobody", "phone": "12", "birthDate": "2026-02-04" });
    let rules = actor.graphql_with(CREATE, json!({ "input": input })).await.broken_rules();
    assert_eq!(rules, ["partnerId REQUIRED", "name REQUIRED", "email EMAIL", "phone PHONE", "birthDate FUTURE"]);
    for partner in ["7", "partner_7", "client_1", "x"] {
        let input = json!({ "partnerId": partner, "name": "Citra", "email": "citra@client.test" });
        let rules = actor.graphql_with(CREATE, json!({ "input": input })).await.broken_rules();
        assert_eq!(rules, ["partnerId EXISTS"], "{partner}");
    }
    app.partner("Satu").await;
    let client = app.client(1, "Citra").await;
    let update = "mutation($input: UpdateClientInput!) { updateClient(input: $input) { client { id } } }";
    let input = json!({ "id": client, "name": "", "email": "x", "phone": "1", "birthDate": "2030-01-01" });
    let rules = actor.graphql_with(update, json!({ "input": input })).await.broken_rules();
    assert_eq!(rules, ["name REQUIRED", "email EMAIL", "phone PHONE", "birthDate FUTURE"]);
}

#[tokio::test]
async fn a_partner_looks_after_its_own_clients_only() {
    let app = TestApp::new().await;
    for name in ["Satu", "Dua"] {
        let partner = app.partner(name).await;
        app.client(partner, &format!("Klien{name}")).await;
    }
    let user = app.partner_user(2).await;
    let actor = app.as_user(&user);
    let seen = r#"{
        clients { totalCount nodes { name } }
        foreign: clients(filter: { partnerId: "1" }) { totalCount nodes { name } }
        own: client(id: "2") { name partner { name clientsCount } }
        other: client(id: "1") { name }
        node(id: "client_1") { id }
    }"#;
    assert_eq!(
        actor.graphql(seen).await.ok(),
        json!({
            "clients": { "totalCount": 1, "nodes": [{ "name": "KlienDua" }] },
            "foreign": { "totalCount": 0, "nodes": [] },
            "own": { "name": "KlienDua", "partner": { "name": "Dua", "clientsCount": 1 } },
            "other": null,
            "node": null
        })
    );

    let input = json!({ "name": "Baru", "email": "baru@client.test" });
    let created = actor.graphql_with(CREATE, json!({ "input": input })).await.ok();
    assert_eq!(created["createClient"]["client"]["partnerId"], "partner_2");
    let input = json!({ "partnerId": "1", "name": "Baru", "email": "baru@client.test" });
    assert_eq!(actor.graphql_with(CREATE, json!({ "input": input })).await.broken_rules(), ["partnerId EXISTS"]);

    for mutation in [r#"updateClient(input: { id: "1", name: "x" })"#, r#"archiveClient(input: { id: "1" })"#] {
        let answer = actor.graphql(&format!("mutation {{ {mutation} {{ client {{ id }} }} }}")).await;
        assert_eq!(answer.code(), "NOT_FOUND", "{mutation}");
    }
    let remove = r#"mutation { deleteClient(input: { id: "2" }) { client { id } } }"#;
    assert_eq!(actor.graphql(remove).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn clients_are_for_users_of_the_realm_and_admins_of_the_gateway() {
    let app = TestApp::new().await;
    app.partner("Satu").await;
    app.client(1, "Citra").await;
    let stranger = app.user(Realm::Scholarship, Role::Admin).await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    let list = "{ clients { totalCount } }";
    let one = r#"{ client(id: "client_1") { name } }"#;
    let archive = r#"mutation { archiveClient(input: { id: "1" }) { client { status } } }"#;
    let input = json!({ "input": { "partnerId": "1", "name": "Baru", "email": "baru@client.test" } });

    for document in [list, one, archive] {
        assert_eq!(app.anonymous().graphql(document).await.code(), "UNAUTHENTICATED", "{document}");
    }
    assert_eq!(app.anonymous().graphql_with(CREATE, input.clone()).await.code(), "UNAUTHENTICATED");
    for user in [&stranger, &employee] {
        assert_eq!(app.as_user(user).graphql(list).await.code(), "FORBIDDEN");
        assert_eq!(app.as_user(user).graphql(archive).await.code(), "FORBIDDEN");
        assert_eq!(app.as_user(user).graphql_with(CREATE, input.clone()).await.code(), "FORBIDDEN");
        assert_eq!(app.as_user(user).graphql(one).await.ok(), json!({ "client": null }));
    }
    assert_eq!(app.as_user(&gateway_admin).graphql(list).await.ok(), json!({ "clients": { "totalCount": 1 } }));
    app.as_user(&gateway_admin).graphql(archive).await.ok();
    app.as_user(&gateway_admin).graphql_with(CREATE, input).await.ok();
}

#[tokio::test]
async fn a_missing_client_is_null_in_queries_and_not_found_in_mutations() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    let actor = app.as_user(&admin);
    for id in ["client_9", "9", "partner_1", "x", "", "client_", "client_9223372036854775808", "client_1 "] {
        let query = "query($id: ID!) { client(id: $id) { id } node(id: $id) { id } }";
        let found = actor.graphql_with(query, json!({ "id": id })).await.ok();
        assert_eq!(found, json!({ "client": null, "node": null }), "{id}");
        for (mutation, input) in [
            ("updateClient", "UpdateClientInput"),
            ("archiveClient", "ArchiveClientInput"),
            ("restoreClient", "RestoreClientInput"),
            ("deleteClient", "DeleteClientInput"),
        ] {
            let query = format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ client {{ id }} }} }}");
            let answer = actor.graphql_with(&query, json!({ "input": { "id": id } })).await;
            assert_eq!(answer.code(), "NOT_FOUND", "{mutation} {id}");
        }
    }
}

#[tokio::test]
async fn lists_are_filtered_and_sorted() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    for name in ["Satu", "Dua"] {
        app.partner(name).await;
    }
    for (partner, name) in [(1, "Citra"), (2, "Agus"), (1, "Budi_50%"), (2, "Dewi")] {
        app.client(partner, name).await;
    }
    app.assess(4).await;
    let names = async |arguments: &str| {
        let query = format!("{{ clients({arguments}) {{ totalCount nodes {{ name }} }} }}");
        let clients = app.as_user(&admin).graphql(&query).await.ok()["clients"].take();
        let names: Vec<_> = clients["nodes"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
        assert_eq!(clients["totalCount"], names.len(), "{arguments}");
        Value::from(names)
    };
    assert_eq!(names("first: 100").await, json!(["Citra", "Agus", "Budi_50%", "Dewi"]));
    assert_eq!(names("orderBy: NAME").await, json!(["Agus", "Budi_50%", "Citra", "Dewi"]));
    assert_eq!(names("orderBy: EMAIL, direction: DESC").await, json!(["Dewi", "Citra", "Budi_50%", "Agus"]));
    assert_eq!(names("orderBy: CREATED_AT, direction: DESC").await, json!(["Dewi", "Budi_50%", "Agus", "Citra"]));
    assert_eq!(names(r#"filter: { search: " CITRA" }"#).await, json!(["Citra"]));
    assert_eq!(names(r#"filter: { search: "agus@client" }"#).await, json!(["Agus"]));
    assert_eq!(names(r#"filter: { search: "_50%" }"#).await, json!(["Budi_50%"]));
    assert_eq!(names(r#"filter: { search: "%" }"#).await, json!(["Budi_50%"]));
    assert_eq!(names(r#"filter: { partnerId: "partner_2" }"#).await, json!(["Agus", "Dewi"]));
    assert_eq!(names(r#"filter: { partnerId: "partner_99" }"#).await, json!([]));
    assert_eq!(names("filter: { status: ASSESSED }").await, json!(["Dewi"]));
    assert_eq!(names(r#"filter: { status: INVITED, partnerId: "2", search: "a" }"#).await, json!(["Agus"]));
}

/// What a page shows: the names, whether rows precede and follow, and its first and last cursor.
#[derive(Debug, PartialEq)]
struct Shown(String, bool, bool);

fn shown(connection: &Value) -> (Shown, Value, Value) {
    let names = connection["nodes"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    let info = &connection["pageInfo"];
    let shown = Shown(names, info["hasPreviousPage"] == true, info["hasNextPage"] == true);
    (shown, info["startCursor"].clone(), info["endCursor"].clone())
}

#[tokio::test]
async fn lists_are_paged_alike_at_the_root_and_below_a_partner() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let admin = app.talents_admin().await;
        app.partner("Satu").await;
        app.partner("Dua").await;
        for name in ["C", "A", "E", "B", "D"] {
            app.client(1, name).await;
        }
        app.client(2, "Z").await;
        let actor = app.as_user(&admin);
        let page = async |arguments: &str| {
            let fields = "totalCount nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
            let query = format!(
                r#"{{
                    clients(filter: {{ partnerId: "1" }}, orderBy: NAME, {arguments}) {{ {fields} }}
                    partner(id: "1") {{ clients(orderBy: NAME, {arguments}) {{ {fields} }} }}
                }}"#
            );
            let answer = actor.graphql(&query).await.ok();
            assert_eq!(answer["clients"], answer["partner"]["clients"], "{arguments}");
            assert_eq!(answer["clients"]["totalCount"], 5);
            shown(&answer["clients"])
        };
        let (first, _, end) = page("first: 2").await;
        assert_eq!(first, Shown("AB".into(), false, true));
        let (second, ..) = page(&format!("first: 2, after: {end}")).await;
        assert_eq!(second, Shown("CD".into(), true, true));
        let (last, start, _) = page("last: 2").await;
        assert_eq!(last, Shown("DE".into(), true, false));
        let (before, ..) = page(&format!("last: 2, before: {start}")).await;
        assert_eq!(before, Shown("BC".into(), true, true));
        assert_eq!(page(&format!("first: 9, after: {end}, before: {start}")).await.0, Shown("C".into(), true, false));
        assert_eq!(page("direction: DESC, first: 3").await.0, Shown("EDC".into(), false, true));
        assert_eq!(page("direction: DESC, last: 2").await.0, Shown("BA".into(), true, false));
        assert_eq!(page("page: 1, perPage: 2").await.0, Shown("AB".into(), false, true));
        assert_eq!(page("page: 3, perPage: 2").await.0, Shown("E".into(), true, false));
        assert_eq!(page("page: 9").await.0, Shown(String::new(), true, false));
        let (none, start, end) = page("first: 0").await;
        assert_eq!((none, start, end), (Shown(String::new(), false, true), Value::Null, Value::Null));
    }
}

#[tokio::test]
async fn invalid_page_arguments_are_refused() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    let foreign = app.as_user(&admin).graphql("{ partners { pageInfo { endCursor } } }").await.ok();
    let foreign = format!("orderBy: NAME, after: {}", foreign["partners"]["pageInfo"]["endCursor"]);
    for (arguments, rule) in [
        ("first: 101", "first MAX"),
        ("first: -1", "first MIN"),
        ("last: 101", "last MAX"),
        ("last: -5", "last MIN"),
        ("page: 0", "page MIN"),
        ("perPage: 0", "perPage MIN"),
        ("page: 1, perPage: 101", "perPage MAX"),
        (r#"after: "nonsense""#, "after CURSOR"),
        (r#"before: """#, "before CURSOR"),
        (foreign.as_str(), "after CURSOR"),
    ] {
        for query in [
            format!("{{ clients({arguments}) {{ nodes {{ id }} }} }}"),
            format!("{{ partners {{ nodes {{ clients({arguments}) {{ nodes {{ id }} }} }} }} }}"),
        ] {
            assert_eq!(app.as_user(&admin).graphql(&query).await.broken_rules(), [rule], "{query}");
        }
    }
}

const EVERYTHING: &str = "{
    partners(first: 100) {
        totalCount
        nodes {
            clientsCount
            clients(first: 100) {
                totalCount
                nodes {
                    partner { name }
                    assessmentResult { client { name } typologies { code score rank cluster { name } } clusters { code score } }
                }
            }
            second: clients(first: 1, orderBy: NAME) { nodes { name } }
        }
    }
}";

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_number_of_rows() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let admin = app.talents_admin().await;
        let count = async || {
            let before = app.statements();
            let answer = app.as_user(&admin).graphql(EVERYTHING).await.ok();
            (app.statements() - before, answer)
        };
        let partner = app.partner("P0").await;
        let client = app.client(partner, "C").await;
        app.assess(client).await;
        let (few, answer) = count().await;
        assert_eq!(answer["partners"]["nodes"][0]["clients"]["nodes"].as_array().unwrap().len(), 1);

        for number in 1..20 {
            let partner = app.partner(&format!("P{number}")).await;
            for number in 0..5 {
                let client = app.client(partner, &format!("C{number}")).await;
                app.assess(client).await;
            }
        }
        let (many, answer) = count().await;
        assert_eq!(few, many);
        assert_eq!(answer["partners"]["totalCount"], 20);
        let partner = &answer["partners"]["nodes"][19];
        assert_eq!(partner["clientsCount"], 5);
        assert_eq!(partner["clients"]["totalCount"], 5);
        assert_eq!(partner["second"]["nodes"], json!([{ "name": "C0" }]));
        for client in partner["clients"]["nodes"].as_array().unwrap() {
            assert_eq!(client["partner"]["name"], "P19");
            assert_eq!(client["assessmentResult"]["typologies"].as_array().unwrap().len(), 30);
            assert_eq!(client["assessmentResult"]["clusters"].as_array().unwrap().len(), 8);
        }
    }
}

#[tokio::test]
async fn results_without_scores_are_read_with_their_clients() {
    let list = |selected: &str| format!("partners {{ nodes {{ clients {{ {selected} }} }} }}");
    let (result, scored) = ("assessmentResult { id version }", "assessmentResult { typologies { score } }");
    // What is selected, and the statements that it takes: for partners, for clients, and what can't be read with these.
    let questions = [
        (format!("{{ {} }}", list(&format!("nodes {{ name {result} }}"))), 2),
        (format!("{{ {} }}", list(&format!("edges {{ node {{ {result} }} }}"))), 2),
        (format!("{{ {} }} fragment F on Client {{ ... on Client {{ {result} }} }}", list("nodes { ...F }")), 2),
        (format!("{{ {} }}", list(&format!("nodes {{ {result} other: assessmentResult {{ assessedAt }} }}"))), 3),
        (format!("{{ {} }}", list(&format!("nodes {{ {result} }} edges {{ node {{ {result} }} }}"))), 3),
        (format!("{{ {} }}", list(&format!("nodes {{ {scored} }}"))), 6),
    ];
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let admin = app.talents_admin().await;
        for number in 1..=3 {
            let partner = app.partner(&format!("P{number}")).await;
            for name in ["assessed", "invited"] {
                let client = app.client(partner, name).await;
                if name == "assessed" {
                    app.assess(client).await;
                }
            }
        }
        let own = app.partner_user(2).await;
        for user in [&admin, &own] {
            for (question, expected) in &questions {
                let before = app.statements();
                let answer = app.as_user(user).graphql(question).await.ok();
                assert_eq!(app.statements() - before, *expected, "{question}");
                let partners = answer["partners"]["nodes"].as_array().unwrap();
                assert_eq!(partners.len(), if user.id == own.id { 1 } else { 3 });
                for partner in partners {
                    let clients = &partner["clients"];
                    let nodes = clients["nodes"].as_array().into_iter().flatten();
                    let edges = clients["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]);
                    for (client, is_assessed) in nodes.chain(edges).zip([true, false, true, false]) {
                        assert_eq!(client["assessmentResult"].is_object(), is_assessed, "{question}: {client}");
                        if let Some(other) = client.get("other") {
                            assert_eq!(other["assessedAt"].is_string(), is_assessed, "{client}");
                        }
                    }
                }
            }
        }
    }
}
