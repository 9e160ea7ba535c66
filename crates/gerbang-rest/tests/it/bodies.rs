//! Media types, limits, uploads, raw bodies.

use axum::body::Body;
use serde_json::json;

use super::shim::Shim;

fn shim() -> Shim {
    Shim::new(&[
        (
            "make",
            r#"mutation Make($name: String!) @rest(method: POST, path: "/make", auth: NONE) { make(input: { name: $name }) @spread { thing { id } } }"#,
        ),
        (
            "store",
            r#"mutation Store($file: Upload!, $note: String) @rest(method: POST, path: "/store", auth: NONE) { stored: store(file: $file, note: $note) }"#,
        ),
        (
            "receive",
            r#"mutation Receive($body: RawBody! @from(request: RAW_BODY), $signature: String @from(header: "X-Signature"), $path: String! @from(request: PATH))
            @rest(method: POST, path: "/receive", auth: NONE) { got: receive(body: $body, signature: $signature, path: $path) }"#,
        ),
        ("who", r#"query Who @rest(method: [GET, POST], path: "/who", auth: NONE) { whoami }"#),
    ])
}

fn part(name: &str, file: Option<(&str, &str)>, content: &str) -> String {
    let (file, ty) = match file {
        Some((file, ty)) => (format!("; filename=\"{file}\""), format!("Content-Type: {ty}\r\n")),
        None => (String::new(), String::new()),
    };
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n{ty}\r\n{content}\r\n")
}

fn multipart(parts: &[String]) -> (&'static str, String) {
    ("multipart/form-data; boundary=XX", format!("{}--XX--\r\n", parts.concat()))
}

#[tokio::test]
async fn a_body_answers_400_if_malformed_415_if_unknown_and_413_if_oversized() {
    let shim = shim();
    let status = async |ty: &str, body: String| shim.post("/api/make").body(ty, body).send().await.status;
    assert_eq!(status("application/json", r#"{"name": "a"}"#.to_owned()).await, 200);
    assert_eq!(status("application/json; charset=utf-8", r#"{"name": "a"}"#.to_owned()).await, 200);
    assert_eq!(status("application/json", r#"{"name": "#.to_owned()).await, 400);
    assert_eq!(status("text/plain", "name=a".to_owned()).await, 415);
    assert_eq!(status("multipart/form-data; boundary=XX", multipart(&[part("name", None, "a")]).1).await, 415);
    assert_eq!(status("application/json", format!(r#"{{"name": "{}"}}"#, "a".repeat(1_000))).await, 413);
    let reply = shim.post("/api/make").body("application/json", "{").send().await;
    reply.is(400, &json!({ "message": "BAD_REQUEST" }));
    assert_eq!(shim.runs.count(), 2);
}

#[tokio::test]
async fn an_unused_body_is_not_parsed() {
    shim().post("/api/who").body("application/json", "{").send().await.is(200, &json!({ "whoami": "nobody" }));
}

#[tokio::test]
async fn a_body_without_a_length_is_limited_too() {
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>("a".repeat(100)));
    let body = Body::from_stream(futures_util::stream::iter(chunks));
    assert_eq!(shim().post("/api/make").body("application/json", body).send().await.status, 413);
}

#[tokio::test]
async fn files_arrive_with_their_texts() {
    let shim = shim();
    let store = async |parts: &[String]| {
        let (ty, body) = multipart(parts);
        shim.post("/api/store").body(ty, body).send().await
    };
    let file = |content: &str| part("file", Some(("a b.pdf", "application/pdf")), content);
    store(&[part("note", None, "hi"), file("%PDF")])
        .await
        .is(200, &json!({ "stored": "a b.pdf application/pdf 4 %PDF hi" }));
    // 2,000 bytes are allowed, also beyond the limit of other bodies.
    assert_eq!(store(&[file(&"x".repeat(2_000))]).await.status, 200);
    let large = json!({ "message": "VALIDATION_FAILED", "errors": { "file": ["file FILE_SIZE"] } });
    store(&[file(&"x".repeat(2_001))]).await.is(422, &large);
    assert_eq!(store(&[file("a"), part("note", None, &"x".repeat(1_001))]).await.status, 413);
    let missing = json!({ "message": "VALIDATION_FAILED", "errors": { "file": ["file REQUIRED"] } });
    store(&[part("note", None, "hi")]).await.is(422, &missing);
    // A file input that was left alone, a file under another name.
    store(&[part("file", Some(("", "application/octet-stream")), "")]).await.is(422, &missing);
    store(&[part("other", Some(("a.pdf", "application/pdf")), "x")]).await.is(422, &missing);
    let text = json!({ "message": "VALIDATION_FAILED", "errors": { "file": ["file FILE"] } });
    store(&[part("file", None, "text")]).await.is(422, &text);
    shim.post("/api/store").json(&json!({ "note": "x" })).send().await.is(422, &missing);
    assert_eq!(
        shim.post("/api/store").body("multipart/form-data; boundary=XX", "--XX\r\nbroken").send().await.status,
        400
    );
    assert_eq!(shim.post("/api/store").body("multipart/form-data", "x").send().await.status, 400);
    // A header without an end.
    let endless = format!("--XX\r\nContent-Disposition: {}", "x".repeat(100_000));
    assert_eq!(shim.post("/api/store").body("multipart/form-data; boundary=XX", endless).send().await.status, 413);
}

#[tokio::test]
async fn a_raw_body_arrives_as_it_was_sent() {
    let shim = shim();
    let reply =
        shim.post("/api/receive?x=1").header("x-signature", "abc").body("application/json", "{\"a\" :1").send().await;
    reply.is(200, &json!({ "got": "{\"a\" :1 abc /api/receive" }));
    let reply = shim.post("/test/api/receive").body("text/plain", "raw").send().await;
    reply.is(200, &json!({ "got": "raw  /test/api/receive" }));
    assert_eq!(shim.post("/api/receive").body("text/plain", "x".repeat(1_001)).send().await.status, 413);
}
