//! Documents and additional uploads: what is taken, where it goes, and who reviews it.

use std::path::{Path, PathBuf};

use gerbang::{
    accounts::{Realm, Role, user},
    scholarship::document,
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{admin, applicant, newcomer};
use crate::support::{
    TestApp,
    files::{JPEG, PDF, PNG, upload},
};

const UPLOAD: &str = "mutation($input: UploadDocumentInput!) {
    uploadDocument(input: $input) {
        document { id legacyId applicantId name filePath contentType size description published reviewStatus url }
    }
}";
const ADD: &str = "mutation($input: UploadAdditionalInput!) {
    uploadAdditional(input: $input) {
        additionalUpload { id applicantId uploadTypeId filePath contentType description uploadType { name } url }
    }
}";
const REVIEW: &str = "mutation($input: ReviewDocumentInput!) {
    reviewDocument(input: $input) { document { reviewStatus reviewNote } }
}";

pub(super) async fn hand_in(app: &TestApp, user: &user::row::Model, name: &str) -> Value {
    let request = upload(UPLOAD, json!({ "input": { "name": name } }), PDF);
    app.as_user(user).execute(request).await.ok()["uploadDocument"]["document"].take()
}

pub(super) async fn add_certificate(app: &TestApp, admin: &user::row::Model, user: &user::row::Model) -> Value {
    let upload_type = upload_type(app, admin, &format!("Sertifikat {}", user.id)).await;
    let request = upload(ADD, json!({ "input": { "uploadTypeId": upload_type, "description": "Juara" } }), PNG);
    app.as_user(user).execute(request).await.ok()["uploadAdditional"]["additionalUpload"].take()
}

/// The UUID of a new upload type.
async fn upload_type(app: &TestApp, admin: &user::row::Model, name: &str) -> String {
    let create =
        format!("mutation {{ createUploadType(input: {{ name: \"{name}\" }}) {{ uploadType {{ legacyId }} }} }}");
    let answer = app.as_user(admin).graphql(&create).await.ok();
    answer["createUploadType"]["uploadType"]["legacyId"].as_str().unwrap().to_owned()
}

/// Every file in the store.
fn stored(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { stored(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_document_is_stored_under_a_generated_path_with_the_type_of_its_bytes() {
    let app = TestApp::new().await;
    let user = applicant(&app).await;
    let actor = app.as_user(&user);
    let own = actor.graphql("{ applicant { id legacyId } }").await.ok()["applicant"].take();
    for (name, bytes, slug, extension, content_type) in [
        ("Kartu Keluarga", PDF, "kartu_keluarga", "pdf", "application/pdf"),
        ("../../../etc/passwd", JPEG, "etc_passwd", "jpg", "image/jpeg"),
        ("C:\\boot.ini\u{202e}", PNG, "c_boot_ini", "png", "image/png"),
    ] {
        let variables = json!({ "input": {
            "name": name, "description": " Terbaru ", "published": false, "applicant": own["legacyId"],
        } });
        let document = actor.execute(upload(UPLOAD, variables, bytes)).await.ok()["uploadDocument"]["document"].take();
        assert_eq!(
            (&document["name"], &document["applicantId"], &document["contentType"], &document["size"]),
            (&json!(name), &own["id"], &json!(content_type), &json!(bytes.len()))
        );
        assert_eq!((&document["description"], &document["reviewStatus"]), (&json!("Terbaru"), &json!("PENDING")));
        let path = document["filePath"].as_str().unwrap();
        let start = format!("documents/{}/{slug}_20260203_", user.uuid);
        let unique = path.strip_prefix(&start).and_then(|rest| rest.strip_suffix(&format!(".{extension}")));
        assert!(unique.is_some_and(|unique| unique.len() == 16), "{path}");
        assert_eq!(std::fs::read(app.folder.path().join("files").join(path)).unwrap(), bytes);
        assert!(document["url"].as_str().unwrap().starts_with(&format!("http://gerbang.test/storage/{path}?expires=")));
    }
    let published = json!({ "input": { "name": "Rapor", "published": true } });
    let published = actor.execute(upload(UPLOAD, published, PDF)).await.ok()["uploadDocument"]["document"].take();
    assert_eq!(published["url"], format!("http://gerbang.test/storage/{}", published["filePath"].as_str().unwrap()));
    assert_eq!(stored(&app.folder.path().join("files")).len(), 4);
}

#[tokio::test]
async fn a_file_of_a_wrong_type_or_size_is_refused_and_not_kept() {
    let app = TestApp::with(|config| config.limits.file_bytes = 1_000).await;
    let (user, newcomer) = (applicant(&app).await, newcomer(&app).await);
    let named = |name: &str| json!({ "input": { "name": name } });
    let html = b"<html><script>alert(1)</script></html>";
    let refused = app.as_user(&user).execute(upload(UPLOAD, named("rapor.pdf"), html)).await;
    assert_eq!(refused.broken_rules(), ["file FILE_TYPE"]);
    // What a zip or an executable is called changes nothing.
    for bytes in [&b"PK\x03\x04"[..], b"MZ\x90\0", b"GIF89a", b" %PDF-1.7"] {
        let refused = app.as_user(&user).execute(upload(UPLOAD, named("a.png"), bytes)).await;
        assert_eq!(refused.broken_rules(), ["file FILE_TYPE"]);
    }
    assert_eq!(app.as_user(&user).execute(upload(UPLOAD, named("Kosong"), b"")).await.broken_rules(), ["file FILE"]);

    let mut large = PDF.to_vec();
    large.resize(1_000, b' ');
    app.as_user(&user).execute(upload(UPLOAD, named("Pas"), &large)).await.ok();
    large.push(b' ');
    let refused = app.as_user(&user).execute(upload(UPLOAD, named("Lebih"), &large)).await;
    assert_eq!(refused.broken_rules(), ["file FILE_SIZE"]);

    let broken = app.as_user(&newcomer).execute(upload(UPLOAD, named(" "), b"")).await;
    assert_eq!(broken.broken_rules(), ["applicant PROFILE_REQUIRED", "name REQUIRED", "file FILE"]);
    assert_eq!(app.anonymous().execute(upload(UPLOAD, named("a"), PDF)).await.code(), "UNAUTHENTICATED");
    let admin = admin(&app).await;
    assert_eq!(app.as_user(&admin).execute(upload(UPLOAD, named("a"), PDF)).await.code(), "FORBIDDEN");
    assert_eq!(stored(&app.folder.path().join("files")).len(), 1);
}

#[tokio::test]
async fn a_large_file_arrives_whole() {
    let app = TestApp::new().await;
    let user = applicant(&app).await;
    let mut bytes = PDF.to_vec();
    bytes.extend((0..5_242_880 - PDF.len()).map(|index| u8::try_from(index % 251).unwrap()));
    let request = upload(UPLOAD, json!({ "input": { "name": "Rapor" } }), &bytes);
    let document = app.as_user(&user).execute(request).await.ok()["uploadDocument"]["document"].take();
    let path = app.folder.path().join("files").join(document["filePath"].as_str().unwrap());
    assert!(std::fs::read(path).unwrap() == bytes, "the stored file differs");
}

#[tokio::test]
async fn a_file_whose_row_is_refused_is_removed() {
    let app = TestApp::new().await;
    let user = applicant(&app).await;
    // No row fits a table that is gone.
    app.domain.db.write().execute_unprepared("ALTER TABLE documents RENAME COLUMN size TO bytes").await.unwrap();
    let request = upload(UPLOAD, json!({ "input": { "name": "Rapor" } }), PDF);
    assert_eq!(app.as_user(&user).execute(request).await.code(), "INTERNAL");
    assert_eq!(stored(&app.folder.path().join("files")), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn an_applicant_may_have_a_hundred_documents() {
    let app = TestApp::new().await;
    let user = applicant(&app).await;
    let first = hand_in(&app, &user, "Rapor").await;
    let row = document::row::Entity::find().one(app.domain.db.read()).await.unwrap().unwrap();
    let copies = (1..100u128).map(|number| {
        let id = uuid::Uuid::from_u128(number).into();
        document::row::ActiveModel::from(document::row::Model {
            id,
            file_path: format!("documents/{number}"),
            ..row.clone()
        })
    });
    document::row::Entity::insert_many(copies).exec(app.domain.db.write()).await.unwrap();
    let request = upload(UPLOAD, json!({ "input": { "name": "Rapor" } }), PDF);
    assert_eq!(app.as_user(&user).execute(request).await.broken_rules(), ["file TOO_MANY_FILES"]);
    assert_eq!(document::row::Entity::find().count(app.domain.db.read()).await.unwrap(), 100);
    let files = stored(&app.folder.path().join("files"));
    assert_eq!(files, [app.folder.path().join("files").join(first["filePath"].as_str().unwrap())]);
    let other = applicant(&app).await;
    hand_in(&app, &other, "Rapor").await;
}

#[tokio::test]
async fn documents_are_visible_to_their_applicant_and_admins() {
    let app = TestApp::new().await;
    let (admin, one, other) = (admin(&app).await, applicant(&app).await, applicant(&app).await);
    let mut ids = Vec::new();
    for (user, name) in [(&one, "Rapor"), (&other, "Ijazah"), (&one, "Kartu Keluarga")] {
        ids.push(hand_in(&app, user, name).await["id"].clone());
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let list = "{ documents { totalCount nodes { name } } }";
    let own = app.as_user(&one).graphql(list).await.ok();
    let names = json!([{ "name": "Rapor" }, { "name": "Kartu Keluarga" }]);
    assert_eq!(own["documents"], json!({ "totalCount": 2, "nodes": names }));
    assert_eq!(app.as_user(&admin).graphql(list).await.ok()["documents"]["totalCount"], 3);
    assert_eq!(app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    let stranger = app.user(Realm::Apextrack, Role::Affiliate).await;
    assert_eq!(app.as_user(&stranger).graphql(list).await.code(), "FORBIDDEN");
    let page =
        "{ documents(last: 1, filter: { reviewStatus: PENDING }) { nodes { name } pageInfo { hasPreviousPage } } }";
    let page = app.as_user(&admin).graphql(page).await.ok();
    let last = json!({ "nodes": [{ "name": "Kartu Keluarga" }], "pageInfo": { "hasPreviousPage": true } });
    assert_eq!(page["documents"], last);

    let foreign = format!("{{ document(id: {0}) {{ name }} node(id: {0}) {{ id }} }}", ids[1]);
    assert_eq!(app.as_user(&one).graphql(&foreign).await.ok(), json!({ "document": null, "node": null }));
    assert_eq!(app.as_user(&other).graphql(&foreign).await.ok()["document"]["name"], "Ijazah");
    assert_eq!(app.as_user(&admin).graphql(&foreign).await.ok()["node"]["id"], ids[1]);
    assert_eq!(app.anonymous().graphql(&foreign).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_review_notifies_the_applicant() {
    let app = TestApp::new().await;
    let (admin, user) = (admin(&app).await, applicant(&app).await);
    let id = hand_in(&app, &user, "Kartu Keluarga").await["legacyId"].clone();
    let review = |status: &str, note: &str| json!({ "input": { "id": id, "status": status, "note": note } });
    let accept = review("ACCEPTED", "");
    assert_eq!(app.anonymous().graphql_with(REVIEW, accept.clone()).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&user).graphql_with(REVIEW, accept.clone()).await.code(), "FORBIDDEN");
    let unknown = json!({ "input": { "id": "document_x", "status": "ACCEPTED" } });
    assert_eq!(app.as_user(&admin).graphql_with(REVIEW, unknown).await.code(), "NOT_FOUND");
    let pending = app.as_user(&admin).graphql_with(REVIEW, review("PENDING", "")).await;
    assert_eq!(pending.broken_rules(), ["status IN"]);

    let rejected = app.as_user(&admin).graphql_with(REVIEW, review("REJECTED", "Buram")).await.ok();
    let expected = json!({ "reviewStatus": "REJECTED", "reviewNote": "Buram" });
    assert_eq!(rejected["reviewDocument"]["document"], expected);
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let accepted = app.as_user(&admin).graphql_with(REVIEW, accept).await.ok();
    assert_eq!(accepted["reviewDocument"]["document"], json!({ "reviewStatus": "ACCEPTED", "reviewNote": null }));
    let told = app.as_user(&user).graphql("{ notifications { nodes { title message } } }").await.ok();
    assert_eq!(
        told["notifications"]["nodes"],
        json!([
            { "title": "Dokumen Diterima", "message": "Dokumen Kartu Keluarga Anda telah diterima dan diverifikasi." },
            { "title": "Dokumen Ditolak", "message": "Dokumen Kartu Keluarga Anda ditolak. Catatan: Buram" },
        ])
    );
}

#[tokio::test]
async fn an_additional_upload_needs_a_listed_type() {
    let app = TestApp::new().await;
    let (admin, user, newcomer) = (admin(&app).await, applicant(&app).await, newcomer(&app).await);
    let added = add_certificate(&app, &admin, &user).await;
    let path = added["filePath"].as_str().unwrap();
    let start = format!("additional_documents/{}/sertifikat_{}_20260203_", user.uuid, user.id);
    assert!(path.starts_with(&start) && Path::new(path).extension().is_some_and(|it| it == "png"), "{path}");
    assert_eq!(std::fs::read(app.folder.path().join("files").join(path)).unwrap(), PNG);
    let name = format!("Sertifikat {}", user.id);
    assert_eq!((&added["uploadType"]["name"], &added["description"]), (&json!(name), &json!("Juara")));
    assert!(added["url"].as_str().unwrap().contains("?expires="));

    for unknown in ["0190a5b0-0000-7000-8000-000000000001", "uploadType_x", ""] {
        let variables = json!({ "input": { "uploadTypeId": unknown } });
        let refused = app.as_user(&user).execute(upload(ADD, variables.clone(), b"text")).await;
        assert_eq!(refused.broken_rules(), ["uploadTypeId EXISTS", "file FILE_TYPE"]);
        let refused = app.as_user(&newcomer).execute(upload(ADD, variables, PDF)).await;
        assert_eq!(refused.broken_rules(), ["applicant PROFILE_REQUIRED", "uploadTypeId EXISTS"]);
    }
    let by_global_id = json!({ "input": { "uploadTypeId": added["uploadTypeId"] } });
    app.as_user(&user).execute(upload(ADD, by_global_id.clone(), JPEG)).await.ok();
    assert_eq!(app.anonymous().execute(upload(ADD, by_global_id.clone(), JPEG)).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&admin).execute(upload(ADD, by_global_id, JPEG)).await.code(), "FORBIDDEN");

    let list = "{ additionalUploads { totalCount nodes { contentType } } }";
    let own = app.as_user(&user).graphql(list).await.ok()["additionalUploads"].take();
    let types = json!([{ "contentType": "image/png" }, { "contentType": "image/jpeg" }]);
    assert_eq!(own, json!({ "totalCount": 2, "nodes": types }));
    let other = applicant(&app).await;
    assert_eq!(app.as_user(&other).graphql(list).await.ok()["additionalUploads"]["totalCount"], 0);
    assert_eq!(app.as_user(&admin).graphql(list).await.ok()["additionalUploads"]["totalCount"], 2);
    let node = format!("{{ node(id: {}) {{ id }} }}", added["id"]);
    assert_eq!(app.as_user(&other).graphql(&node).await.ok(), json!({ "node": null }));
    assert_eq!(app.as_user(&user).graphql(&node).await.ok()["node"]["id"], added["id"]);
    let page = app
        .as_user(&user)
        .graphql("{ additionalUploads(first: 1) { nodes { id } pageInfo { hasNextPage } } }")
        .await
        .ok();
    assert_eq!(page["additionalUploads"]["pageInfo"]["hasNextPage"], true);

    let in_use = json!({ "input": { "id": added["uploadTypeId"] } });
    let delete = "mutation($input: DeleteUploadTypeInput!) { deleteUploadType(input: $input) { uploadType { id } } }";
    assert_eq!(app.as_user(&admin).graphql_with(delete, in_use).await.broken_rules(), ["id IN_USE"]);
}
