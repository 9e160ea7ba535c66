//! Login, logout and profile.

use gerbang::accounts::{
    Realm, Role,
    user::{self, row::Status},
};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{Staff, USER, budi, invalid, unauthenticated};
use crate::support::{TestApp, app::PASSWORD, legacy::Legacy};

const LOGIN: &str = "/api/v1/auth/login";

fn wrong() -> Value {
    json!({ "message": "Invalid Credentials" })
}

#[tokio::test]
async fn the_documented_log_in_gives_a_token_and_nothing_else() {
    let api = Staff::new().await;
    let admin = api.log_in(&api.admin().await).await;
    assert_eq!(api.post("/api/v1/auth/register").token(&admin).json(&budi()).await.status, 201);
    let reply = api.post(LOGIN).json(&json!({ "login": "budi123", "password": "password123" })).await;
    let token = reply.body["token"].as_str().unwrap();
    let (id, secret) = token.split_once('|').unwrap();
    assert!(id.parse::<i64>().is_ok() && secret.len() == 48, "{token}");
    // By e-mail address as well, both without regard to case; as a form, too.
    for login in ["budi@example.com", "BUDI@Example.com", "Budi123", " budi123 "] {
        let reply = api.post(LOGIN).json(&json!({ "login": login, "password": "password123" })).await;
        assert_eq!((reply.status.as_u16(), reply.keys("")), (200, vec!["token"]), "{login}");
    }
    assert_eq!(api.post(LOGIN).form("login=budi123&password=password123").await.status, 200);
}

#[tokio::test]
async fn a_failed_log_in_does_not_reveal_whether_the_account_exists() {
    let api = Staff::new().await;
    let employee = api.employee().await;
    let suspended = |row: &mut user::row::ActiveModel| row.status = Set(Status::Suspended);
    let suspended = api.0.app.user_with(Realm::Staff, Role::Employee, suspended).await;
    let affiliate = api.0.app.user(Realm::Apextrack, Role::Affiliate).await;
    for (login, password) in [
        (employee.email.as_str(), "wrong"),
        (employee.username.as_deref().unwrap(), "wrong"),
        ("nobody", PASSWORD),
        (&employee.name, PASSWORD),
        (&suspended.email, PASSWORD),
        (&affiliate.email, PASSWORD),
    ] {
        api.post(LOGIN).json(&json!({ "login": login, "password": password })).await.is(401, wrong());
    }
}

#[tokio::test]
async fn missing_fields_are_named() {
    let api = Staff::new().await;
    let missing = invalid(json!({
        "login": ["The login field is required."],
        "password": ["The password field is required."],
    }));
    api.post(LOGIN).json(&json!({})).await.is(422, &missing);
    api.post(LOGIN).json(&json!({ "login": "  ", "password": "" })).await.is(422, &missing);
    api.post(LOGIN).send().await.is(422, &missing);
    // The documents of other APIs have other fields.
    let body = json!({ "email": "budi@example.com", "password": "password123" });
    api.post(LOGIN).json(&body).await.is(422, invalid(json!({ "login": ["The login field is required."] })));
}

#[tokio::test]
async fn a_log_in_after_five_failures_a_minute_answers_429() {
    let api = Staff::new().await;
    let employee = api.employee().await;
    for _ in 0..5 {
        let body = json!({ "login": employee.email, "password": "wrong" });
        api.post(LOGIN).json(&body).await.is(401, wrong());
    }
    let reply = api.post(LOGIN).json(&json!({ "login": employee.email, "password": PASSWORD })).await;
    reply.says(429, "Too Many Attempts.");
    assert_eq!(reply.header("retry-after"), "60");
}

#[tokio::test]
async fn logging_out_ends_every_session_of_the_user() {
    let api = Staff::new().await;
    let (employee, other) = (api.employee().await, api.employee().await);
    let (one, two) = (api.log_in(&employee).await, api.log_in(&employee).await);
    let others = api.log_in(&other).await;
    let bye = json!({ "message": "Logout Successfully" });
    api.post("/api/v1/auth/logout").token(&one).send().await.is(200, &bye);
    for token in [&one, &two] {
        api.get("/api/v1/auth/profile").token(token).send().await.is(401, unauthenticated());
        api.post("/api/v1/auth/logout").token(token).send().await.is(401, unauthenticated());
    }
    assert_eq!(api.get("/api/v1/auth/profile").token(&others).send().await.status, 200);
    // Who comes back is welcome.
    let token = api.log_in(&employee).await;
    assert_eq!(api.get("/api/v1/auth/profile").token(&token).send().await.status, 200);
}

#[tokio::test]
async fn the_profile_is_the_callers_own() {
    let api = Staff::new().await;
    let employee = api.employee().await;
    let reply = api.get("/api/v1/auth/profile").token(&api.log_in(&employee).await).send().await;
    assert_eq!((reply.status.as_u16(), reply.keys("/user")), (200, USER.to_vec()));
    let user = &reply.body["user"];
    assert_eq!((&user["email"], &user["kode"]), (&json!(employee.email), &json!(employee.code)));
    // What nobody entered is null.
    assert_eq!((&user["hp"], &user["alamat"], &user["kode_jabatan"]), (&Value::Null, &Value::Null, &Value::Null));
}

#[tokio::test]
async fn failures_over_graphql_and_here_count_together() {
    let api = Staff::new().await;
    let employee = api.employee().await;
    let query = "mutation($login: String!) {
        login(input: { realm: STAFF, login: $login, password: \"wrong\" }) { token { content } }
    }";
    let body = json!({ "query": query, "variables": { "login": employee.email } });
    let code = async || api.post("/graphql").json(&body).await.body["errors"][0]["extensions"]["code"].clone();
    for _ in 0..3 {
        assert_eq!(code().await, "UNAUTHENTICATED");
    }
    for _ in 0..2 {
        api.post(LOGIN).json(&json!({ "login": employee.email, "password": "wrong" })).await.is(401, wrong());
    }
    let right = json!({ "login": employee.email, "password": PASSWORD });
    api.post(LOGIN).json(&right).await.says(429, "Too Many Attempts.");
    assert_eq!(code().await, "RATE_LIMITED");
}

#[tokio::test]
async fn an_address_has_so_many_failures_whatever_the_name_and_the_api() {
    let api = Staff(Legacy::over(TestApp::with(|config| config.limits.login_attempts_per_address = 3).await));
    let employee = api.employee().await;
    for name in ["satu", "dua"] {
        api.post(LOGIN).json(&json!({ "login": name, "password": "x" })).await.is(401, wrong());
    }
    let other = json!({ "email": "tiga@example.com", "password": "x", "device_name": "x" });
    assert_eq!(api.post("/apextrack/api/login").json(&other).await.status, 422);
    let reply = api.post(LOGIN).json(&json!({ "login": employee.email, "password": PASSWORD })).await;
    reply.says(429, "Too Many Attempts.");
    assert_eq!(reply.header("retry-after"), "60");
}
