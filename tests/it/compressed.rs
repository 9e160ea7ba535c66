//! Bodies that come compressed, on every API.

use std::io::Write;

use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};
use serde_json::json;

use crate::support::{
    TestApp,
    legacy::{Call, Legacy},
    protocol::Reply,
};

/// A body's limit, by the default settings.
const MEBIBYTE: usize = 1_048_576;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A request with a body of this coding, which says its length as clients do.
async fn send(call: Call<'_>, coding: &str, body: Vec<u8>) -> Reply {
    let call = call.header("content-encoding", coding).header("content-length", &body.len().to_string());
    call.body("application/json", body).await
}

#[tokio::test]
async fn a_compressed_body_is_read_like_a_plain_one() {
    let legacy = Legacy::empty().await;
    let report = json!({ "message": "Kesalahan", "context": { "page": "/" } }).to_string();
    let query = json!({ "query": "{ __typename }" }).to_string();
    for (coding, encode) in [
        ("gzip", gzip as fn(&str) -> Vec<u8>),
        ("GZIP", gzip),
        ("x-gzip", gzip),
        ("identity, gzip", gzip),
        ("deflate", deflate),
        ("identity", |text| text.as_bytes().to_vec()),
        ("", |text| text.as_bytes().to_vec()),
    ] {
        let reply = send(legacy.post("/api/log-client-error"), coding, encode(&report)).await;
        assert_eq!(reply.status, 201, "{coding}: {reply:?}");
        let reply = send(legacy.post("/graphql"), coding, encode(&query)).await;
        assert_eq!(reply.data(), &json!({ "__typename": "Query" }), "{coding}");
    }
    // A form, too.
    let form = legacy.post("/api/log-client-error").header("content-encoding", "gzip");
    let reply = form.body("application/x-www-form-urlencoded", gzip("message=Kesalahan")).await;
    assert_eq!(reply.status, 201, "{reply:?}");
}

#[tokio::test]
async fn a_decompressed_body_over_the_limit_is_refused() {
    let legacy = Legacy::empty().await;
    // Some 64 kB that would become 64 MiB.
    let bomb = gzip(&" ".repeat(64 * MEBIBYTE));
    assert!(bomb.len() < MEBIBYTE / 8, "{}", bomb.len());
    let reply = send(legacy.post("/api/log-client-error"), "gzip", bomb.clone()).await;
    assert_eq!(reply.status, 413, "{reply:?}");
    let reply = send(legacy.post("/graphql"), "gzip", bomb.clone()).await;
    assert_eq!((reply.status.as_u16(), reply.refused()), (413, "PAYLOAD_TOO_LARGE"));
    // At the limit, and one byte more.
    let padded = |length: usize| {
        let body = json!({ "query": "{ __typename }" }).to_string();
        gzip(&format!("{body}{}", " ".repeat(length - body.len())))
    };
    assert_eq!(send(legacy.post("/graphql"), "gzip", padded(MEBIBYTE)).await.status, 200);
    assert_eq!(send(legacy.post("/graphql"), "gzip", padded(MEBIBYTE + 1)).await.status, 413);
}

#[tokio::test]
async fn an_unsupported_content_encoding_is_refused_with_the_supported_ones() {
    let legacy = Legacy::empty().await;
    let body = gzip(&json!({ "message": "Kesalahan", "query": "{ __typename }" }).to_string());
    for coding in ["br", "zstd", "compress", "gzip, gzip", "aws-chunked"] {
        let reply = send(legacy.post("/api/log-client-error"), coding, body.clone()).await;
        reply.says(415, "Unsupported media type.");
        assert_eq!(reply.header("accept-encoding"), "gzip, deflate");
        let reply = send(legacy.post("/graphql"), coding, body.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.refused()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{coding}");
        assert_eq!(reply.header("accept-encoding"), "gzip, deflate");
        // An upload, in the words of another API.
        let upload = legacy.post("/api/calon-beswan/berkas").header("content-encoding", coding);
        let reply = upload.body("multipart/form-data; boundary=x", body.clone()).await;
        assert_eq!(reply.status, 401, "who it is comes first: {reply:?}");
    }
    // A body that nobody reads may be coded as it likes.
    assert_eq!(send(legacy.get("/api/faqs"), "br", body).await.status, 200);
}

#[tokio::test]
async fn a_body_that_its_content_encoding_does_not_fit_is_malformed() {
    let legacy = Legacy::empty().await;
    let whole = gzip(&json!({ "message": "Kesalahan", "query": "{ __typename }" }).to_string());
    for body in [b"{}".to_vec(), whole[..whole.len() / 2].to_vec(), whole[..whole.len() - 1].to_vec()] {
        send(legacy.post("/api/log-client-error"), "gzip", body.clone()).await.says(400, "Bad request.");
        let reply = send(legacy.post("/graphql"), "gzip", body).await;
        assert_eq!((reply.status.as_u16(), reply.refused()), (400, "BAD_REQUEST"));
    }
}

/// What a provider signs is what it wrote, however it is sent.
#[tokio::test]
async fn a_signed_notification_may_come_compressed() {
    let legacy = Legacy::over(TestApp::new().await);
    let body = json!({
        "id": "evt-1", "event": "payment.succeeded", "created": "2026-02-03T04:05:06Z",
        "data": { "id": "py-1", "reference_id": "ORDER-1", "status": "SUCCEEDED", "currency": "IDR", "request_amount": 1000 }
    });
    let notify = || legacy.post("/api/xendit/notif-hook").header("x-callback-token", "demo-xendit-token");
    let plain = notify().json(&body).await;
    let compressed = send(notify(), "gzip", gzip(&body.to_string())).await;
    assert_eq!((compressed.status, &compressed.body), (plain.status, &plain.body), "{plain:?}");
    assert_eq!(plain.status, 200, "{plain:?}");
}
