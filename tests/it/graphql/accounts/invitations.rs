//! Invitations: made by admins, accepted once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role, user};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{broken, global_id, token_with, whose};
use crate::support::{TestApp, app::Answer};

const GUEST: &str = "guest@office.test";

async fn invite(app: &TestApp, by: &user::row::Model, input: Value) -> Answer {
    let query = "mutation($input: CreateInvitationInput!) {
        createInvitation(input: $input) { link invitation { id email role expiresInMinutes expiresAt } }
    }";
    app.as_user(by).graphql_with(query, json!({ "input": input })).await
}

fn a_notary() -> Value {
    json!({ "realm": "NOTARY", "email": GUEST, "role": "NOTARY", "expiresInMinutes": 10 })
}

async fn open(app: &TestApp, code: &str) -> Value {
    let query = "query($code: String!) { invitation(code: $code) { email role realm acceptUrl } }";
    app.anonymous().graphql_with(query, json!({ "code": code })).await.ok()["invitation"].take()
}

async fn accept(app: &TestApp, code: &str) -> Answer {
    let query = "mutation($input: AcceptInvitationInput!) {
        acceptInvitation(input: $input) { token { content kind } user { id name email role emailVerifiedAt } }
    }";
    let input = json!({ "code": code, "name": "John Doe", "password": "securepassword" });
    app.anonymous().graphql_with(query, json!({ "input": input })).await
}

#[tokio::test]
async fn a_guest_accepts_and_is_logged_in() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    let created = invite(&app, &admin, a_notary()).await.ok()["createInvitation"].take();
    assert_eq!(
        created["invitation"],
        json!({ "id": "invitation_1", "email": GUEST, "role": "NOTARY", "expiresInMinutes": 10, "expiresAt": "2026-02-03T04:15:06+00:00" })
    );
    let messages = app.messages().await;
    let [mail] = messages.as_slice() else { panic!("one mail: {messages:#?}") };
    let code = mail["code"].as_str().unwrap();
    assert_eq!((&mail["to"], &mail["link"]), (&json!(GUEST), &created["link"]));
    assert_eq!(created["link"], format!("http://gerbang.test/notary/api/v1/invitation/open?code={code}"));
    assert_eq!(
        open(&app, code).await,
        json!({ "email": GUEST, "role": "NOTARY", "realm": "NOTARY", "acceptUrl": format!("http://app.gerbang.test/invitation?code={code}") })
    );
    let accepted = accept(&app, code).await.ok()["acceptInvitation"].take();
    assert_eq!((&accepted["user"]["role"], &accepted["user"]["email"]), (&json!("NOTARY"), &json!(GUEST)));
    assert_eq!(whose(&app, accepted["token"]["content"].as_str().unwrap()).await, accepted["user"]["id"]);
    token_with(&app, Realm::Notary, GUEST, "securepassword").await;
    assert_eq!(open(&app, code).await, Value::Null);
    assert_eq!(accept(&app, code).await.code(), "NOT_FOUND");

    let list = "{ invitations { totalCount nodes { email acceptedAt invitedBy { id } acceptedBy { email } } } node(id: \"invitation_1\") { id } }";
    let list = app.as_user(&admin).graphql(list).await.ok();
    assert_eq!(
        list["invitations"]["nodes"],
        json!([{ "email": GUEST, "acceptedAt": "2026-02-03T04:05:06+00:00", "invitedBy": { "id": global_id(&admin) }, "acceptedBy": { "email": GUEST } }])
    );
    assert_eq!(list["node"]["id"], "invitation_1");
}

#[tokio::test]
async fn of_concurrent_acceptances_one_succeeds() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    invite(&app, &admin, a_notary()).await.ok();
    let code = app.code_to(GUEST).await;
    let answers = join_all((0..16).map(|_| accept(&app, &code))).await;
    let (accepted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.errors.is_null());
    assert_eq!((accepted.len(), refused.len()), (1, 15));
    for answer in &refused {
        assert_eq!(answer.code(), "NOT_FOUND");
    }
}

#[tokio::test]
async fn an_address_taken_meanwhile_leaves_the_invitation_open() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    invite(&app, &admin, a_notary()).await.ok();
    let code = app.code_to(GUEST).await;
    app.user_with(Realm::Notary, Role::Customer, |user| {
        user.email = Set(GUEST.to_owned());
        user.email_key = Set(GUEST.to_owned());
    })
    .await;
    assert_eq!(broken(&accept(&app, &code).await), ["code TAKEN"]);
    assert!(!open(&app, &code).await.is_null());
}

#[tokio::test]
async fn an_invitation_ends_by_expiry_replacement_or_revocation() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    invite(&app, &admin, a_notary()).await.ok();
    let expired = app.code_to(GUEST).await;
    app.clock.advance(TimeDelta::minutes(10));
    invite(&app, &admin, a_notary()).await.ok();
    let replaced = app.code_to(GUEST).await;
    invite(&app, &admin, a_notary()).await.ok();
    let revoked = app.code_to(GUEST).await;
    let revoke = "mutation { revokeInvitation(input: { id: \"invitation_3\" }) { invitation { revokedAt } } }";
    app.as_user(&admin).graphql(revoke).await.ok();
    assert_eq!(app.as_user(&admin).graphql(revoke).await.code(), "NOT_FOUND");
    for code in [&expired, &replaced, &revoked, "unknown"] {
        assert_eq!(open(&app, code).await, Value::Null);
        assert_eq!(accept(&app, code).await.code(), "NOT_FOUND");
    }
}

#[tokio::test]
async fn only_admins_invite_and_only_to_roles_of_the_realm() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    let notary = app.user(Realm::Notary, Role::Notary).await;
    let stranger = app.user(Realm::Apextrack, Role::Admin).await;
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    for refused in [&notary, &stranger] {
        assert_eq!(invite(&app, refused, a_notary()).await.code(), "FORBIDDEN");
    }
    let seen = app.as_user(&notary).graphql("{ invitations { nodes { id } } }").await;
    assert_eq!(seen.code(), "FORBIDDEN");
    invite(&app, &gateway_admin, a_notary()).await.ok();
    let elsewhere = app.as_user(&stranger).graphql("{ invitations { totalCount } }").await.ok();
    assert_eq!(elsewhere["invitations"]["totalCount"], 0);
    let wrong = json!({ "realm": "NOTARY", "email": "x", "role": "CUSTOMER", "expiresInMinutes": 0 });
    assert_eq!(broken(&invite(&app, &admin, wrong).await), ["email EMAIL", "expiresInMinutes MIN", "role IN"]);
    let taken =
        json!({ "realm": "NOTARY", "email": notary.email.to_uppercase(), "role": "PPAT", "expiresInMinutes": 43_201 });
    assert_eq!(broken(&invite(&app, &admin, taken).await), ["email TAKEN", "expiresInMinutes MAX"]);
    let input = json!({ "code": "x", "name": "", "password": "short" });
    let answer = app
        .anonymous()
        .graphql_with(
            "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }",
            json!({ "input": input }),
        )
        .await;
    assert_eq!(broken(&answer), ["name REQUIRED", "password MIN_LENGTH"]);
}
