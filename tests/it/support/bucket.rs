//! A store that speaks S3 over HTTP and checks every request's signature, with one bucket.

use std::{io, net::Ipv4Addr, path::PathBuf};

use axum::{Router, error_handling::HandleError, http::StatusCode};
use gerbang_kernel::secret::Secret;
use gerbang_platform::settings::{FileStore, Files, S3};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

const BUCKET: &str = "uploads";
const KEY_ID: &str = "gerbang";
const SECRET: &str = "a secret for tests";

/// A running store.
pub(crate) struct Bucket {
    folder: TempDir,
    endpoint: String,
    server: JoinHandle<io::Result<()>>,
}

impl Bucket {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = HandleError::new(service.build(), async |_| StatusCode::INTERNAL_SERVER_ERROR);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(axum::serve(listener, Router::new().fallback_service(service)).into_future());
        Self { folder, endpoint, server }
    }

    /// Settings that lead to it, with keys that begin with `gate/`.
    pub(crate) fn settings(&self) -> S3 {
        S3 {
            bucket: BUCKET.to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: self.endpoint.clone(),
            access_key_id: KEY_ID.to_owned(),
            secret_access_key: Secret::new(SECRET),
            prefix: "gate".to_owned(),
        }
    }

    /// Makes these settings keep files here.
    pub(crate) fn configure(&self, files: &mut Files) {
        files.store = FileStore::S3;
        files.s3 = self.settings();
    }

    /// Where the store keeps what was put at `path`.
    pub(crate) fn object(&self, path: &str) -> PathBuf {
        self.folder.path().join(BUCKET).join("gate").join(path)
    }

    /// Takes the store off the network.
    pub(crate) async fn stop(&self) {
        self.server.abort();
        while !self.server.is_finished() {
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.server.abort();
    }
}
