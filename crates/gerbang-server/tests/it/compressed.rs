//! Bodies that come compressed.

use std::io::Write;

use axum::http::Request;
use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use crate::support::TestEndpoint;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_decompressed_upload_over_the_limit_is_refused() {
    let endpoint = TestEndpoint::with(|settings| settings.graphql.file_bytes = 100_000);
    let operations =
        json!({ "query": "mutation ($file: Upload!) { upload(file: $file) }", "variables": { "file": null } });
    let upload = async |size: usize| {
        let part = |name: &str, more: &str, content: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
        };
        let parts = [
            part("operations", "", &operations.to_string()),
            part("map", "", r#"{"0":["variables.file"]}"#),
            part("0", "; filename=\"a.txt\"", &"a".repeat(size)),
        ];
        let request = Request::post("/graphql")
            .header("content-type", "multipart/form-data; boundary=x")
            .header("content-encoding", "gzip")
            .header("graphql-require-preflight", "true");
        endpoint.send(request.body(gzip(&(parts.concat() + "--x--\r\n")).into()).unwrap()).await
    };
    assert_eq!(upload(100_000).await.data(), &json!({ "upload": "a.txt  100000 aaaaaaaaaa" }));
    assert_eq!(upload(40_000_000).await.status, 413);
}
