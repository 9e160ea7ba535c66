//! The same documents where files are kept in a bucket.

use std::io::{Seek, Write};

use futures_util::TryStreamExt;
use gerbang_kernel::secret::Secret;
use gerbang_platform::files::{Files, Upload};
use serde_json::json;

use super::{
    Yiss,
    files::{DOCUMENTS, report},
    text,
};
use crate::support::{TestApp, bucket::Bucket, files::PDF};

const MIB: usize = 1024 * 1024;

async fn yiss_on(bucket: &Bucket) -> Yiss {
    Yiss::on(TestApp::with(|config| bucket.configure(&mut config.files)).await)
}

async fn file(bytes: &[u8]) -> Upload {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    Upload::inspect(file).await.unwrap()
}

async fn read(files: &Files, path: &str) -> Option<Vec<u8>> {
    let found = files.get(path).await.unwrap()?;
    let parts: Vec<_> = found.bytes.try_collect().await.unwrap();
    let bytes = parts.concat();
    assert_eq!(bytes.len() as u64, found.size);
    Some(bytes)
}

#[tokio::test]
async fn a_document_is_kept_in_the_bucket_and_fetched_from_there() {
    let bucket = Bucket::start().await;
    let api = yiss_on(&bucket).await;
    let (_, token, _) = api.applicant().await;
    let reply = api.upload(DOCUMENTS, &token, report(PDF)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let path = text(&reply, "/data/file_path");
    assert_eq!(std::fs::read(bucket.object(path)).unwrap(), PDF);
    let folder = api.0.app.folder.path().join("files");
    assert!(!folder.join(path).exists(), "the file is on this machine as well");
    let fetched = api.get(&format!("/storage/{path}")).token(&token).send().await;
    assert_eq!((fetched.status.as_u16(), fetched.text.as_bytes()), (200, PDF));
    assert_eq!(fetched.header("content-type"), "application/pdf");
    assert_eq!(fetched.header("content-length"), PDF.len().to_string());
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_gives_503() {
    let bucket = Bucket::start().await;
    let api = yiss_on(&bucket).await;
    let (_, token, _) = api.applicant().await;
    let kept = api.upload(DOCUMENTS, &token, report(PDF)).await;
    let path = format!("/storage/{}", text(&kept, "/data/file_path"));
    bucket.stop().await;

    let reply = api.upload(DOCUMENTS, &token, report(PDF)).await;
    assert_eq!(reply.header("retry-after"), "5");
    reply.is(
        503,
        json!({
            "message": "Layanan tidak tersedia",
            "errors": { "server": ["Server sedang sibuk. Silakan coba lagi nanti."] },
        }),
    );
    assert_eq!(api.get(&path).token(&token).send().await.status, 503);
    // What could not be kept is not listed either.
    let list = api.get(DOCUMENTS).token(&token).send().await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1, "{list:?}");
}

#[tokio::test]
async fn a_large_file_goes_in_parts_and_comes_back_whole() {
    let bucket = Bucket::start().await;
    let files = Files::s3(&bucket.settings()).unwrap();
    let large: Vec<u8> = (0..=250).cycle().take(11 * MIB + 7).collect();
    files.put("documents/large.bin", file(&large).await).await.unwrap();
    assert_eq!(read(&files, "documents/large.bin").await.unwrap(), large);
    assert_eq!(std::fs::metadata(bucket.object("documents/large.bin")).unwrap().len(), large.len() as u64);
    files.delete("documents/large.bin").await.unwrap();
    assert!(read(&files, "documents/large.bin").await.is_none());
    // Gone is gone.
    files.delete("documents/large.bin").await.unwrap();
}

#[tokio::test]
async fn a_wrong_secret_of_the_bucket_gives_the_documented_500() {
    let bucket = Bucket::start().await;
    let app = TestApp::with(|config| {
        bucket.configure(&mut config.files);
        config.files.s3.secret_access_key = Secret::new("another secret");
    });
    let api = Yiss::on(app.await);
    let (_, token, _) = api.applicant().await;
    api.upload(DOCUMENTS, &token, report(PDF)).await.is(
        500,
        json!({
            "message": "Kesalahan server",
            "errors": { "server": ["Terjadi kesalahan yang tidak terduga. Silakan coba lagi nanti."] },
        }),
    );
    let list = api.get(DOCUMENTS).token(&token).send().await;
    list.is(200, json!({ "message": "Dokumen berhasil diambil", "data": [] }));
}
