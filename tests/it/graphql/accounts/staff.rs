//! Staff: registering and changing them.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role, user};
use serde_json::{Value, json};

use super::{broken, global_id, token_with};
use crate::support::{TestApp, app::Answer};

const REGISTER: &str = "mutation($input: RegisterStaffInput!) {
    registerStaff(input: $input) { user { legacyId name username email phone address positionCode code role emailVerifiedAt } }
}";

fn budi() -> Value {
    json!({
        "name": "Budi", "username": "budi123", "email": "budi@example.com", "password": "secret",
        "passwordConfirmation": "secret", "phone": "08123456789", "address": "Jl. Contoh", "positionCode": "STAFF"
    })
}

async fn register(app: &TestApp, by: &user::row::Model, input: Value) -> Answer {
    app.as_user(by).graphql_with(REGISTER, json!({ "input": input })).await
}

async fn update(app: &TestApp, by: &user::row::Model, input: Value) -> Answer {
    let query = "mutation($input: UpdateStaffInput!) {
        updateStaff(input: $input) { user { name username email phone address positionCode role emailVerifiedAt } }
    }";
    app.as_user(by).graphql_with(query, json!({ "input": input })).await
}

#[tokio::test]
async fn any_member_of_staff_registers_others() {
    let app = TestApp::new().await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let registered = register(&app, &employee, budi()).await.ok()["registerStaff"]["user"].take();
    assert_eq!(
        registered,
        json!({
            "legacyId": "1", "name": "Budi", "username": "budi123", "email": "budi@example.com", "phone": "08123456789",
            "address": "Jl. Contoh", "positionCode": "STAFF", "code": "USR00001", "role": "EMPLOYEE", "emailVerifiedAt": null
        })
    );
    token_with(&app, Realm::Staff, "budi@example.com", "secret").await;

    let mut same_phone = budi();
    same_phone["username"] = "budi124".into();
    same_phone["email"] = "budi2@example.com".into();
    let second = register(&app, &employee, same_phone).await.ok();
    assert_eq!(second["registerStaff"]["user"]["code"], "USR00002");

    let stranger = app.user(Realm::Notary, Role::Admin).await;
    assert_eq!(register(&app, &stranger, budi()).await.code(), "FORBIDDEN");
    let nobody = app.anonymous().graphql_with(REGISTER, json!({ "input": budi() })).await;
    assert_eq!(nobody.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_documented_lengths_hold() {
    let app = TestApp::new().await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    register(&app, &employee, budi()).await.ok();
    let input = json!({
        "name": "B", "username": "x".repeat(101), "email": format!("{}@example.com", "x".repeat(60)), "password": "short",
        "passwordConfirmation": "shorter", "phone": "abc"
    });
    let rules = ["name MIN_LENGTH", "password CONFIRMED", "password MIN_LENGTH", "phone PHONE", "username MAX_LENGTH"];
    assert_eq!(broken(&register(&app, &employee, input).await), rules);
    let mut taken = budi();
    taken["username"] = "BUDI123".into();
    taken["email"] = "Budi@Example.com".into();
    assert_eq!(broken(&register(&app, &employee, taken).await), ["email TAKEN", "username TAKEN"]);
    let mut long = budi();
    long["email"] = format!("{0}@{0}.{0}.com", "x".repeat(40)).into();
    assert_eq!(broken(&register(&app, &employee, long).await), ["email MAX_LENGTH", "username TAKEN"]);
}

#[tokio::test]
async fn codes_have_no_gaps_under_a_race() {
    let app = TestApp::new().await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    // Every other one wants the same user name, so that numbers are given back.
    let inputs = (0..16).map(|n| {
        let mut input = budi();
        input["email"] = format!("budi{n}@example.com").into();
        if n % 2 == 0 {
            input["username"] = format!("budi{n}").into();
        }
        register(&app, &employee, input)
    });
    let answers = join_all(inputs).await;
    let codes: BTreeSet<String> = answers
        .iter()
        .filter(|answer| answer.errors.is_null())
        .map(|answer| answer.data["registerStaff"]["user"]["code"].as_str().unwrap().to_owned())
        .collect();
    let expected: BTreeSet<String> = (1..=9).map(|n| format!("USR{n:05}")).collect();
    assert_eq!(codes, expected);
    let lost = answers.iter().filter(|answer| !answer.errors.is_null());
    lost.for_each(|answer| assert_eq!(broken(answer), ["username TAKEN"]));
}

#[tokio::test]
async fn employees_change_employees_but_no_admin() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Staff, Role::Admin).await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let colleague = app.user(Realm::Staff, Role::Employee).await;
    let stranger = app.user(Realm::Notary, Role::Customer).await;

    let input = json!({ "id": colleague.legacy_id.to_string(), "name": "Andi Dermawan", "phone": "081234567890", "positionCode": "ADM" });
    let changed = update(&app, &employee, input).await.ok()["updateStaff"]["user"].take();
    assert_eq!(
        (&changed["name"], &changed["phone"], &changed["positionCode"], &changed["role"]),
        (&json!("Andi Dermawan"), &json!("081234567890"), &json!("ADM"), &json!("EMPLOYEE"))
    );
    assert_eq!(changed["emailVerifiedAt"], "2026-02-03T04:05:06+00:00", "the address is the same");
    let cleared =
        update(&app, &employee, json!({ "id": global_id(&colleague), "phone": null, "address": "" })).await.ok();
    assert_eq!(cleared["updateStaff"]["user"]["phone"], Value::Null);

    for id in [global_id(&admin), global_id(&stranger), "999999".to_owned(), "nonsense".to_owned()] {
        let answer = update(&app, &employee, json!({ "id": id, "name": "Xx" })).await;
        assert_eq!(answer.code(), "NOT_FOUND", "{id}");
    }
    update(&app, &admin, json!({ "id": global_id(&admin), "name": "Kepala" })).await.ok();
    assert_eq!(update(&app, &stranger, json!({ "id": global_id(&stranger), "name": "Xx" })).await.code(), "FORBIDDEN");
    let taken = json!({ "id": global_id(&employee), "email": admin.email, "username": colleague.username, "name": "" });
    assert_eq!(broken(&update(&app, &employee, taken).await), ["email TAKEN", "name REQUIRED", "username TAKEN"]);
    let same =
        json!({ "id": global_id(&employee), "email": employee.email.to_uppercase(), "username": employee.username });
    update(&app, &employee, same).await.ok();
    assert!(app.messages().await.is_empty());
}

#[tokio::test]
async fn a_new_address_is_unverified_and_the_old_one_is_notified() {
    let app = TestApp::new().await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let input = json!({ "id": global_id(&employee), "email": "baru@staff.test" });
    let changed = update(&app, &employee, input).await.ok()["updateStaff"]["user"].take();
    assert_eq!((&changed["email"], &changed["emailVerifiedAt"]), (&json!("baru@staff.test"), &Value::Null));
    let messages = app.messages().await;
    let [mail] = messages.as_slice() else { panic!("one mail: {messages:#?}") };
    assert_eq!((&mail["to"], &mail["code"]), (&json!(employee.email), &Value::Null));
}
