//! Chapter 1: log in, log out, who am I.

use gerbang::accounts::{Realm, Role, user::row::Status};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{ADMIN, Office, PARTNER, invalid};
use crate::support::{app::PASSWORD, legacy::STRING, protocol::Reply};

async fn log_in(office: &Office, email: &str, password: &str) -> Reply {
    office.post("/auth/login").json(json!({ "email": email, "password": password })).await
}

fn token() -> Value {
    json!({ "access_token": STRING, "token_type": "bearer", "expires_in": 3600 })
}

#[tokio::test]
async fn logging_in_returns_a_token() {
    let office = Office::new().await;
    log_in(&office, ADMIN, PASSWORD).await.is(200, token());
    // A form does as well, the case of the address does not matter, and fields that nobody knows are ignored.
    let form = format!("email=Admin%40Talents.TEST&password={PASSWORD}&remember=1");
    office.post("/auth/login").form(&form).await.is(200, token());
}

#[tokio::test]
async fn wrong_credentials_all_look_alike() {
    let office = Office::new().await;
    let suspended =
        office.app().user_with(Realm::TalentsMapping, Role::Admin, |row| row.status = Set(Status::Suspended)).await;
    let stranger = office.app().user(Realm::Notary, Role::Admin).await;
    let refused = || json!({ "error": "Unauthorized" });
    log_in(&office, ADMIN, "wrong").await.is(401, refused());
    log_in(&office, "nobody@talents.test", PASSWORD).await.is(401, refused());
    log_in(&office, &suspended.email, PASSWORD).await.is(401, refused());
    log_in(&office, &stranger.email, PASSWORD).await.is(401, refused());
    // Passwords are not trimmed.
    log_in(&office, ADMIN, &format!(" {PASSWORD} ")).await.is(401, refused());
}

#[tokio::test]
async fn missing_credentials_are_named() {
    let office = Office::new().await;
    let both = json!({
        "message": "The given data was invalid.",
        "errors": {
            "email": ["The email field is required."],
            "password": ["The password field is required."]
        }
    });
    for body in [json!({}), json!({ "email": null, "password": "" }), json!({ "email": "  ", "password": [] })] {
        office.post("/auth/login").json(body).await.is(422, both.clone());
    }
    office.post("/auth/login").send().await.is(422, both);
    let number = json!({ "email": 7, "password": PASSWORD });
    let answer = office.post("/auth/login").json(number).await;
    answer.is(422, invalid("email", "The email must be a string."));
}

#[tokio::test]
async fn a_log_in_after_five_failures_a_minute_answers_429() {
    let office = Office::new().await;
    for _ in 0..5 {
        log_in(&office, ADMIN, "wrong").await.is(401, json!({ "error": "Unauthorized" }));
    }
    let refused = log_in(&office, ADMIN, PASSWORD).await;
    refused.says(429, "Too Many Attempts.");
    let seconds: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    // Others may still log in, and so may the same user elsewhere.
    log_in(&office, PARTNER, PASSWORD).await.is(200, token());
    let elsewhere = office.post("/auth/login").from([203, 0, 113, 8]);
    elsewhere.json(json!({ "email": ADMIN, "password": PASSWORD })).await.is(200, token());
    office.app().clock.advance(chrono::TimeDelta::seconds(seconds));
    log_in(&office, ADMIN, PASSWORD).await.is(200, token());
}

#[tokio::test]
async fn logging_out_ends_the_token_at_once() {
    let office = Office::new().await;
    let (token, other) = (office.admin().await, office.admin().await);
    let logout = || office.post("/auth/logout").token(&token);
    logout().send().await.says(200, "Successfully logged out");
    logout().send().await.says(401, "Unauthenticated.");
    office.get("/auth/me").token(&token).send().await.says(401, "Unauthenticated.");
    // Another log-in of the same user goes on.
    assert_eq!(office.get("/auth/me").token(&other).send().await.status, 200);
}

#[tokio::test]
async fn an_admin_has_no_partner() {
    let office = Office::new().await;
    let admin = office.get("/auth/me").token(&office.admin().await).send().await.body;
    assert_eq!((&admin["id"], &admin["role"], &admin["partner_id"]), (&json!(1), &json!("admin"), &json!(null)));
}
