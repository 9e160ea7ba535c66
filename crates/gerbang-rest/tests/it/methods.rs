//! 404, 405 with `Allow`, HEAD, OPTIONS, and what every answer carries.

use std::collections::BTreeMap;

use gerbang_rest::Sunset;
use serde_json::json;

use super::{
    identity::Realm,
    shim::{Shim, dialect, settings},
};

const FILES: [(&str, &str); 3] = [
    (
        "show",
        r#"query Show($id: ID!) @rest(method: GET, path: "/things/{id}", auth: NONE) { thing(id: $id) @required @spread { id name } }"#,
    ),
    (
        "edit",
        r#"mutation Edit($id: ID!) @rest(method: PUT, path: "/things/{id}", auth: NONE) { saw: probe(input: { id: $id }) }"#,
    ),
    (
        "hook",
        r#"mutation Hook($name: String!) @rest(method: [GET, POST], path: "/hook", auth: NONE) { make(input: { name: $name }) @spread { created } }"#,
    ),
];

#[tokio::test]
async fn unknown_paths_and_methods_answer_in_the_apis_format() {
    let shim = Shim::new(&FILES);
    shim.get("/test/api/nope").send().await.is(404, &json!({ "message": "NOT_FOUND" }));
    shim.get("/elsewhere").send().await.is(404, &json!({ "message": "Not found." }));
    let reply = shim.call("DELETE", "/api/things/1").send().await;
    reply.is(405, &json!({ "message": "METHOD_NOT_ALLOWED" }));
    assert_eq!(reply.header("allow"), "GET, HEAD, PUT");
    let reply = shim.call("DELETE", "/test/api/hook").send().await;
    assert_eq!((reply.status, reply.header("allow")), (405, "GET, POST"));
}

#[tokio::test]
async fn head_answers_where_a_query_does_and_never_runs_a_mutation() {
    let shim = Shim::new(&FILES);
    let reply = shim.call("HEAD", "/api/things/1").send().await;
    assert_eq!((reply.status, reply.body.as_str(), reply.header("content-length")), (200, "", "25"));
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(shim.call("HEAD", "/api/things/9").send().await.status, 404);
    let before = shim.runs.count();
    let reply = shim.call("HEAD", "/api/hook?name=a").send().await;
    assert_eq!((reply.status, reply.header("allow"), reply.body.as_str()), (405, "GET, POST", ""));
    let reply = shim.call("OPTIONS", "/api/hook?name=a").send().await;
    assert_eq!((reply.status, reply.header("allow")), (204, "GET, POST"));
    assert_eq!(shim.runs.count(), before);
    assert_eq!(shim.get("/api/hook?name=a").send().await.status, 200);
    assert_eq!(shim.runs.count(), before + 1);
}

#[tokio::test]
async fn a_malformed_path_id_answers_404_before_anything_runs() {
    let shim = Shim::new(&FILES);
    for id in ["abc", "-1", "1.5", "thing_1", "99999999999999999999", "%00", "%FF", "1%2F2"] {
        let reply = shim.get(&format!("/api/things/{id}")).send().await;
        assert_eq!(reply.status, 404, "{id}");
    }
    assert_eq!(shim.runs.count(), 0);
    shim.get("/api/things/1").send().await.is(200, &json!({ "id": 1, "name": "Thing 1" }));
}

#[tokio::test]
async fn every_answer_links_to_the_operation_that_replaces_the_route() {
    let sunset = Some("2027-01-31T00:00:00Z".parse().unwrap());
    let sunsets = BTreeMap::from([("Show".to_owned(), Sunset { sunset, ..Sunset::default() })]);
    let settings = gerbang_rest::Settings { sunsets, ..settings() };
    let shim = Shim::of(vec![dialect("test", Realm::Apextrack, &FILES)], settings);
    for path in ["/api/things/1", "/api/things/9"] {
        let reply = shim.get(path).send().await;
        assert_eq!(reply.header("link"), "<http://gerbang.test/explorer?operation=Show>; rel=\"alternate\"");
        assert_eq!(reply.header("sunset"), "Sun, 31 Jan 2027 00:00:00 GMT");
    }
    assert_eq!(shim.get("/api/hook?name=a").send().await.header("sunset"), "");
}
