//! The body is the selection, dressed by the dialect.

use gerbang_graphql::constants::Constants;
use gerbang_kernel::version::Version;
use gerbang_rest::{Ids, Times};
use serde_json::json;

use super::{
    identity::Realm,
    shim::{Shim, dialect, settings},
};

#[tokio::test]
async fn the_body_follows_the_selection() {
    let shim = Shim::new(&[
        (
            "show",
            r#"query Show($id: ID!) @rest(method: GET, path: "/things/{id}", auth: NONE, status: 203, message: "Berhasil", body: { redirect: "/x" }) {
                data: thing(id: $id) @required {
                    made_at: madeAt id color price day: madeOn
                    note @omit(when: NULL)
                    owner @spread @nullable { owner_id: id owner_name: name }
                    boss: owner @nullable { id }
                    name @omit
                }
            }"#,
        ),
        (
            "list",
            r#"query List @rest(method: GET, path: "/list", auth: NONE) { data: allThings { name color @values(map: { biru: BLUE }) } }"#,
        ),
    ]);
    let reply = shim.get("/api/things/1").send().await;
    assert_eq!(reply.status, 203);
    assert_eq!(
        reply.body,
        r#"{"message":"Berhasil","redirect":"/x","data":{"made_at":"2024-08-17T08:05:00.500000Z","id":1,"color":"deep_red","price":400.50,"day":"2024-08-17","owner_id":9,"owner_name":"Ani","boss":{"id":9}}}"#
    );
    let reply = shim.get("/api/things/2").send().await;
    assert_eq!(
        reply.json()["data"],
        json!({
            "made_at": "2024-08-17T08:05:00.500000Z", "id": 2, "color": "blue", "price": 400.50, "day": "2024-08-17",
            "note": "noted", "owner_id": null, "owner_name": null, "boss": null,
        })
    );
    shim.get("/api/things/3").send().await.is(404, &json!({ "message": "NOT_FOUND" }));
    shim.get("/api/list").send().await.is(
        200,
        &json!({ "data": [{ "name": "Thing 1", "color": "deep_red" }, { "name": "Thing 2", "color": "biru" }] }),
    );
}

#[tokio::test]
async fn each_dialect_has_its_forms_of_ids_and_times() {
    let file =
        [("show", r#"query Show @rest(method: GET, path: "/x", auth: NONE) { firstThing @spread { id at: madeAt } }"#)];
    let body = async |ids, times| {
        let dialect = gerbang_rest::Dialect { ids, times, ..dialect("test", Realm::Notary, &file) };
        Shim::of(vec![dialect], settings()).get("/api/x").send().await.body
    };
    assert_eq!(body(Ids::Integer, Times::Micros).await, r#"{"id":1,"at":"2024-08-17T08:05:00.500000Z"}"#);
    assert_eq!(body(Ids::Text, Times::UnixMillis).await, r#"{"id":"1","at":1723881900500}"#);
    assert_eq!(body(Ids::Uuid, Times::Seconds).await, r#"{"id":"1","at":"2024-08-17T08:05:00Z"}"#);
}

#[tokio::test]
async fn a_list_of_pairs_becomes_an_object() {
    let shim = Shim::new(&[
        (
            "under",
            r#"query Under @rest(method: GET, path: "/under", auth: NONE) { data: settings @entries(key: "key", value: "value") { key value } }"#,
        ),
        (
            "flat",
            r#"query Flat @rest(method: GET, path: "/flat", auth: NONE) { settings @spread @entries { key value } }"#,
        ),
    ]);
    shim.get("/api/under").send().await.is(200, &json!({ "data": { "hero_title": "Halo", "about": "Kami" } }));
    shim.get("/api/flat").send().await.is(200, &json!({ "hero_title": "Halo", "about": "Kami" }));
}

#[tokio::test]
async fn a_success_has_the_outcome_of_its_type_or_of_a_boolean() {
    let shim = Shim::new(&[
        (
            "status",
            r#"query Status($token: String! @from(request: TOKEN)) @rest(method: GET, path: "/status", auth: NONE) {
                data: signUp(token: $token) {
                    ... on Waiting @outcome(message: "Waiting.") { attempts code: token }
                    ... on Confirmed @outcome(status: 201, message: "Confirmed.") { code: token }
                }
            }"#,
        ),
        (
            "make",
            r#"mutation Make($name: String!) @rest(method: POST, path: "/make", auth: NONE, message: "OK") { make(input: { name: $name }) @spread { created @outcome(status: 201, message: "Made") thing { id } } }"#,
        ),
    ]);
    let status =
        async |token: &str| shim.get("/api/status").header("authorization", &format!("bearer {token}")).send().await;
    status("confirmed").await.is(201, &json!({ "message": "Confirmed.", "data": { "code": "confirmed" } }));
    status("x").await.is(200, &json!({ "message": "Waiting.", "data": { "attempts": 2, "code": "x" } }));
    shim.get("/api/status").send().await.is(401, &json!({ "message": "UNAUTHENTICATED" }));
    let make = async |name: &str| shim.post("/api/make").json(&json!({ "name": name })).send().await;
    make("new").await.is(201, &json!({ "message": "Made", "thing": { "id": 1 } }));
    make("again").await.is(200, &json!({ "message": "OK", "thing": { "id": 1 } }));
}

#[tokio::test]
async fn files_are_attachments_with_an_etag() {
    let shim =
        Shim::new(&[("fetch", r#"query Fetch @rest(method: GET, path: "/file", auth: NONE, kind: FILE) { file }"#)]);
    let reply = shim.get("/api/file").send().await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "%PDF-1.7 test"));
    assert_eq!(reply.header("content-type"), "application/pdf");
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"report.pdf\"");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    let again = shim.get("/api/file").header("if-none-match", reply.header("etag")).send().await;
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", reply.header("etag")));
}

#[tokio::test]
async fn json_has_an_etag_where_the_route_says_so() {
    let shim = Shim::new(&[
        (
            "kept",
            r#"query Kept @rest(method: GET, path: "/kept", auth: NONE, etag: true) { data: allThings { name } }"#,
        ),
        ("fresh", r#"query Fresh @rest(method: GET, path: "/fresh", auth: NONE) { data: allThings { name } }"#),
    ]);
    assert_eq!(shim.get("/api/fresh").send().await.header("etag"), "");
    let reply = shim.get("/api/kept").send().await;
    let etag = reply.header("etag").to_owned();
    assert_eq!((reply.status, etag.len()), (200, 34));
    let again = |known: &str| shim.get("/api/kept").header("if-none-match", known);
    let reply = again(&format!("\"other\", W/{etag}")).send().await;
    assert_eq!((reply.status, reply.body.as_str(), reply.header("etag")), (304, "", etag.as_str()));
    assert_eq!(again("\"other\"").send().await.status, 200);
}

#[tokio::test]
async fn others_keep_what_the_route_says_but_no_refusal() {
    let shim = Shim::new(&[(
        "kept",
        r#"query Kept($id: ID!) @rest(method: GET, path: "/kept/{id}", auth: NONE, maxAge: 60) {
            data: thing(id: $id) @required { id }
        }"#,
    )]);
    let reply = shim.get("/api/kept/1").send().await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "public, max-age=60"));
    let again = shim.get("/api/kept/1").header("if-none-match", reply.header("etag")).send().await;
    assert_eq!((again.status, again.header("cache-control")), (304, "public, max-age=60"));
    for path in ["/api/kept/404", "/api/kept/none"] {
        let refused = shim.get(path).send().await;
        assert_eq!((refused.status, refused.header("cache-control")), (404, "no-cache, private"));
    }
}

#[tokio::test]
async fn an_answer_of_constants_is_made_once() {
    let text = r#"query Kept @rest(method: GET, path: "/kept", auth: NONE) { data: allThings { name } }"#;
    let things = Version::default();
    let constants = Constants::default().with_fields([("allThings", things.clone())]).with_types(["Thing"]);
    let settings = gerbang_rest::Settings { constants, ..settings() };
    let shim = Shim::of(vec![dialect("test", Realm::Apextrack, &[("kept", text)])], settings);
    let runs = async || {
        assert_eq!(shim.get("/api/kept").send().await.status, 200);
        shim.runs.count()
    };
    let first = runs().await;
    assert_eq!(runs().await, first);
    things.change();
    assert_eq!(runs().await, first + 1);
    // What is refused is refused, whatever is kept.
    assert_eq!(shim.call("POST", "/api/kept").send().await.status, 405);
}

#[tokio::test]
async fn redirects_and_their_errors_answer_with_a_location() {
    let shim = Shim::new(&[(
        "open",
        r#"query Open($code: String!) @rest(method: GET, path: "/open", auth: NONE, kind: REDIRECT)
        @error(code: [NOT_FOUND, VALIDATION_FAILED], status: 404, location: "{app_url}/404") { location(code: $code) }"#,
    )]);
    let reply = shim.get("/api/open?code=good").send().await;
    assert_eq!((reply.status, reply.header("location")), (302, "http://app.test/invitation?code=good"));
    for path in ["/api/open?code=bad", "/api/open"] {
        let reply = shim.get(path).send().await;
        assert_eq!((reply.status, reply.header("location")), (404, "http://app.test/404"));
        assert!(
            reply.body.contains("url=http://app.test/404") && reply.header("content-type").starts_with("text/html")
        );
    }
}
