//! Where the API answers, to whom, and where it does not.

use gerbang::accounts::{Realm, Role};
use serde_json::json;

use super::{Staff, budi, unauthenticated};
use crate::support::app::PASSWORD;

#[tokio::test]
async fn it_answers_at_the_shared_root_and_under_its_prefix() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    for path in ["/api/v1/auth/profile", "/staff/api/v1/auth/profile"] {
        assert_eq!(api.get(path).token(&token).send().await.status, 200, "{path}");
    }
    // A host that belongs to another API has nothing of it.
    let host = api.get("/api/v1/auth/profile").header("host", "www3.apextrack.site").token(&token).send().await;
    assert_eq!(host.status, 404);
    let prefix = api.get("/staff/api/v1/auth/profile").header("host", "www3.apextrack.site").token(&token);
    assert_eq!(prefix.send().await.status, 200);
}

#[tokio::test]
async fn page_links_use_the_called_path() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    for (host, path, shown) in [
        ("gerbang.test", "/staff/api/v1/auth/get-list?q=", "http://gerbang.test/staff/api/v1/auth/get-list"),
        ("localhost:8080", "/api/v1/auth/get-list?page=1&q=x", "http://localhost:8080/api/v1/auth/get-list"),
        // What is no host of ours does not come back.
        ("evil.example", "/api/v1/auth/get-list", "http://gerbang.test/api/v1/auth/get-list"),
    ] {
        let reply = api.get(path).header("host", host).token(&token).send().await;
        assert_eq!(reply.body["meta"]["path"], shown, "{host} {path}");
    }
}

#[tokio::test]
async fn only_the_update_has_two_paths() {
    let api = Staff::new().await;
    let gone = json!({ "message": "Not found." });
    for (method, path) in [
        ("GET", "/staff/api/auth/get-list"),
        ("POST", "/staff/api/auth/login"),
        ("POST", "/staff/api/auth/register"),
        ("POST", "/staff/api/auth/logout"),
        ("GET", "/staff/api/auth/profile"),
        ("POST", "/staff/api/v1/update"),
    ] {
        api.0.call(method, path).send().await.is(404, &gone);
    }
    // At the shared root, `/api/auth/login` is Talents Mapping's.
    let reply = api.post("/api/auth/login").json(&json!({ "login": "admin", "password": "x" })).await;
    assert_eq!(reply.body["errors"]["email"][0], "The email field is required.");
}

#[tokio::test]
async fn tokens_of_other_realms_are_refused() {
    let api = Staff::new().await;
    let affiliate = api.0.app.user(Realm::Apextrack, Role::Admin).await;
    let body = json!({ "email": affiliate.email, "password": PASSWORD, "device_name": "x" });
    let sanctum = api.post("/apextrack/api/login").json(&body).await.body["token"].clone();
    let partner = api.0.app.user(Realm::TalentsMapping, Role::Admin).await;
    let body = json!({ "email": partner.email, "password": PASSWORD });
    let jwt = api.post("/talentsmapping/api/auth/login").json(&body).await.body["access_token"].clone();
    for token in [sanctum, jwt, json!("1|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), json!("nonsense")] {
        let token = token.as_str().unwrap();
        for (method, path) in [
            ("GET", "/api/v1/auth/get-list"),
            ("POST", "/api/v1/auth/logout"),
            ("GET", "/api/v1/auth/profile"),
            ("POST", "/api/auth/update"),
            ("POST", "/api/v1/auth/update"),
        ] {
            api.0.call(method, path).token(token).send().await.is(401, unauthenticated());
        }
    }
}

#[tokio::test]
async fn methods_that_are_not_documented_are_refused() {
    let api = Staff::new().await;
    for (method, path, allowed) in [
        ("GET", "/api/v1/auth/login", "POST"),
        ("PUT", "/api/auth/update", "POST"),
        ("POST", "/api/v1/auth/get-list", "GET, HEAD"),
        ("DELETE", "/api/v1/auth/profile", "GET, HEAD"),
    ] {
        let reply = api.0.call(method, path).send().await;
        reply.says(405, "Method not allowed.");
        assert_eq!(reply.header("allow"), allowed, "{method} {path}");
    }
    let token = api.log_in(&api.employee().await).await;
    let head = api.0.call("HEAD", "/api/v1/auth/get-list").token(&token).send().await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
}

#[tokio::test]
async fn unreadable_bodies_are_refused_in_its_format() {
    let api = Staff::new().await;
    let send = async |kind: &str, body: String| api.post("/api/v1/auth/login").body(kind, body).await;
    send("application/json", "{\"login\":".to_owned()).await.says(400, "Bad request.");
    send("text/plain", "login=a".to_owned()).await.says(415, "Unsupported media type.");
    let huge = json!({ "login": "x".repeat(1_100_000) }).to_string();
    send("application/json", huge).await.says(413, "The POST data is too large.");
}

#[tokio::test]
async fn an_internal_error_shows_no_details() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    api.0.app.break_down("ALTER TABLE realm_counters RENAME COLUMN value TO gone").await;
    api.post("/api/v1/auth/register").token(&token).json(&budi()).await.says(500, "Server Error");
}
