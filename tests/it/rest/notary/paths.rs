//! Where the API answers, to whom, and where it does not.

use gerbang::accounts::{Realm, Role};
use serde_json::json;

use super::{Notary, text};
use crate::support::app::PASSWORD;

#[tokio::test]
async fn it_answers_at_the_shared_root_and_under_its_prefix() {
    let api = Notary::new().await;
    let user = api.user(Role::Notary).await;
    let body = json!({ "email": user.email, "password": PASSWORD });
    for base in ["/api/v1", "/notary/api/v1"] {
        let reply = api.0.post(&format!("{base}/auth/signin")).json(&body).await;
        assert_eq!(reply.status, 200, "{base}");
        let token = text(&reply, "/data/token");
        assert_eq!(api.0.get(&format!("{base}/office/service")).send().await.status, 200, "{base}");
        let close = api.0.call("PATCH", &format!("{base}/office/service/x")).token(&token).send().await;
        close.says(403, "Access denied");
    }
    // A host that belongs to another API has only the prefix.
    let host = "www3.apextrack.site";
    assert_eq!(api.get("/office/service").header("host", host).send().await.status, 404);
    assert_eq!(api.0.get("/notary/api/v1/office/service").header("host", host).send().await.status, 200);
}

#[tokio::test]
async fn tokens_of_other_realms_are_refused() {
    let api = Notary::new().await;
    let partner = api.0.app.user(Realm::TalentsMapping, Role::Admin).await;
    let jwt = api.0.log_in("/talentsmapping/api/auth/login", &partner.email, "access_token").await;
    let staff = api.0.app.user(Realm::Staff, Role::Admin).await;
    let body = json!({ "login": staff.email, "password": PASSWORD });
    let sanctum = text(&api.0.post("/staff/api/v1/auth/login").json(&body).await, "/token");
    for token in [jwt, sanctum] {
        for (method, path) in [
            ("POST", "/office/invitation/create"),
            ("POST", "/office/service/service_id"),
            ("PUT", "/office/service/service_id"),
            ("PATCH", "/office/service/service_id"),
            ("DELETE", "/office/service/service_id"),
        ] {
            let reply = api.call(method, path).token(&token).send().await;
            reply.says(401, "Access denied to access this route.");
        }
        api.get("/auth/signup/status").token(&token).send().await.says(400, "Invalid token.");
    }
}

#[tokio::test]
async fn undocumented_paths_and_methods_are_refused() {
    let api = Notary::new().await;
    for path in ["/office", "/office/services", "/auth", "/invitation", "/invitation/open/x", ""] {
        api.0.get(&format!("/notary/api/v1{path}")).send().await.says(404, "Not found.");
    }
    // Other APIs' paths are not below the prefix.
    api.0.post("/notary/api/v1/auth/login").send().await.says(404, "Not found.");
    for (method, path, allowed) in [
        ("GET", "/auth/signin", "POST"),
        // Once it is confirmed this logs in, so there is no HEAD.
        ("POST", "/auth/signup/status", "GET"),
        ("GET", "/auth/signup/resend", "POST"),
        ("POST", "/invitation/open", "GET, HEAD"),
        ("GET", "/invitation/accept", "POST"),
        ("PUT", "/office/invitation/create", "POST"),
    ] {
        let reply = api.call(method, path).send().await;
        reply.says(405, "Method not allowed.");
        assert_eq!(reply.header("allow"), allowed, "{method} {path}");
    }
    let list = api.call("HEAD", "/office/service").send().await;
    assert_eq!((list.status.as_u16(), list.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let api = Notary::new().await;
    let body = json!({ "email": "user@example.com", "password": "x".repeat(1024 * 1024) });
    api.post("/auth/signin").json(&body).await.says(413, "Request body is too large.");
}

#[tokio::test]
async fn an_internal_error_shows_no_details() {
    let api = Notary::new().await;
    api.0.app.break_down("ALTER TABLE services RENAME COLUMN description TO gone").await;
    api.get("/office/service").send().await.says(500, "Internal server error.");
}

#[tokio::test]
async fn other_media_types_and_head_on_routes_that_change_something_are_refused() {
    let api = Notary::new().await;
    api.post("/auth/signin").body("text/plain", "email=a").await.says(415, "Unsupported media type.");
    for path in ["/auth/signup/status", "/auth/signup/confirm?code=x"] {
        let head = api.call("HEAD", path).send().await;
        head.is_empty(405);
        assert_eq!(head.header("allow"), "GET", "{path}");
    }
}
