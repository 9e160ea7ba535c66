//! `/storage`: who is given which file, and how.

use axum::{Router, body::Body};
use gerbang::{
    accounts::{Realm, Role, user},
    content::testimonial,
    http::service::service,
};
use gerbang_platform::files::Upload;
use http::{Request, StatusCode};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::{
    TestApp,
    app::PASSWORD,
    files::{PDF, PNG, upload},
    protocol::{Reply, send},
};

struct Storage {
    app: TestApp,
    router: Router,
    owner: user::row::Model,
}

impl Storage {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let router = service(app.app.clone(), CancellationToken::new()).unwrap().router;
        let owner = app.user(Realm::Scholarship, Role::Applicant).await;
        let profile = "mutation { createApplicant(input: {
            birthPlace: \"Jakarta\", birthDate: \"2005-05-15\", fatherName: \"A\", fatherOccupation: \"B\",
            motherName: \"C\", motherOccupation: \"D\", parentsIncome: 0, address: \"E\"
        }) { applicant { id } } }";
        app.as_user(&owner).graphql(profile).await.ok();
        Self { app, router, owner }
    }

    /// Path and link of a new document.
    async fn document(&self, published: bool) -> (String, String) {
        let query =
            "mutation($input: UploadDocumentInput!) { uploadDocument(input: $input) { document { filePath url } } }";
        let variables = json!({ "input": { "name": "Rapor", "published": published } });
        let answer = self.app.as_user(&self.owner).execute(upload(query, variables, PDF)).await.ok();
        let document = &answer["uploadDocument"]["document"];
        let url = document["url"].as_str().unwrap().strip_prefix("http://gerbang.test").unwrap();
        (format!("/storage/{}", document["filePath"].as_str().unwrap()), url.to_owned())
    }

    async fn token(&self, user: &user::row::Model) -> String {
        let realm = if user.realm == Realm::Scholarship { "SCHOLARSHIP" } else { "NOTARY" };
        let log_in = format!(
            "mutation {{ login(input: {{ realm: {realm}, email: \"{}\", password: \"{PASSWORD}\" }}) {{ token {{ content }} }} }}",
            user.email
        );
        let answer = self.app.anonymous().graphql(&log_in).await.ok();
        answer["login"]["token"]["content"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Reply {
        let mut request = Request::get(path).header("host", "gerbang.test");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        send(&self.router, request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn an_unpublished_document_is_visible_to_its_owner_and_admins() {
    let storage = Storage::new().await;
    let (path, _) = storage.document(false).await;
    let owner = storage.token(&storage.owner).await;
    let admin = storage.token(&storage.app.user(Realm::Scholarship, Role::Admin).await).await;
    for token in [&owner, &admin] {
        let reply = storage.get(&path, Some(token)).await;
        assert_eq!((reply.status, reply.text.as_bytes()), (StatusCode::OK, PDF));
        assert_eq!(reply.header("content-type"), "application/pdf");
        assert_eq!(reply.header("content-length"), PDF.len().to_string());
        assert_eq!(reply.header("cache-control"), "private, no-store");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let name = path.rsplit('/').next().unwrap();
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{name}\""));
    }
    let other = storage.token(&storage.app.user(Realm::Scholarship, Role::Applicant).await).await;
    let stranger = storage.token(&storage.app.user(Realm::Notary, Role::Admin).await).await;
    for token in [None, Some(other.as_str()), Some(&stranger), Some("nonsense")] {
        let reply = storage.get(&path, token).await;
        assert_eq!((reply.status, reply.refused()), (StatusCode::NOT_FOUND, "NOT_FOUND"));
    }
}

#[tokio::test]
async fn a_signed_link_opens_one_document_for_ten_minutes() {
    let storage = Storage::new().await;
    let (path, link) = storage.document(false).await;
    let (another, _) = storage.document(false).await;
    assert_eq!(storage.get(&link, None).await.text.as_bytes(), PDF);
    let (_, query) = link.split_once('?').unwrap();
    let later = query.replace("expires=1", "expires=2");
    for wrong in [
        format!("{another}?{query}"),
        format!("{path}?{later}"),
        format!("{path}?{}", &query[..query.len() - 2]),
        format!("{path}?expires=never&signature=00"),
        format!("{path}?signature=00"),
    ] {
        assert_eq!(storage.get(&wrong, None).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    storage.app.clock.advance(chrono::TimeDelta::seconds(601));
    assert_eq!(storage.get(&link, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn published_documents_and_photos_are_public() {
    let storage = Storage::new().await;
    let (path, link) = storage.document(true).await;
    assert_eq!(path, link, "it needs no signature");
    let reply = storage.get(&path, None).await;
    assert_eq!((reply.status, reply.header("cache-control")), (StatusCode::OK, "public, max-age=300"));

    let photo = "testimonials/budi_santoso.png";
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &PDF[..4]).unwrap();
    storage.app.domain.files.put(photo, Upload::inspect(file).await.unwrap()).await.unwrap();
    assert_eq!(
        storage.get(&format!("/storage/{photo}"), None).await.status,
        StatusCode::NOT_FOUND,
        "no row refers to it"
    );
    let now = storage.app.clock.now();
    let row = testimonial::row::ActiveModel {
        id: Set(uuid::Uuid::nil().into()),
        name: Set("Budi".to_owned()),
        photo_path: Set(photo.to_owned()),
        content: Set("Terima kasih".to_owned()),
        position: Set(1),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
    };
    row.insert(storage.app.domain.db.write()).await.unwrap();
    let reply = storage.get(&format!("/storage/{photo}"), None).await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "image/png"));
}

#[tokio::test]
async fn only_files_that_a_row_refers_to_are_served() {
    let storage = Storage::new().await;
    let (path, _) = storage.document(true).await;
    let database = storage.app.folder.path().join("files/documents/secret.pdf");
    std::fs::write(database, PNG).unwrap();
    for wrong in [
        "/storage/",
        "/storage/documents",
        "/storage/documents/secret.pdf",
        "/storage/documents/../documents/secret.pdf",
        "/storage/documents/%2e%2e/%2e%2e/gerbang.db",
        "/storage/..%2f..%2fetc%2fpasswd",
        "/storage//etc/passwd",
        "/storage/documents/%00",
        &format!("{path}/"),
        &format!("/storage/.{}", &path[8..]),
    ] {
        assert_eq!(storage.get(wrong, None).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let post = Request::post(&path).header("host", "gerbang.test").body(Body::empty()).unwrap();
    assert_eq!(send(&storage.router, post).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let head = Request::head(&path).header("host", "gerbang.test").body(Body::empty()).unwrap();
    let head = send(&storage.router, head).await;
    assert_eq!((head.status, head.header("content-length"), &*head.text), (StatusCode::OK, "15", ""));
}
