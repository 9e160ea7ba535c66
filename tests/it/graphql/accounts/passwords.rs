//! New passwords: forgotten ones with a code, and changed ones.

use chrono::TimeDelta;
use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role, user};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::{broken, global_id, login, token_of, token_with, whose};
use crate::support::{
    TestApp,
    app::{Answer, PASSWORD},
};

const PHONE: &str = "+6281234567890";
const NEW: &str = "kata-sandi-baru";

async fn applicant(app: &TestApp) -> user::row::Model {
    app.user_with(Realm::Scholarship, Role::Applicant, |user| {
        user.phone = Set(Some(PHONE.to_owned()));
        user.phone_key = Set(Some(PHONE.to_owned()));
    })
    .await
}

async fn request(app: &TestApp, input: Value) -> Answer {
    let query =
        "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresInMinutes } }";
    app.anonymous().graphql_with(query, json!({ "input": input })).await
}

async fn request_by_phone(app: &TestApp, phone: &str) -> Answer {
    request(app, json!({ "realm": "SCHOLARSHIP", "phone": phone })).await
}

async fn reset(app: &TestApp, account: Value, token: &str) -> Answer {
    let mut input = account;
    input["token"] = token.into();
    input["password"] = NEW.into();
    input["passwordConfirmation"] = NEW.into();
    let query = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { user { email } } }";
    app.anonymous().graphql_with(query, json!({ "input": input })).await
}

async fn reset_by_phone(app: &TestApp, token: &str) -> Answer {
    reset(app, json!({ "realm": "SCHOLARSHIP", "phone": PHONE }), token).await
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn a_code_by_sms_sets_a_new_password_and_ends_all_sessions() {
    let app = TestApp::new().await;
    let user = applicant(&app).await;
    let session = token_of(&app, &user).await;
    let known = request_by_phone(&app, "081234567890").await.ok();
    let unknown = request_by_phone(&app, "081234567899").await.ok();
    assert_eq!(known, unknown, "the answer tells nothing");
    let messages = app.messages().await;
    let [sms] = messages.as_slice() else { panic!("one message: {messages:#?}") };
    assert_eq!((&sms["channel"], &sms["to"]), (&json!("sms"), &json!(PHONE)));
    let code = sms["code"].as_str().unwrap();
    assert!(code.len() == 6 && sms["body"].as_str().unwrap().contains(code));

    assert_eq!(broken(&reset_by_phone(&app, other_than(code)).await), ["token RESET_TOKEN"]);
    let unknown_phone = json!({ "realm": "SCHOLARSHIP", "phone": "081234567899" });
    assert_eq!(broken(&reset(&app, unknown_phone, code).await), ["token RESET_TOKEN"]);
    app.clock.advance(TimeDelta::seconds(1));
    reset_by_phone(&app, code).await.ok();
    assert_eq!(whose(&app, &session).await, Value::Null);
    assert_eq!(broken(&reset_by_phone(&app, code).await), ["token RESET_TOKEN"], "used up");
    let old = json!({ "realm": "SCHOLARSHIP", "email": user.email, "password": PASSWORD });
    assert_eq!(login(&app, old).await.code(), "UNAUTHENTICATED");
    token_with(&app, Realm::Scholarship, &user.email, NEW).await;
}

#[tokio::test]
async fn requests_are_limited_alike_for_known_and_unknown_numbers() {
    let app = TestApp::new().await;
    applicant(&app).await;
    for phone in [PHONE, "+6281234567899"] {
        request_by_phone(&app, phone).await.ok();
        let refused = request_by_phone(&app, phone).await;
        assert_eq!((refused.code(), &refused.errors[0]["extensions"]["retryAfter"]), ("RATE_LIMITED", &json!(60)));
    }
    for _ in 0..4 {
        app.clock.advance(TimeDelta::minutes(1));
        request_by_phone(&app, PHONE).await.ok();
        request_by_phone(&app, "+6281234567899").await.ok();
    }
    app.clock.advance(TimeDelta::minutes(1));
    for phone in [PHONE, "+6281234567899"] {
        assert_eq!(request_by_phone(&app, phone).await.code(), "RATE_LIMITED", "five a day");
    }
    assert_eq!(app.messages().await.len(), 5);
}

#[tokio::test]
async fn ten_wrong_tokens_stop_resets_for_a_day() {
    let app = TestApp::new().await;
    applicant(&app).await;
    request_by_phone(&app, PHONE).await.ok();
    let code = app.code_to(PHONE).await;
    for _ in 0..5 {
        assert_eq!(broken(&reset_by_phone(&app, other_than(&code)).await), ["token RESET_TOKEN"]);
    }
    assert_eq!(broken(&reset_by_phone(&app, &code).await), ["token RESET_TOKEN"], "dead after five");
    app.clock.advance(TimeDelta::minutes(1));
    request_by_phone(&app, PHONE).await.ok();
    let code = app.code_to(PHONE).await;
    for _ in 0..4 {
        assert_eq!(broken(&reset_by_phone(&app, other_than(&code)).await), ["token RESET_TOKEN"]);
    }
    let refused = reset_by_phone(&app, &code).await;
    assert_eq!(
        (refused.code(), &refused.errors[0]["extensions"]["retryAfter"]),
        ("RATE_LIMITED", &json!(24 * 3_600 - 60))
    );
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(request_by_phone(&app, PHONE).await.code(), "RATE_LIMITED");
    app.clock.advance(TimeDelta::days(1));
    request_by_phone(&app, PHONE).await.ok();
    let code = app.code_to(PHONE).await;
    reset_by_phone(&app, &code).await.ok();
}

#[tokio::test]
async fn of_concurrent_resets_one_succeeds() {
    let app = TestApp::new().await;
    applicant(&app).await;
    request_by_phone(&app, PHONE).await.ok();
    let code = app.code_to(PHONE).await;
    let answers = join_all((0..8).map(|_| reset_by_phone(&app, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.errors.is_null()).count(), 1);
}

#[tokio::test]
async fn a_token_expires_after_ten_minutes_and_broken_rules_do_not_use_it_up() {
    let app = TestApp::new().await;
    applicant(&app).await;
    request_by_phone(&app, PHONE).await.ok();
    let code = app.code_to(PHONE).await;
    let query = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } } }";
    let wrong =
        json!({ "realm": "SCHOLARSHIP", "phone": "12", "token": "", "password": "short", "passwordConfirmation": "x" });
    let answer = app.anonymous().graphql_with(query, json!({ "input": wrong })).await;
    assert_eq!(broken(&answer), ["password CONFIRMED", "password MIN_LENGTH", "phone PHONE", "token REQUIRED"]);
    app.clock.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
    reset_by_phone(&app, &code).await.ok();
    request_by_phone(&app, PHONE).await.ok();
    let code = app.code_to(PHONE).await;
    app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(broken(&reset_by_phone(&app, &code).await), ["token RESET_TOKEN"]);
}

#[tokio::test]
async fn a_code_by_mail_goes_to_verified_addresses_only() {
    let app = TestApp::new().await;
    let verified = app.user(Realm::Staff, Role::Employee).await;
    let unverified = app.user_with(Realm::Staff, Role::Employee, |user| user.email_verified_at = Set(None)).await;
    let pending = app
        .user_with(Realm::Apextrack, Role::Affiliate, |user| {
            user.email_verified_at = Set(None);
            user.status = Set(user::row::Status::Pending);
        })
        .await;
    for user in [&verified, &unverified, &pending] {
        request(&app, json!({ "realm": super::word(user.realm), "email": user.email })).await.ok();
    }
    let messages = app.messages().await;
    let sent: Vec<&Value> = messages.iter().map(|mail| &mail["to"]).collect();
    assert_eq!(sent, [&verified.email, &pending.email]);
    let code = messages[1]["code"].as_str().unwrap();
    reset(&app, json!({ "realm": "APEXTRACK", "email": pending.email }), code).await.ok();
    let row = user::row::Entity::find_by_id(pending.id).one(app.domain.db.read()).await.unwrap().unwrap();
    assert!(row.status == user::row::Status::Active && row.email_verified_at.is_some(), "the code proved the address");

    assert_eq!(broken(&request(&app, json!({ "realm": "SCHOLARSHIP" })).await), ["phone REQUIRED"]);
    assert_eq!(broken(&request(&app, json!({ "realm": "STAFF", "phone": PHONE })).await), ["email REQUIRED"]);
    assert_eq!(broken(&request(&app, json!({ "realm": "STAFF", "email": "x" })).await), ["email EMAIL"]);
}

#[tokio::test]
async fn a_changed_password_ends_other_sessions() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Notary, Role::Customer).await;
    let (mine, other) = (token_of(&app, &user).await, token_of(&app, &user).await);
    let change = async |current: &str, password: &str| {
        let query = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { token { content } user { id } } }";
        let input = json!({ "currentPassword": current, "password": password, "passwordConfirmation": password });
        app.with_token(&mine).await.graphql_with(query, json!({ "input": input })).await
    };
    assert_eq!(broken(&change(PASSWORD, "short").await), ["password MIN_LENGTH"]);
    assert_eq!(broken(&change("wrong", NEW).await), ["currentPassword CURRENT_PASSWORD"]);
    app.clock.advance(TimeDelta::seconds(1));
    let changed = change(PASSWORD, NEW).await.ok()["changePassword"].take();
    assert_eq!(whose(&app, changed["token"]["content"].as_str().unwrap()).await, json!(global_id(&user)));
    assert_eq!((whose(&app, &mine).await, whose(&app, &other).await), (Value::Null, Value::Null));
    token_with(&app, Realm::Notary, &user.email, NEW).await;
    assert_eq!(change(NEW, PASSWORD).await.code(), "UNAUTHENTICATED");
}
