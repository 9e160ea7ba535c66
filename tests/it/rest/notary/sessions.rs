//! `POST /auth/signin`.

use gerbang::accounts::{
    Realm, Role,
    user::{self, row::Status},
};
use sea_orm::ActiveValue::Set;
use serde_json::json;

use super::Notary;
use crate::support::{app::PASSWORD, legacy::STRING};

/// Signs the user of the document's examples up and confirms.
async fn confirmed(api: &Notary) {
    let body = json!({
        "name": "John Doe", "email": "user@example.com", "password": "securepassword", "phone": "1234567890",
    });
    assert_eq!(api.post("/auth/signup").json(&body).await.status, 200);
    let link = api.link_to("user@example.com").await;
    assert_eq!(api.open(&link).await.status, 200);
}

#[tokio::test]
async fn the_documented_request_signs_in_by_email_or_phone() {
    let api = Notary::new().await;
    confirmed(&api).await;
    let signed_in = json!({ "data": { "token": STRING, "type": "access" }, "message": "Signin successful" });
    for login in [
        json!({ "email": "user@example.com", "password": "securepassword" }),
        json!({ "email": " User@Example.COM ", "password": "securepassword" }),
        json!({ "phone": "1234567890", "password": "securepassword" }),
    ] {
        api.post("/auth/signin").json(&login).await.is(200, &signed_in);
    }
    let form = api.post("/auth/signin").form("email=user%40example.com&password=securepassword").await;
    form.is(200, &signed_in);
}

#[tokio::test]
async fn a_failed_sign_in_does_not_reveal_whether_the_account_exists() {
    let api = Notary::new().await;
    confirmed(&api).await;
    let suspended = |row: &mut user::row::ActiveModel| row.status = Set(Status::Suspended);
    let suspended = api.0.app.user_with(Realm::Notary, Role::Customer, suspended).await;
    let staff = api.0.app.user(Realm::Staff, Role::Admin).await;
    for (email, password) in [
        ("user@example.com", "wrongpassword"),
        ("user@example.com", " securepassword"),
        ("nobody@example.com", "securepassword"),
        (&suspended.email, PASSWORD),
        (&staff.email, PASSWORD),
    ] {
        api.sign_in(email, password).await.says(401, "Invalid credentials");
    }
}

#[tokio::test]
async fn a_missing_field_is_refused() {
    let api = Notary::new().await;
    for body in [json!({}), json!({ "email": "user@example.com" }), json!({ "password": "securepassword" })] {
        let reply = api.post("/auth/signin").json(&body).await;
        assert_eq!((reply.status.as_u16(), reply.keys("")), (400, vec!["message"]), "{body}");
    }
    let broken = api.post("/auth/signin").body("application/json", "{\"email\": ").await;
    broken.says(400, "Invalid input parameters.");
}

#[tokio::test]
async fn repeated_failures_answer_429() {
    let api = Notary::new().await;
    let user = api.user(Role::Notary).await;
    for _ in 0..5 {
        api.sign_in(&user.email, "wrongpassword").await.says(401, "Invalid credentials");
    }
    let refused = api.sign_in(&user.email, PASSWORD).await;
    refused.says(429, "Too many request");
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
}
