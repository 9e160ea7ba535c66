//! One server, several APIs: whose a request is.

use axum::http::Method;
use gerbang_rest::{Claim, Condition, Dialect, Settings};
use serde_json::json;

use super::{
    identity::{Realm, Role},
    shim::{Shim, dialect, settings},
};

const ONE: [(&str, &str); 3] = [
    (
        "one_login",
        r#"mutation OneLogin($device: String) @rest(method: POST, path: "/login", auth: NONE, message: "one") { probe(input: { text: $device }) @omit }"#,
    ),
    ("one_user", r#"query OneUser @rest(method: GET, path: "/user", auth: NONE, message: "one") { whoami @omit }"#),
    (
        "one_thing",
        r#"query OneThing @rest(method: GET, path: "/v1/thing", auth: NONE, message: "one") { whoami @omit }"#,
    ),
];
const OTHER: [(&str, &str); 4] = [
    (
        "other_login",
        r#"mutation OtherLogin @rest(method: POST, path: "/login", auth: NONE, message: "other") { probe(input: {}) @omit }"#,
    ),
    (
        "other_user",
        r#"query OtherUser @rest(method: GET, path: "/user", auth: NONE, message: "other") { whoami @omit }"#,
    ),
    (
        "other_thing",
        r#"query OtherThing @rest(method: GET, path: "/thing", auth: NONE, message: "other") { whoami @omit }"#,
    ),
    ("other_faq", r#"query OtherFaq @rest(method: GET, path: "/faq", auth: NONE, message: "other") { whoami @omit }"#),
];
const CLAIMS_OF_ONE: &[Claim] = &[
    Claim { method: Method::POST, path: "/api/login", when: Condition::BodyHas("device") },
    Claim { method: Method::GET, path: "/api/user", when: Condition::OwnToken },
];
const CLAIMS_OF_OTHER: &[Claim] = &[
    Claim { method: Method::POST, path: "/api/login", when: Condition::Otherwise },
    Claim { method: Method::GET, path: "/api/user", when: Condition::Otherwise },
];

fn shim(settings: Settings) -> Shim {
    let one = Dialect { hosts: &["one.test"], claims: CLAIMS_OF_ONE, ..dialect("one", Realm::Apextrack, &ONE) };
    let other = Dialect {
        bases: &["/api", "/api/v1"],
        claims: CLAIMS_OF_OTHER,
        ..dialect("other", Realm::Scholarship, &OTHER)
    };
    Shim::of(vec![one, other], settings)
}

#[tokio::test]
async fn shared_paths_are_routed_by_what_the_client_sends() {
    let shim = shim(settings());
    let is = |name: &str| json!({ "message": name });
    shim.post("/api/login").json(&json!({ "device": "x" })).send().await.is(200, &is("one"));
    shim.post("/api/login").form("device=x").send().await.is(200, &is("one"));
    shim.post("/api/login").json(&json!({ "email": "x" })).send().await.is(200, &is("other"));
    // What can't be read is nobody's in particular.
    shim.post("/api/login").send().await.is(200, &is("other"));
    shim.post("/api/login").body("application/json", "{").send().await.is(200, &is("other"));
    shim.get("/api/user").send().await.is(200, &is("other"));
    shim.get("/api/user").viewer(Realm::Apextrack, Role::Affiliate).send().await.is(200, &is("one"));
    shim.get("/api/user").viewer(Realm::Notary, Role::Customer).send().await.is(200, &is("other"));
    assert_eq!(shim.call("HEAD", "/api/user").send().await.status, 200);
    let reply = shim.call("PUT", "/api/login").send().await;
    assert_eq!((reply.status, reply.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn an_oversized_body_answers_413_only_where_the_route_reads_it() {
    let shim = shim(settings());
    let body = json!({ "device": "x".repeat(2_000) });
    // `other` looks at no body at all, so that its route still answers.
    shim.post("/api/login").json(&body).send().await.is(200, &json!({ "message": "other" }));
    assert_eq!(shim.post("/one/api/login").json(&body).send().await.status, 413);
}

#[tokio::test]
async fn hosts_and_prefixes_reach_one_api_only() {
    let shim = shim(settings());
    let is = |name: &str| json!({ "message": name });
    shim.get("/api/user").header("host", "ONE.test:8443").send().await.is(200, &is("one"));
    shim.get("/api/thing").header("host", "one.test").send().await.is(404, &is("NOT_FOUND"));
    shim.get("/one/api/user").send().await.is(200, &is("one"));
    shim.get("/other/api/user").header("host", "one.test").send().await.is(200, &is("other"));
    shim.get("/one").send().await.is(404, &is("NOT_FOUND"));
    shim.get("/ones/api/user").send().await.is(404, &is("Not found."));
}

#[tokio::test]
async fn other_bases_answer_only_what_no_other_api_documents() {
    let shim = shim(settings());
    let is = |name: &str| json!({ "message": name });
    // Documented by `one`, so `other` yields there, but not under its own prefix.
    shim.get("/api/v1/thing").send().await.is(200, &is("one"));
    shim.get("/other/api/v1/thing").send().await.is(200, &is("other"));
    shim.get("/api/v1/faq").send().await.is(200, &is("other"));
}

#[tokio::test]
async fn the_shared_root_is_a_setting_and_answers_404_as_the_closest_api() {
    let closed = shim(Settings { shared_root: false, ..settings() });
    closed.get("/api/user").send().await.is(404, &json!({ "message": "Not found." }));
    closed.get("/one/api/user").send().await.is(200, &json!({ "message": "one" }));
    let open = shim(settings());
    open.get("/api/faqs").send().await.is(404, &json!({ "message": "NOT_FOUND" }));
    // Equally close to both, close to none.
    open.get("/api/zzz").send().await.is(404, &json!({ "message": "Not found." }));
    open.get("/zzz").send().await.is(404, &json!({ "message": "Not found." }));
}
