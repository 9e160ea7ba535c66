//! Who may call a route, and how often.

use std::time::Duration;

use gerbang_rest::{Dialect, Limit, TokenType};
use serde_json::json;

use super::{
    identity::{Realm, Role},
    shim::{Shim, dialect, settings},
};

const FILES: [(&str, &str); 5] = [
    ("none", r#"query None @rest(method: GET, path: "/none", auth: NONE) { whoami }"#),
    ("optional", r#"query Optional @rest(method: GET, path: "/optional", auth: OPTIONAL) { whoami }"#),
    ("user", r#"query User @rest(method: GET, path: "/user") { whoami }"#),
    ("both", r#"query Both @rest(method: GET, path: "/both", tokens: [JWT, SANCTUM]) { whoami }"#),
    (
        "admin",
        r#"mutation Admin($name: String!) @rest(method: POST, path: "/admin", auth: ADMIN) { make(input: { name: $name }) @spread { created } }"#,
    ),
];

#[tokio::test]
async fn a_token_must_be_of_the_routes_realm_and_kind() {
    let shim = Shim::new(&FILES);
    let who = async |path: &str, realm, role, jwt: bool| {
        let token = if jwt { TokenType::Jwt } else { TokenType::Sanctum };
        let reply = shim.get(path).token(realm, role, token).send().await;
        if reply.status == 200 { reply.json()["whoami"].as_str().unwrap().to_owned() } else { reply.status.to_string() }
    };
    let budi = "budi@example.test";
    assert_eq!(who("/api/user", Realm::Apextrack, Role::Affiliate, false).await, budi);
    assert_eq!(who("/api/user", Realm::Apextrack, Role::Affiliate, true).await, "401");
    assert_eq!(who("/api/both", Realm::Apextrack, Role::Affiliate, true).await, budi);
    assert_eq!(who("/api/user", Realm::Notary, Role::Customer, false).await, "401");
    assert_eq!(who("/api/user", Realm::Staff, Role::Admin, false).await, "401");
    assert_eq!(who("/api/none", Realm::Apextrack, Role::Affiliate, false).await, "nobody");
    assert_eq!(who("/api/optional", Realm::Apextrack, Role::Affiliate, false).await, budi);
    assert_eq!(who("/api/optional", Realm::Apextrack, Role::Affiliate, true).await, "nobody");
    assert_eq!(who("/api/optional", Realm::Notary, Role::Customer, false).await, "nobody");
    assert_eq!(who("/api/optional", Realm::Staff, Role::Admin, true).await, budi);
    assert_eq!(who("/api/optional", Realm::Staff, Role::Employee, true).await, "nobody");
    assert_eq!(shim.get("/api/optional").send().await.json(), json!({ "whoami": "nobody" }));
}

#[tokio::test]
async fn unauthorized_callers_learn_nothing_about_the_body() {
    let shim = Shim::new(&FILES);
    let broken = |call: super::shim::Call<'static>| call.body("application/json", "{");
    let shim: &'static Shim = Box::leak(Box::new(shim));
    broken(shim.post("/api/admin")).send().await.is(401, &json!({ "message": "UNAUTHENTICATED" }));
    broken(shim.post("/api/admin").viewer(Realm::Apextrack, Role::Affiliate))
        .send()
        .await
        .is(403, &json!({ "message": "FORBIDDEN" }));
    broken(shim.post("/api/admin").viewer(Realm::Apextrack, Role::Admin))
        .send()
        .await
        .is(400, &json!({ "message": "BAD_REQUEST" }));
    let reply = shim.post("/api/admin").viewer(Realm::Apextrack, Role::Admin).json(&json!({})).send().await;
    assert_eq!(reply.status, 422);
}

#[tokio::test]
async fn rate_limits_count_by_user_or_address() {
    const LIMITS: &[Limit] = &[
        Limit { requests: 2, window: Duration::from_mins(1) },
        Limit { requests: 100, window: Duration::from_hours(1) },
    ];
    let limited = Dialect { limits: LIMITS, ..dialect("test", Realm::Apextrack, &FILES) };
    let shim = Shim::of(vec![limited], settings());
    for left in ["1", "0"] {
        let reply = shim.get("/api/none").send().await;
        assert_eq!(
            (reply.status, reply.header("x-ratelimit-limit"), reply.header("x-ratelimit-remaining")),
            (200, "2", left)
        );
    }
    let reply = shim.get("/api/user").send().await;
    reply.is(429, &json!({ "message": "RATE_LIMITED" }));
    assert_eq!((reply.header("retry-after"), reply.header("x-ratelimit-remaining")), ("60", "0"));
    // A user has a count of their own.
    assert_eq!(shim.get("/api/user").viewer(Realm::Apextrack, Role::Affiliate).send().await.status, 200);
}
