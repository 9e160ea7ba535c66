//! Partners: who sees which, who may change them, and how lists are paged.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use crate::support::TestApp;

const CREATE: &str = "mutation($input: CreatePartnerInput!) {
    createPartner(input: $input) { partner { id legacyId name email phone address } }
}";

async fn admin(app: &TestApp) -> gerbang::accounts::user::row::Model {
    app.user(Realm::TalentsMapping, Role::Admin).await
}

async fn create(app: &TestApp, admin: &gerbang::accounts::user::row::Model, name: &str) -> Value {
    let input = json!({ "name": name, "email": format!("{}@partner.test", name.to_lowercase()) });
    app.as_user(admin).graphql_with(CREATE, json!({ "input": input })).await.ok()
}

#[tokio::test]
async fn an_admin_creates_changes_and_removes_a_partner() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let input =
        json!({ "name": "  Nusantara ", "email": "Halo@Nusantara.test", "phone": "0812 3456 789", "address": null });
    let created = app.as_user(&admin).graphql_with(CREATE, json!({ "input": input })).await.ok();
    assert_eq!(
        created["createPartner"]["partner"],
        json!({
            "id": "partner_1", "legacyId": "1", "name": "Nusantara", "email": "Halo@Nusantara.test",
            "phone": "0812 3456 789", "address": null
        })
    );

    let changed = app
        .as_user(&admin)
        .graphql(r#"mutation { updatePartner(input: { id: "1", phone: null, address: "Jl. Merdeka 1" }) { partner { name phone address } } }"#)
        .await
        .ok();
    assert_eq!(
        changed["updatePartner"]["partner"],
        json!({ "name": "Nusantara", "phone": null, "address": "Jl. Merdeka 1" })
    );

    let remove = r#"mutation { deletePartner(input: { id: "partner_1" }) { partner { id } } }"#;
    app.as_user(&admin).graphql(remove).await.ok();
    assert_eq!(app.as_user(&admin).graphql(remove).await.code(), "NOT_FOUND");
    let gone =
        app.as_user(&admin).graphql(r#"{ partner(id: "partner_1") { id } node(id: "partner_1") { id } }"#).await.ok();
    assert_eq!(gone, json!({ "partner": null, "node": null }));
}

#[tokio::test]
async fn all_broken_rules_are_reported_together() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let input = json!({ "name": " ", "email": "nobody", "phone": "12", "address": "x".repeat(5_001) });
    let answer = app.as_user(&admin).graphql_with(CREATE, json!({ "input": input })).await;
    assert_eq!(answer.broken_rules(), ["name REQUIRED", "email EMAIL", "phone PHONE", "address MAX_LENGTH"]);
}

#[tokio::test]
async fn only_admins_of_the_realm_or_the_gateway_may_change_partners() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    create(&app, &admin, "Satu").await;
    let partner = app
        .user_with(Realm::TalentsMapping, Role::Partner, |user| user.partner_id = sea_orm::ActiveValue::Set(Some(1)))
        .await;
    let stranger = app.user(Realm::Notary, Role::Admin).await;
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    let rename = r#"mutation { updatePartner(input: { id: "1", name: "Dua" }) { partner { name } } }"#;
    assert_eq!(app.anonymous().graphql(rename).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&partner).graphql(rename).await.code(), "FORBIDDEN");
    assert_eq!(app.as_user(&stranger).graphql(rename).await.code(), "FORBIDDEN");
    app.as_user(&gateway_admin).graphql(rename).await.ok();
}

#[tokio::test]
async fn a_partner_sees_itself_only() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    create(&app, &admin, "Satu").await;
    create(&app, &admin, "Dua").await;
    let partner = app
        .user_with(Realm::TalentsMapping, Role::Partner, |user| user.partner_id = sea_orm::ActiveValue::Set(Some(2)))
        .await;
    let seen = app
        .as_user(&partner)
        .graphql(r#"{ partners { totalCount nodes { name } } own: partner(id: "2") { name } other: partner(id: "1") { name } }"#)
        .await
        .ok();
    assert_eq!(
        seen,
        json!({ "partners": { "totalCount": 1, "nodes": [{ "name": "Dua" }] }, "own": { "name": "Dua" }, "other": null })
    );
}

#[tokio::test]
async fn lists_are_paged_by_cursor_in_both_directions_and_by_number() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    for name in ["C", "A", "E", "B", "D"] {
        create(&app, &admin, name).await;
    }
    let actor = app.as_user(&admin);
    let page = async |arguments: &str| {
        let query = format!(
            "{{ partners(orderBy: NAME, {arguments}) {{ nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let partners = actor.graphql(&query).await.ok()["partners"].take();
        let names: String = partners["nodes"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["name"].as_str().expect("a name"))
            .collect();
        let info = &partners["pageInfo"];
        (
            names,
            info["hasPreviousPage"] == true,
            info["hasNextPage"] == true,
            info["endCursor"].clone(),
            info["startCursor"].clone(),
        )
    };
    let (names, previous, next, end, _) = page("first: 2").await;
    assert_eq!((names.as_str(), previous, next), ("AB", false, true));
    let (names, previous, next, ..) = page(&format!("first: 2, after: {end}")).await;
    assert_eq!((names.as_str(), previous, next), ("CD", true, true));
    let (names, previous, next, _, start) = page("last: 2").await;
    assert_eq!((names.as_str(), previous, next), ("DE", true, false));
    let (names, previous, next, ..) = page(&format!("last: 2, before: {start}")).await;
    assert_eq!((names.as_str(), previous, next), ("BC", true, true));
    let (names, ..) = page("direction: DESC, first: 3").await;
    assert_eq!(names, "EDC");
    let (names, previous, next, ..) = page("page: 3, perPage: 2").await;
    assert_eq!((names.as_str(), previous, next), ("E", true, false));
    let (names, _, next, end, _) = page("first: 0").await;
    assert_eq!((names.as_str(), next, end), ("", true, Value::Null));

    for refused in ["first: 101", "first: -1", "last: 101", "perPage: 101", "page: 0", "after: \"nonsense\""] {
        let answer = actor.graphql(&format!("{{ partners({refused}) {{ nodes {{ name }} }} }}")).await;
        assert_eq!(answer.code(), "VALIDATION_FAILED", "{refused}");
    }
}
