//! Chapters 1.2, 1.3 and 3.1: log-in, log-out, and who is logged in.

use chrono::TimeDelta;
use gerbang::accounts::{
    Realm, Role,
    user::{self, row::Status},
};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{Apextrack, credentials, invalid, unauthenticated};
use crate::support::app::PASSWORD;

/// What the document leaves to the contract: a wrong log-in is a mistake in `email`.
fn wrong() -> Value {
    invalid(json!({ "email": ["The provided credentials are incorrect."] }))
}

#[tokio::test]
async fn each_log_in_gives_a_token_of_its_own() {
    let api = Apextrack::new().await;
    let john = api.john_doe().await;
    let reply = api.post("/login").json(&credentials("john.doe@example.com", PASSWORD)).await;
    let token = reply.body["token"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("cache-control"), "no-cache, private");
    // `{id}|{secret}`: 40 random letters and digits, then a checksum of 8 digits.
    let (id, secret) = token.split_once('|').unwrap();
    assert_eq!((id, secret.len()), ("1", 48));
    assert!(secret.chars().all(|c| c.is_ascii_alphanumeric()), "{secret}");

    // Each log-in is a session of its own.
    let second = api.log_in(&john).await;
    assert!(second.starts_with("2|"));
    assert_eq!(api.get("/user").token(&token).send().await.status, 200);
    assert_eq!(api.get("/user").token(&second).send().await.status, 200);
}

#[tokio::test]
async fn a_form_logs_in_as_well_and_case_does_not_matter() {
    let api = Apextrack::new().await;
    api.john_doe().await;
    let form = format!("email=John.Doe%40Example.com&password={PASSWORD}&device_name=web_browser");
    assert_eq!(api.post("/login").form(&form).await.status, 200);
    assert_eq!(api.post("/login").json(&credentials("  john.doe@example.com ", PASSWORD)).await.status, 200);
    // A password is not trimmed.
    api.post("/login").json(&credentials("john.doe@example.com", &format!("{PASSWORD} "))).await.is(422, wrong());
}

#[tokio::test]
async fn a_failed_log_in_does_not_reveal_whether_the_account_exists() {
    let api = Apextrack::new().await;
    api.john_doe().await;
    let suspended = |row: &mut user::row::ActiveModel| row.status = Set(Status::Suspended);
    let suspended = api.0.app.user_with(Realm::Apextrack, Role::Affiliate, suspended).await;
    let staff = api.0.app.user(Realm::Staff, Role::Admin).await;
    for (email, password) in [
        ("john.doe@example.com", "password124"),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        (&suspended.email, PASSWORD),
        (&staff.email, PASSWORD),
    ] {
        let reply = api.post("/login").json(&credentials(email, password)).await;
        reply.is(422, wrong());
    }
}

#[tokio::test]
async fn every_missing_field_is_named() {
    let api = Apextrack::new().await;
    let missing = invalid(json!({
        "email": ["The email field is required."],
        "password": ["The password field is required."],
        "device_name": ["The device name field is required."],
    }));
    api.post("/login").json(&json!({})).await.is(422, &missing);
    api.post("/login").json(&json!({ "email": " ", "password": "", "device_name": null })).await.is(422, &missing);
    api.post("/login").send().await.is(422, &missing);
    let types = invalid(json!({
        "email": ["The email must be a string."],
        "device_name": ["The device name must be a string."],
    }));
    api.post("/login").json(&json!({ "email": 7, "password": "x", "device_name": ["a"] })).await.is(422, &types);
}

#[tokio::test]
async fn a_log_in_after_five_failures_a_minute_answers_429() {
    let api = Apextrack::new().await;
    api.john_doe().await;
    for _ in 0..5 {
        assert_eq!(api.post("/login").json(&credentials("john.doe@example.com", "wrong")).await.status, 422);
    }
    let reply = api.post("/login").json(&credentials("john.doe@example.com", PASSWORD)).await;
    reply.says(429, "Terlalu banyak percobaan. Silakan coba beberapa saat lagi.");
    assert_eq!(reply.header("retry-after"), "60");
    // Another name from the same address is not held back, and a minute later all is forgotten.
    assert_eq!(api.post("/login").json(&credentials("nobody@example.com", "wrong")).await.status, 422);
    api.0.app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(api.post("/login").json(&credentials("john.doe@example.com", PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn logging_out_ends_this_session_only() {
    let api = Apextrack::new().await;
    let john = api.john_doe().await;
    let (one, other) = (api.log_in(&john).await, api.log_in(&john).await);
    let bye = api.post("/logout").token(&one).send().await;
    bye.says(200, "Berhasil logout.");
    for (method, path) in [("POST", "/logout"), ("GET", "/user"), ("GET", "/dashboard-data")] {
        api.call(method, path).token(&one).send().await.is(401, unauthenticated());
    }
    assert_eq!(api.get("/user").token(&other).send().await.status, 200);
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let api = Apextrack::new().await;
    let token = api.log_in(&api.john_doe().await).await;
    let get = api.get("/user").token(&token).send().await;
    let head = api.call("HEAD", "/user").token(&token).send().await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), get.text.len().to_string());
}

#[tokio::test]
async fn protected_routes_require_a_valid_token() {
    let api = Apextrack::new().await;
    let token = api.log_in(&api.john_doe().await).await;
    let (id, secret) = token.split_once('|').unwrap();
    let forged = [
        String::new(),
        "1|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
        format!("2|{secret}"),
        format!("{id}|{secret}x"),
        format!("{id}|"),
    ];
    for (method, path) in [
        ("POST", "/logout"),
        ("POST", "/email/verify"),
        ("POST", "/email/resend"),
        ("GET", "/user"),
        ("GET", "/dashboard-data"),
    ] {
        api.call(method, path).send().await.is(401, unauthenticated());
        for forged in &forged {
            api.call(method, path).token(forged).send().await.is(401, unauthenticated());
        }
        // In the header only.
        api.call(method, &format!("{path}?token={token}")).send().await.is(401, unauthenticated());
        // Before anything is said about the body.
        api.call(method, path).body("application/json", "{").await.is(401, unauthenticated());
    }
    assert_eq!(api.get("/user").header("authorization", &format!("bearer  {token}")).send().await.status, 200);
    // The secret alone is a token of the older kind.
    assert_eq!(api.get("/user").token(secret).send().await.status, 200);
}

#[tokio::test]
async fn a_device_has_a_name_of_255_characters_at_most() {
    let api = Apextrack::new().await;
    api.john_doe().await;
    let mut body = credentials("john.doe@example.com", PASSWORD);
    body["device_name"] = json!("d".repeat(256));
    let long = json!({ "device_name": ["The device name must not be greater than 255 characters."] });
    api.post("/login").json(&body).await.is(422, invalid(long));
}
