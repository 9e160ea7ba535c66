//! Signing up in Apextrack and for a scholarship, and verifying addresses.

use chrono::TimeDelta;
use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{broken, login, token_with};
use crate::support::{TestApp, app::Answer};

const SIGN_UP: &str = "mutation($input: SignUpInput!) {
    signUp(input: $input) { user { legacyId realm role status emailVerifiedAt phone } token { kind content } attempt { attempts } }
}";
const EMAIL: &str = "Ani@Apex.test";

async fn sign_up(app: &TestApp, input: Value) -> Answer {
    app.anonymous().graphql_with(SIGN_UP, json!({ "input": input })).await
}

fn affiliate(email: &str) -> Value {
    json!({ "realm": "APEXTRACK", "name": "Ani", "email": email, "password": "password123", "passwordConfirmation": "password123" })
}

fn applicant(email: &str, phone: &str) -> Value {
    let mut input = affiliate(email);
    input["realm"] = "SCHOLARSHIP".into();
    input["phone"] = phone.into();
    input
}

/// An unverified affiliate's token and the code in the mail.
async fn unverified(app: &TestApp) -> (String, String) {
    sign_up(app, affiliate(EMAIL)).await.ok();
    let code = app.code_to(EMAIL).await;
    (token_with(app, Realm::Apextrack, EMAIL, "password123").await, code)
}

async fn verify(app: &TestApp, token: &str, code: &str) -> Answer {
    let query = "mutation($code: String!) { verifyEmail(input: { code: $code }) { user { status emailVerifiedAt } } }";
    app.with_token(token).await.graphql_with(query, json!({ "code": code })).await
}

async fn resend(app: &TestApp, token: &str) -> Answer {
    app.with_token(token).await.graphql("mutation { resendVerification { user { id } } }").await
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn an_affiliate_verifies_the_address_with_the_mailed_code() {
    let app = TestApp::new().await;
    let signed_up = sign_up(&app, affiliate(EMAIL)).await.ok()["signUp"].take();
    assert_eq!(
        signed_up,
        json!({
            "user": { "legacyId": "1", "realm": "APEXTRACK", "role": "AFFILIATE", "status": "PENDING", "emailVerifiedAt": null, "phone": null },
            "token": null, "attempt": null
        })
    );
    let messages = app.messages().await;
    let [mail] = messages.as_slice() else { panic!("one mail: {messages:#?}") };
    assert_eq!((&mail["channel"], &mail["to"], &mail["link"]), (&json!("email"), &json!(EMAIL), &Value::Null));
    let code = mail["code"].as_str().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    assert!(mail["body"].as_str().unwrap().contains(code));

    let token = token_with(&app, Realm::Apextrack, EMAIL, "password123").await;
    assert_eq!(verify(&app, &token, other_than(code)).await.code(), "INVALID_CODE");
    let verified = verify(&app, &token, &format!(" {code} ")).await.ok();
    assert_eq!(
        verified["verifyEmail"]["user"],
        json!({ "status": "ACTIVE", "emailVerifiedAt": "2026-02-03T04:05:06+00:00" })
    );
    assert_eq!(verify(&app, &token, code).await.code(), "ALREADY_CONFIRMED");
    assert_eq!(resend(&app, &token).await.code(), "ALREADY_CONFIRMED");
    assert_eq!(
        app.anonymous().graphql("mutation { resendVerification { user { id } } }").await.code(),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn all_broken_rules_are_reported_together() {
    let app = TestApp::new().await;
    sign_up(&app, affiliate(EMAIL)).await.ok();
    let mut input = affiliate("ani@APEX.test");
    input["passwordConfirmation"] = "password124".into();
    assert_eq!(broken(&sign_up(&app, input).await), ["email TAKEN", "password CONFIRMED"]);

    let input = json!({ "realm": "APEXTRACK", "name": " ", "email": "ani", "phone": "12", "password": "1234567", "passwordConfirmation": "x" });
    let rules = ["email EMAIL", "name REQUIRED", "password CONFIRMED", "password MIN_LENGTH", "phone PHONE"];
    assert_eq!(broken(&sign_up(&app, input).await), rules);
    for realm in ["TALENTS_MAPPING", "STAFF"] {
        let mut input = affiliate("new@example.test");
        input["realm"] = realm.into();
        assert_eq!(broken(&sign_up(&app, input).await), ["realm IN"]);
    }
    // The same address in another realm is another account.
    sign_up(&app, applicant(EMAIL, "081234567890")).await.ok();
}

#[tokio::test]
async fn of_concurrent_sign_ups_one_gets_the_address_and_ids_have_no_gaps() {
    let app = TestApp::new().await;
    let answers = join_all((0..16).map(|_| sign_up(&app, affiliate(EMAIL)))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.errors.is_null());
    assert_eq!((won.len(), lost.len()), (1, 15));
    for answer in &lost {
        assert_eq!(broken(answer), ["email TAKEN"]);
    }
    let next = sign_up(&app, affiliate("budi@apex.test")).await.ok();
    assert_eq!(next["signUp"]["user"]["legacyId"], "2");
}

#[tokio::test]
async fn a_code_is_sent_once_a_minute_and_five_times_a_day_and_replaces_the_older() {
    let app = TestApp::new().await;
    let (token, first) = unverified(&app).await;
    app.clock.advance(TimeDelta::seconds(1));
    let refused = resend(&app, &token).await;
    assert_eq!((refused.code(), &refused.errors[0]["extensions"]["retryAfter"]), ("RATE_LIMITED", &json!(59)));
    app.clock.advance(TimeDelta::seconds(59));
    resend(&app, &token).await.ok();
    let second = app.code_to(EMAIL).await;
    if first != second {
        assert_eq!(verify(&app, &token, &first).await.code(), "INVALID_CODE");
    }
    for _ in 0..3 {
        app.clock.advance(TimeDelta::minutes(1));
        resend(&app, &token).await.ok();
    }
    app.clock.advance(TimeDelta::minutes(1));
    let refused = resend(&app, &token).await;
    assert_eq!(refused.code(), "RATE_LIMITED");
    assert_eq!(refused.errors[0]["extensions"]["retryAfter"], 24 * 3_600 - 5 * 60);
    let last = app.code_to(EMAIL).await;
    verify(&app, &token, &last).await.ok();
}

#[tokio::test]
async fn a_code_expires_after_ten_minutes_or_five_wrong_attempts() {
    let app = TestApp::new().await;
    let (token, code) = unverified(&app).await;
    app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(verify(&app, &token, &code).await.code(), "INVALID_CODE");

    resend(&app, &token).await.ok();
    let code = app.code_to(EMAIL).await;
    for _ in 0..5 {
        assert_eq!(verify(&app, &token, other_than(&code)).await.code(), "INVALID_CODE");
    }
    assert_eq!(verify(&app, &token, &code).await.code(), "INVALID_CODE", "dead");

    app.clock.advance(TimeDelta::minutes(1));
    resend(&app, &token).await.ok();
    let code = app.code_to(EMAIL).await;
    let tries = (0..16).map(|_| verify(&app, &token, &code));
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.errors.is_null()).count(), 1, "used once");
}

#[tokio::test]
async fn a_code_verifies_no_other_user() {
    let app = TestApp::new().await;
    let (_, code) = unverified(&app).await;
    let other = app.user_with(Realm::Apextrack, Role::Affiliate, |user| user.email_verified_at = Set(None)).await;
    let answer = app
        .as_user(&other)
        .graphql_with(
            "mutation($code: String!) { verifyEmail(input: { code: $code }) { user { id } } }",
            json!({ "code": code }),
        )
        .await;
    assert_eq!(answer.code(), "INVALID_CODE");
}

#[tokio::test]
async fn an_applicant_is_logged_in_at_once() {
    let app = TestApp::new().await;
    let signed_up = sign_up(&app, applicant("siti@yiss.test", "081234567890")).await.ok()["signUp"].take();
    let user = &signed_up["user"];
    assert_eq!(
        (&user["role"], &user["status"], &user["phone"]),
        (&json!("APPLICANT"), &json!("ACTIVE"), &json!("081234567890"))
    );
    assert!(uuid::Uuid::parse_str(user["legacyId"].as_str().unwrap()).is_ok(), "{user}");
    let token = signed_up["token"]["content"].as_str().unwrap();
    let me = app.with_token(token).await.graphql("{ me { email } }").await.ok();
    assert_eq!(me["me"]["email"], "siti@yiss.test");
    assert!(app.messages().await.is_empty());

    let mut without_phone = applicant("budi@yiss.test", "");
    assert_eq!(broken(&sign_up(&app, without_phone.clone()).await), ["phone REQUIRED"]);
    without_phone["phone"] = "+6281234567890".into();
    assert_eq!(broken(&sign_up(&app, without_phone.clone()).await), ["phone TAKEN"], "the same number in another form");
    without_phone["phone"] = "1234567890".into();
    assert_eq!(broken(&sign_up(&app, without_phone).await), ["phone PHONE"]);
    login(&app, json!({ "realm": "SCHOLARSHIP", "email": "SITI@yiss.test", "password": "password123" })).await.ok();
}
