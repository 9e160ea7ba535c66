//! Signing up at the notary office: no account until the mailed link is opened.

use chrono::TimeDelta;
use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{broken, login, whose};
use crate::support::{TestApp, app::Answer};

const EMAIL: &str = "john@office.test";

async fn sign_up_as(app: &TestApp, name: &str) -> Value {
    let input =
        json!({ "realm": "NOTARY", "name": name, "email": EMAIL, "password": "securepassword", "phone": "1234567890" });
    let query = "mutation($input: SignUpInput!) {
        signUp(input: $input) { user { id } token { kind } attempt { email sentAt expiresAt attempts token { content kind } } }
    }";
    app.anonymous().graphql_with(query, json!({ "input": input })).await.ok()["signUp"].take()
}

/// The token of a new attempt and the code in the mail.
async fn attempt(app: &TestApp) -> (String, String) {
    let signed_up = sign_up_as(app, "John Doe").await;
    (signed_up["attempt"]["token"]["content"].as_str().unwrap().to_owned(), app.code_to(EMAIL).await)
}

async fn confirm(app: &TestApp, code: &str) -> Answer {
    let query = "mutation($code: String!) { confirmSignUp(input: { code: $code }) { user { name email role phone emailVerifiedAt } } }";
    app.anonymous().graphql_with(query, json!({ "code": code })).await
}

async fn with_token(app: &TestApp, token: &str, mutation: &str) -> Answer {
    let query = format!(
        "mutation($token: String!) {{ {mutation}(input: {{ token: $token }}) {{ attempt {{ attempts sentAt expiresAt }} }} }}"
    );
    app.anonymous().graphql_with(&query, json!({ "token": token })).await
}

async fn status(app: &TestApp, token: &str) -> Answer {
    let query = "mutation($token: String!) {
        signUpStatus(input: { token: $token }) {
            __typename
            ... on SignUpAttempt { attempts token { content kind } }
            ... on ConfirmedSignUp { token { content kind } user { email } }
        }
    }";
    app.anonymous().graphql_with(query, json!({ "token": token })).await
}

async fn can_log_in(app: &TestApp) -> bool {
    let input = json!({ "realm": "NOTARY", "email": EMAIL, "password": "securepassword" });
    login(app, input).await.errors.is_null()
}

#[tokio::test]
async fn the_mailed_link_makes_the_account() {
    let app = TestApp::new().await;
    let signed_up = sign_up_as(&app, "John Doe").await;
    assert!(signed_up["user"].is_null() && signed_up["token"].is_null());
    let attempt = &signed_up["attempt"];
    assert_eq!(
        (&attempt["email"], &attempt["sentAt"], &attempt["expiresAt"], &attempt["attempts"], &attempt["token"]["kind"]),
        (
            &json!(EMAIL),
            &json!("2026-02-03T04:05:06+00:00"),
            &json!("2026-02-03T04:15:06+00:00"),
            &json!(1),
            &json!("SIGNUP")
        )
    );
    let messages = app.messages().await;
    let [mail] = messages.as_slice() else { panic!("one mail: {messages:#?}") };
    let code = mail["code"].as_str().unwrap();
    assert!(code.len() >= 32);
    assert_eq!(mail["link"], format!("http://gerbang.test/notary/api/v1/auth/signup/confirm?code={code}"));
    assert!(mail["body"].as_str().unwrap().contains(mail["link"].as_str().unwrap()));

    let token = attempt["token"]["content"].as_str().unwrap();
    assert_eq!(whose(&app, token).await, Value::Null, "it opens nothing else");
    assert!(!can_log_in(&app).await);
    let waiting = status(&app, token).await.ok()["signUpStatus"].take();
    assert_eq!(
        waiting,
        json!({ "__typename": "SignUpAttempt", "attempts": 1, "token": { "content": token, "kind": "SIGNUP" } })
    );

    assert_eq!(confirm(&app, "wrong").await.code(), "INVALID_CODE");
    let user = confirm(&app, code).await.ok()["confirmSignUp"]["user"].take();
    assert_eq!(
        user,
        json!({ "name": "John Doe", "email": EMAIL, "role": "CUSTOMER", "phone": "1234567890", "emailVerifiedAt": "2026-02-03T04:05:06+00:00" })
    );
    assert_eq!(confirm(&app, code).await.code(), "INVALID_CODE", "used up");
    assert!(can_log_in(&app).await);
    login(&app, json!({ "realm": "NOTARY", "phone": "1234567890", "password": "securepassword" })).await.ok();

    let confirmed = status(&app, token).await.ok()["signUpStatus"].take();
    assert_eq!((&confirmed["__typename"], &confirmed["token"]["kind"]), (&json!("ConfirmedSignUp"), &json!("ACCESS")));
    assert!(!whose(&app, confirmed["token"]["content"].as_str().unwrap()).await.is_null());
    assert_eq!(with_token(&app, token, "resendSignUp").await.code(), "ALREADY_CONFIRMED");
    assert_eq!(with_token(&app, token, "cancelSignUp").await.code(), "INVALID_TOKEN");
    let input =
        json!({ "realm": "NOTARY", "name": "J", "email": EMAIL, "password": "securepassword", "phone": "01234567890" });
    let again = app
        .anonymous()
        .graphql_with(
            "mutation($input: SignUpInput!) { signUp(input: $input) { user { id } } }",
            json!({ "input": input }),
        )
        .await;
    assert_eq!(broken(&again), ["email TAKEN", "phone TAKEN"]);
}

#[tokio::test]
async fn a_new_sign_up_replaces_the_attempt() {
    let app = TestApp::new().await;
    let (first_token, first_code) = attempt(&app).await;
    sign_up_as(&app, "Jane Doe").await;
    let second_code = app.code_to(EMAIL).await;
    assert_eq!(confirm(&app, &first_code).await.code(), "INVALID_CODE");
    assert_eq!(status(&app, &first_token).await.code(), "INVALID_TOKEN");
    assert_eq!(with_token(&app, &first_token, "resendSignUp").await.code(), "NOT_FOUND");
    assert_eq!(confirm(&app, &second_code).await.ok()["confirmSignUp"]["user"]["name"], "Jane Doe");
}

#[tokio::test]
async fn a_link_is_sent_once_a_minute_and_five_times() {
    let app = TestApp::new().await;
    let (token, first) = attempt(&app).await;
    let refused = with_token(&app, &token, "resendSignUp").await;
    assert_eq!((refused.code(), &refused.errors[0]["extensions"]["retryAfter"]), ("RATE_LIMITED", &json!(60)));
    for attempts in 2..=6 {
        app.clock.advance(TimeDelta::minutes(9));
        let resent = with_token(&app, &token, "resendSignUp").await.ok();
        assert_eq!(resent["resendSignUp"]["attempt"]["attempts"], attempts);
    }
    app.clock.advance(TimeDelta::minutes(9));
    assert_eq!(with_token(&app, &token, "resendSignUp").await.code(), "RATE_LIMITED");
    assert_eq!(confirm(&app, &first).await.code(), "INVALID_CODE", "a new link kills the old");
    let input = json!({ "realm": "NOTARY", "name": "John", "email": EMAIL, "password": "securepassword" });
    let sixth = app
        .anonymous()
        .graphql_with(
            "mutation($input: SignUpInput!) { signUp(input: $input) { attempt { id } } }",
            json!({ "input": input }),
        )
        .await;
    assert_eq!(sixth.code(), "RATE_LIMITED", "neither by signing up anew");
    let last = app.code_to(EMAIL).await;
    confirm(&app, &last).await.ok();
}

#[tokio::test]
async fn an_attempt_ends_by_expiry_or_cancellation() {
    let app = TestApp::new().await;
    let (token, code) = attempt(&app).await;
    app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(confirm(&app, &code).await.code(), "INVALID_CODE");
    assert_eq!(status(&app, &token).await.code(), "INVALID_TOKEN");
    assert_eq!(with_token(&app, &token, "resendSignUp").await.code(), "NOT_FOUND");
    assert_eq!(with_token(&app, &token, "cancelSignUp").await.code(), "INVALID_TOKEN");

    let (token, code) = attempt(&app).await;
    with_token(&app, &token, "cancelSignUp").await.ok();
    assert_eq!(confirm(&app, &code).await.code(), "INVALID_CODE");
    assert_eq!(status(&app, &token).await.code(), "INVALID_TOKEN");
    assert_eq!(with_token(&app, &token, "resendSignUp").await.code(), "NOT_FOUND");

    let (token, _) = attempt(&app).await;
    app.clock.advance(TimeDelta::days(1));
    for mutation in ["resendSignUp", "cancelSignUp"] {
        assert_eq!(with_token(&app, &token, mutation).await.code(), "INVALID_TOKEN");
        assert_eq!(with_token(&app, "a.b.c", mutation).await.code(), "INVALID_TOKEN");
    }
    let user = app.user(Realm::Notary, Role::Customer).await;
    let access = super::token_of(&app, &user).await;
    assert_eq!(status(&app, &access).await.code(), "INVALID_TOKEN", "an access token is no sign-up token");
}

#[tokio::test]
async fn an_account_is_made_once_and_never_merged() {
    let app = TestApp::new().await;
    let (_, code) = attempt(&app).await;
    let answers = join_all((0..16).map(|_| confirm(&app, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.errors.is_null()).count(), 1);

    let app = TestApp::new().await;
    let (_, code) = attempt(&app).await;
    app.user_with(Realm::Notary, Role::Notary, |user| {
        user.email = Set(EMAIL.to_owned());
        user.email_key = Set(EMAIL.to_owned());
    })
    .await;
    assert_eq!(confirm(&app, &code).await.code(), "INVALID_CODE", "somebody has the address meanwhile");
}
