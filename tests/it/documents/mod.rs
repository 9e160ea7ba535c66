//! Trusted documents: files that clients' tools write, found by id or hash, and all others refused where the operator wants
//! that.

mod answers;
mod defects;
mod only_trusted;

use std::path::PathBuf;

use axum::http::{Method, Request};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    TestApp,
    protocol::{self, Reply},
};

/// What most of these tests ask for.
const SETTINGS: &str = "query Settings { settings { key value } }";

/// A folder with files that list documents.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: &Value) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path
    }
}

/// A manifest as Apollo's tool writes it, of (id, name, type, body).
fn apollo(operations: &[(&str, &str, &str, &str)]) -> Value {
    let operations =
        operations.iter().map(|(id, name, kind, body)| json!({ "id": id, "name": name, "type": kind, "body": body }));
    json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": operations.collect::<Vec<_>>(),
    })
}

/// A server that knows documents.
struct Server {
    app: TestApp,
    router: axum::Router,
}

impl Server {
    async fn knowing(documents: Vec<PathBuf>, only_trusted: bool) -> Self {
        let app = TestApp::with(|config| {
            config.graphql.documents = documents;
            config.graphql.only_trusted = only_trusted;
        })
        .await;
        Self { router: app.router(), app }
    }

    async fn post(&self, token: Option<&str>, body: Value) -> Reply {
        let mut headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("accept".to_owned(), "application/graphql-response+json".to_owned()),
        ];
        headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
        let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        protocol::send(&self.router, protocol::post(body.to_string(), &headers)).await
    }

    async fn get(&self, query: &str, headers: &[(&str, &str)]) -> Reply {
        let request = Request::builder().method(Method::GET).uri(format!("/graphql?{query}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        protocol::send(&self.router, request.body(axum::body::Body::empty()).unwrap()).await
    }
}

/// A document's hash in `extensions`.
fn hashed(hash: &str) -> Value {
    json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
}
