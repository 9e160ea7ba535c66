//! Files, by the GraphQL multipart request specification.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Reply, TestEndpoint, post};

const ONE: &str = "mutation ($file: Upload!) { upload(file: $file) }";
const MANY: &str = "mutation ($files: [Upload!]!) { uploadAll(files: $files) }";
const PREFLIGHT: (&str, &str) = ("graphql-require-preflight", "true");

/// A part: its name, its content, and the name of its file.
type Part<'a> = (&'a str, String, Option<&'a str>);

fn field(name: &str, content: Value) -> Part<'_> {
    (name, content.to_string(), None)
}

fn file<'a>(name: &'a str, content: &str) -> Part<'a> {
    (name, content.to_owned(), Some("a.txt"))
}

fn body(parts: &[Part<'_>]) -> String {
    let mut body = String::new();
    for (name, content, file) in parts {
        body += &format!("--frontier\r\ncontent-disposition: form-data; name=\"{name}\"");
        if let Some(file) = file {
            body += &format!("; filename=\"{file}\"\r\ncontent-type: text/plain");
        }
        body += &format!("\r\n\r\n{content}\r\n");
    }
    body + "--frontier--\r\n"
}

async fn send(endpoint: &TestEndpoint, parts: &[Part<'_>]) -> Reply {
    let content_type = ("content-type", "multipart/form-data; boundary=frontier");
    endpoint.send(post(body(parts), &[content_type, PREFLIGHT])).await
}

fn one() -> Part<'static> {
    field("operations", json!({ "query": ONE, "variables": { "file": null } }))
}

fn map(places: Value) -> Part<'static> {
    field("map", places)
}

#[tokio::test]
async fn a_file_takes_the_place_of_null() {
    let endpoint = TestEndpoint::new();
    let reply = send(&endpoint, &[one(), map(json!({ "0": ["variables.file"] })), file("0", "Halo, dunia")]).await;
    assert_eq!(reply.data(), &json!({ "upload": "a.txt text/plain 11 Halo, duni" }));
}

#[tokio::test]
async fn files_stand_in_lists_and_batches() {
    let endpoint = TestEndpoint::new();
    let operations = field("operations", json!({ "query": MANY, "variables": { "files": [null, null] } }));
    let places = map(json!({ "a": ["variables.files.1"], "b": ["variables.files.0"] }));
    let reply = send(&endpoint, &[operations, places, file("a", "first"), file("b", "second!")]).await;
    assert_eq!(reply.data(), &json!({ "uploadAll": ["a.txt text/plain 7 second!", "a.txt text/plain 5 first"] }));

    let operation = json!({ "query": ONE, "variables": { "file": null } });
    let operations = field("operations", json!([operation, { "query": "{ hello }" }, operation]));
    let places = map(json!({ "a": ["0.variables.file"], "b": ["2.variables.file"] }));
    let reply = send(&endpoint, &[operations, places, file("a", "first"), file("b", "second!")]).await;
    let answers = reply.body.as_array().unwrap();
    assert_eq!(answers[0], json!({ "data": { "upload": "a.txt text/plain 5 first" } }));
    assert_eq!(answers[2], json!({ "data": { "upload": "a.txt text/plain 7 second!" } }));
}

#[tokio::test]
async fn boundaries_and_names_are_read_as_clients_write_them() {
    let endpoint = TestEndpoint::new();
    for (boundary, shown) in
        [("-XrQHxml_qhW/dc2hip09LUML=Wo.9:abc", "-XrQHxml_qhW/dc2hip09LUML=Wo.9:abc"), ("a (b)?", "\"a (b)?\"")]
    {
        let body = body(&[one(), map(json!({ "0": ["variables.file"] })), file("0", "Halo")]);
        let body = body.replace("--frontier", &format!("--{boundary}")).replace("filename=", "FileName=");
        let content_type = format!("multipart/form-data; boundary={shown}");
        let reply = endpoint.send(post(body, &[("content-type", &content_type), PREFLIGHT])).await;
        assert_eq!(reply.data(), &json!({ "upload": "a.txt text/plain 4 Halo" }), "{boundary}");
    }
}

#[tokio::test]
async fn a_cross_site_form_is_refused() {
    let endpoint = TestEndpoint::new();
    let body = body(&[one(), map(json!({ "0": ["variables.file"] })), file("0", "x")]);
    let content_type = ("content-type", "multipart/form-data; boundary=frontier");
    for headers in [vec![content_type], vec![content_type, ("apollo-require-preflight", "")]] {
        let reply = endpoint.send(post(body.clone(), &headers)).await;
        assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"));
        assert!(reply.message().contains("GraphQL-Require-Preflight"));
    }
    for name in ["GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name"] {
        endpoint.send(post(body.clone(), &[content_type, (name, "1")])).await.data();
    }
}

#[tokio::test]
async fn a_bad_map_is_refused() {
    let endpoint = TestEndpoint::new();
    let places = || map(json!({ "0": ["variables.file"] }));
    let many_places: Vec<String> = (0..11).map(|n| format!("variables.files.{n}")).collect();
    let too_many: Value = many_places.iter().enumerate().map(|(n, place)| (n.to_string(), json!([place]))).collect();
    let cases: Vec<(&str, Vec<Part<'_>>)> = vec![
        ("no map", vec![one(), file("0", "x")]),
        ("file before map", vec![one(), file("0", "x"), places()]),
        ("map before operations", vec![places(), one(), file("0", "x")]),
        ("no operations", vec![places(), file("0", "x")]),
        ("operations are no JSON", vec![("operations", "{".to_owned(), None), places(), file("0", "x")]),
        ("map is no object", vec![one(), map(json!(["0"])), file("0", "x")]),
        ("map holds no lists", vec![one(), map(json!({ "0": "variables.file" })), file("0", "x")]),
        ("map names nothing", vec![one(), map(json!({ "0": [] })), file("0", "x")]),
        ("unmapped part", vec![one(), places(), file("1", "x")]),
        ("missing part", vec![one(), places()]),
        ("second part of a name", vec![one(), places(), file("0", "x"), file("0", "y")]),
        ("place does not exist", vec![one(), map(json!({ "0": ["variables.other"] })), file("0", "x")]),
        ("place outside of variables", vec![one(), map(json!({ "0": ["query"] })), file("0", "x")]),
        (
            "place holds no null",
            vec![field("operations", json!({ "query": ONE, "variables": { "file": "x" } })), places(), file("0", "x")],
        ),
        (
            "place used twice",
            vec![
                one(),
                map(json!({ "0": ["variables.file"], "1": ["variables.file"] })),
                file("0", "x"),
                file("1", "y"),
            ],
        ),
        (
            "too many files",
            vec![field("operations", json!({ "query": MANY, "variables": { "files": [null] } })), map(too_many)],
        ),
    ];
    for (case, parts) in cases {
        let reply = send(&endpoint, &parts).await;
        assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"), "{case}");
    }
}

#[tokio::test]
async fn files_are_limited_in_size() {
    let endpoint = TestEndpoint::new();
    let places = || map(json!({ "0": ["variables.file"] }));
    let largest = "x".repeat(5 * 1024 * 1024);
    let reply = send(&endpoint, &[one(), places(), file("0", &largest)]).await;
    assert_eq!(reply.data(), &json!({ "upload": "a.txt text/plain 5242880 xxxxxxxxxx" }));
    let reply = send(&endpoint, &[one(), places(), file("0", &(largest + "x"))]).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::OK, "VALIDATION_FAILED"));
    let violation = json!([{ "rule": "FILE_SIZE", "message": "The file must not be greater than 5 MB." }]);
    assert_eq!(reply.body["errors"][0]["extensions"]["fields"], json!({ "file": violation }));
    let padded = json!({ "query": ONE, "variables": { "file": null }, "padding": "x".repeat(1024 * 1024) });
    let reply = send(&endpoint, &[field("operations", padded), places(), file("0", "x")]).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_ends_early_is_refused() {
    let endpoint = TestEndpoint::new();
    let whole = body(&[one(), map(json!({ "0": ["variables.file"] })), file("0", "Halo")]);
    for cut in [10, 60, whole.len() - 30] {
        let headers = [("content-type", "multipart/form-data; boundary=frontier"), PREFLIGHT];
        let reply = endpoint.send(post(whole[..cut].to_owned(), &headers)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "cut at {cut}");
    }
    let reply = endpoint.send(post("", &[("content-type", "multipart/form-data"), PREFLIGHT])).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}
