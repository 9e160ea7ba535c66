//! Users: who sees and changes whom.

use gerbang::accounts::{Realm, Role, user::row::Status};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{broken, global_id, token_of, whose, word};
use crate::support::{
    TestApp,
    app::{Actor, PASSWORD},
};

async fn names(actor: &Actor<'_>, arguments: &str) -> Vec<String> {
    let query = format!("{{ users({arguments}) {{ totalCount nodes {{ name }} }} }}");
    let users = actor.graphql(&query).await.ok()["users"].take();
    let nodes = users["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn admins_and_employees_see_their_realm_and_gateway_admins_all() {
    let app = TestApp::new().await;
    let notary_admin = app.user(Realm::Notary, Role::Admin).await;
    let customer = app.user(Realm::Notary, Role::Customer).await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let admin = app.user(Realm::Staff, Role::Admin).await;
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let all = "orderBy: ID";
    assert_eq!(names(&app.as_user(&notary_admin), all).await, ["User 1", "User 2"]);
    assert_eq!(names(&app.as_user(&employee), all).await, ["User 3", "User 4"]);
    assert_eq!(names(&app.as_user(&admin), all).await.len(), 5);
    assert_eq!(names(&app.as_user(&admin), "filter: { realm: NOTARY, role: CUSTOMER }").await, ["User 2"]);
    assert_eq!(names(&app.as_user(&admin), "filter: { status: SUSPENDED }").await, Vec::<String>::new());
    for refused in [app.as_user(&customer), app.as_user(&affiliate)] {
        assert_eq!(refused.graphql("{ users { nodes { id } } }").await.code(), "FORBIDDEN");
    }
    assert_eq!(app.anonymous().graphql("{ users { nodes { id } } }").await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn users_are_found_by_their_names_and_sorted() {
    let app = TestApp::new().await;
    let admin = app
        .user_with(Realm::Staff, Role::Admin, |user| {
            user.name = Set("Citra".to_owned());
            user.username = Set(Some("A_dmin".to_owned()));
            user.username_key = Set(Some("a_dmin".to_owned()));
        })
        .await;
    for (name, username, email) in [("Budi", "zebra", "Q@staff.test"), ("andi", "Bee", "x@staff.test")] {
        app.user_with(Realm::Staff, Role::Employee, |user| {
            user.name = Set(name.to_owned());
            user.username = Set(Some(username.to_owned()));
            user.username_key = Set(Some(username.to_lowercase()));
            user.email = Set(email.to_owned());
            user.email_key = Set(email.to_lowercase());
        })
        .await;
    }
    app.user_with(Realm::Notary, Role::Admin, |user| user.name = Set("Dewi".to_owned())).await;
    let actor = app.as_user(&admin);
    for (search, found) in
        [("BUD", "Budi"), ("zeb", "Budi"), ("q@STAFF", "Budi"), ("a_d", "Citra"), ("USR09003", "andi")]
    {
        assert_eq!(names(&actor, &format!("filter: {{ search: \"{search}\" }}")).await, [found], "{search}");
    }
    assert_eq!(names(&actor, "orderBy: USERNAME").await, ["Citra", "andi", "Budi"]);
    assert_eq!(names(&actor, "orderBy: CODE, direction: DESC").await, ["andi", "Budi", "Citra"]);
    assert_eq!(names(&actor, "filter: { realm: STAFF }, orderBy: EMAIL").await, ["Budi", "Citra", "andi"]);
    assert_eq!(names(&actor, "orderBy: CREATED_AT, page: 2, perPage: 3").await, ["Dewi"]);
}

#[tokio::test]
async fn a_user_is_found_by_any_form_of_id() {
    let app = TestApp::new().await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let applicant = app.user(Realm::Scholarship, Role::Applicant).await;
    let read = async |actor: Actor<'_>, id: &str| {
        let query = "query($id: ID!) { user(id: $id) { name legacyId } }";
        actor.graphql_with(query, json!({ "id": id })).await.ok()["user"].take()
    };
    let itself = json!({ "name": employee.name, "legacyId": employee.legacy_id.to_string() });
    assert_eq!(read(app.as_user(&employee), &global_id(&employee)).await, itself);
    assert_eq!(read(app.as_user(&employee), &employee.legacy_id.to_string()).await, itself);
    let itself = json!({ "name": applicant.name, "legacyId": applicant.uuid.to_string() });
    assert_eq!(read(app.as_user(&applicant), &applicant.uuid.to_string()).await, itself);
    for id in [global_id(&employee), "0".to_owned(), "nonsense".to_owned(), "user_x".to_owned()] {
        assert_eq!(read(app.as_user(&applicant), &id).await, Value::Null, "{id}");
        assert_eq!(read(app.anonymous(), &id).await, Value::Null, "{id}");
    }
    let query = format!("{{ node(id: \"{}\") {{ ... on User {{ name }} }} }}", global_id(&applicant));
    assert_eq!(app.as_user(&applicant).graphql(&query).await.ok()["node"]["name"], applicant.name);
}

const CREATE: &str = "mutation($input: CreateUserInput!) {
    createUser(input: $input) { user { legacyId realm role status code partnerId emailVerifiedAt } }
}";

#[tokio::test]
async fn admins_make_users_of_their_realm() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    let partner =
        r#"mutation { createPartner(input: { name: "Satu", email: "satu@partner.test" }) { partner { id } } }"#;
    app.as_user(&admin).graphql(partner).await.ok();
    let mut input = json!({
        "realm": "TALENTS_MAPPING", "role": "PARTNER", "name": "P", "email": "p@talents.test", "password": "password123", "partnerId": "partner_1"
    });
    let created = app.as_user(&admin).graphql_with(CREATE, json!({ "input": input })).await.ok();
    assert_eq!(
        created["createUser"]["user"],
        json!({
            "legacyId": "1", "realm": "TALENTS_MAPPING", "role": "PARTNER", "status": "ACTIVE", "code": null,
            "partnerId": "partner_1", "emailVerifiedAt": "2026-02-03T04:05:06+00:00"
        })
    );
    input["partnerId"] = "9".into();
    input["email"] = "q@talents.test".into();
    assert_eq!(
        broken(&app.as_user(&admin).graphql_with(CREATE, json!({ "input": input })).await),
        ["partnerId EXISTS"]
    );

    let wrong = json!({ "realm": "STAFF", "role": "CUSTOMER", "name": "", "email": "x", "password": "12345" });
    let rules = ["email EMAIL", "name REQUIRED", "password MIN_LENGTH", "role IN", "username REQUIRED"];
    let answer = app.as_user(&gateway_admin).graphql_with(CREATE, json!({ "input": wrong })).await;
    assert_eq!(broken(&answer), rules);
    assert_eq!(app.as_user(&admin).graphql_with(CREATE, json!({ "input": wrong })).await.code(), "FORBIDDEN");
    assert_eq!(app.anonymous().graphql_with(CREATE, json!({ "input": wrong })).await.code(), "UNAUTHENTICATED");
}

const UPDATE: &str = "mutation($input: UpdateUserInput!) {
    updateUser(input: $input) { user { name email phone status role emailVerifiedAt } }
}";

#[tokio::test]
async fn everybody_changes_themselves_and_admins_everybody() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Apextrack, Role::Admin).await;
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let other = app.user(Realm::Apextrack, Role::Affiliate).await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let colleague = app.user(Realm::Staff, Role::Employee).await;
    let update = async |by: &gerbang::accounts::user::row::Model, input: Value| {
        app.as_user(by).graphql_with(UPDATE, json!({ "input": input })).await
    };
    let renamed =
        update(&affiliate, json!({ "id": global_id(&affiliate), "name": " Ani ", "phone": "0812345678" })).await.ok();
    assert_eq!(
        (&renamed["updateUser"]["user"]["name"], &renamed["updateUser"]["user"]["phone"]),
        (&json!("Ani"), &json!("0812345678"))
    );
    update(&admin, json!({ "id": other.legacy_id.to_string(), "name": "Budi", "role": "ADMIN" })).await.ok();

    for (by, id, input, code) in [
        (&affiliate, &other, json!({ "name": "x" }), "NOT_FOUND"),
        (&affiliate, &affiliate, json!({ "role": "ADMIN" }), "FORBIDDEN"),
        (&affiliate, &affiliate, json!({ "partnerId": "1" }), "FORBIDDEN"),
        (&admin, &admin, json!({ "role": "AFFILIATE" }), "FORBIDDEN"),
        (&admin, &employee, json!({ "name": "x" }), "NOT_FOUND"),
        (&employee, &colleague, json!({ "name": "x" }), "FORBIDDEN"),
        (&admin, &affiliate, json!({ "role": "NOTARY" }), "VALIDATION_FAILED"),
        (&admin, &affiliate, json!({ "email": admin.email }), "VALIDATION_FAILED"),
    ] {
        let mut input = input;
        input["id"] = global_id(id).into();
        assert_eq!(update(by, input.clone()).await.code(), code, "{input}");
    }
    let answer = app.anonymous().graphql_with(UPDATE, json!({ "input": { "id": "1" } })).await;
    assert_eq!(answer.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn changing_ones_own_address_requires_the_password_and_verification() {
    let app = TestApp::new().await;
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let change = async |password: Value| {
        let input = json!({ "id": global_id(&affiliate), "email": "baru@apex.test", "currentPassword": password });
        app.as_user(&affiliate).graphql_with(UPDATE, json!({ "input": input })).await
    };
    assert_eq!(broken(&change(Value::Null).await), ["currentPassword REQUIRED"]);
    for _ in 0..5 {
        assert_eq!(broken(&change("wrong".into()).await), ["currentPassword CURRENT_PASSWORD"]);
    }
    assert_eq!(change(PASSWORD.into()).await.code(), "RATE_LIMITED");
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let changed = change(PASSWORD.into()).await.ok()["updateUser"]["user"].take();
    assert_eq!(
        (&changed["email"], &changed["status"], &changed["emailVerifiedAt"]),
        (&json!("baru@apex.test"), &json!("PENDING"), &Value::Null)
    );
    let messages = app.messages().await;
    assert_eq!(messages.iter().map(|mail| &mail["to"]).collect::<Vec<_>>(), [&affiliate.email]);
}

#[tokio::test]
async fn a_suspended_user_is_locked_out_until_reinstated() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Apextrack, Role::Admin).await;
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let token = token_of(&app, &affiliate).await;
    let run = async |by: &gerbang::accounts::user::row::Model, mutation: &str, id: String| {
        let query = format!("mutation {{ {mutation}(input: {{ id: \"{id}\" }}) {{ user {{ status }} }} }}");
        app.as_user(by).graphql(&query).await
    };
    let suspended = run(&admin, "suspendUser", global_id(&affiliate)).await.ok();
    assert_eq!(suspended["suspendUser"]["user"]["status"], word(Status::Suspended));
    assert_eq!(whose(&app, &token).await, Value::Null);
    let input = json!({ "realm": "APEXTRACK", "email": affiliate.email, "password": PASSWORD });
    assert_eq!(super::login(&app, input).await.code(), "UNAUTHENTICATED");

    let reinstated = run(&admin, "reinstateUser", global_id(&affiliate)).await.ok();
    assert_eq!(reinstated["reinstateUser"]["user"]["status"], word(Status::Active));
    assert_eq!(whose(&app, &token).await, Value::Null, "old sessions stay ended");
    assert!(!whose(&app, &token_of(&app, &affiliate).await).await.is_null());

    assert_eq!(run(&admin, "suspendUser", global_id(&admin)).await.code(), "FORBIDDEN");
    assert_eq!(run(&affiliate, "suspendUser", global_id(&affiliate)).await.code(), "FORBIDDEN");
    assert_eq!(run(&affiliate, "suspendUser", global_id(&admin)).await.code(), "NOT_FOUND");
}
