//! Manajemen Dokumen and Dokumen Pendukung Tambahan: what is taken, what is listed, who may fetch it.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use gerbang::{
    accounts::user,
    scholarship::{document, upload_type},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Yiss, invalid, missing, profile_required, text};
use crate::support::{
    files::{JPEG, PDF, PNG},
    protocol::Reply,
};

pub(super) const DOCUMENTS: &str = "/api/calon-beswan/berkas";
const ADDITIONAL: &str = "/api/calon-beswan/additional-uploads";
/// 5 MB.
const MAX_BYTES: usize = 5_242_880;

/// A form with a file.
#[derive(Default)]
pub(super) struct Form(Vec<u8>);

impl Form {
    fn text(self, name: &str, content: &str) -> Self {
        self.part(&format!("name=\"{name}\"\r\n"), content.as_bytes())
    }

    /// A file whose name and type say nothing true.
    fn file(self, content: &[u8]) -> Self {
        self.part("name=\"file\"; filename=\"../../evil.exe\"\r\nContent-Type: text/html\r\n", content)
    }

    fn part(mut self, head: &str, content: &[u8]) -> Self {
        self.0.extend_from_slice(format!("--XX\r\nContent-Disposition: form-data; {head}\r\n").as_bytes());
        self.0.extend_from_slice(content);
        self.0.extend_from_slice(b"\r\n");
        self
    }
}

/// The document's form: "Kartu Keluarga".
fn family_card() -> Form {
    Form::default().text("nama_item", "Kartu Keluarga").text("keterangan", "Kartu Keluarga terbaru")
}

/// A document called "Rapor", with this file.
pub(super) fn report(file: &[u8]) -> Form {
    Form::default().text("nama_item", "Rapor").file(file)
}

impl Yiss {
    pub(super) async fn upload(&self, path: &str, token: &str, form: Form) -> Reply {
        let body = [form.0.as_slice(), b"--XX--\r\n"].concat();
        self.post(path).token(token).body("multipart/form-data; boundary=XX", body).await
    }

    async fn upload_type(&self, name: &str, position: i32) -> String {
        let (id, now) = (Uuid::now_v7(), self.0.app.clock.now());
        let name = name.to_owned();
        let row =
            upload_type::row::Model { id: id.into(), name, position, created_at: now.into(), updated_at: now.into() };
        self.0.app.insert(row).await;
        id.to_string()
    }

    /// Makes a profile at this time and gives its id.
    async fn applicant_at(&self, time: &str) -> (user::row::Model, String, String) {
        self.set_clock(time);
        self.applicant().await
    }
}

/// The generated path of what was uploaded: nobody can guess it.
#[track_caller]
fn path_in(reply: &Reply, start: &str, extension: &str) -> String {
    let path = text(reply, "/data/file_path");
    let unique = path.strip_prefix(start).and_then(|rest| rest.strip_suffix(extension));
    assert!(unique.is_some_and(|it| it.len() == 16 && it.bytes().all(|byte| byte.is_ascii_hexdigit())), "{path}");
    path.to_owned()
}

#[tokio::test]
async fn a_documents_path_is_generated_and_its_owner_lists_it() {
    let api = Yiss::new().await;
    let (user, token, profile) = api.applicant_at("2025-08-15T14:25:10Z").await;
    let none = json!({ "message": "Dokumen berhasil diambil", "data": [] });
    api.get(DOCUMENTS).token(&token).send().await.is(200, &none);
    let first = api.upload(DOCUMENTS, &token, family_card().text("publikasi", "false").file(PDF)).await;
    path_in(&first, &format!("documents/{}/kartu_keluarga_20250815_", user.uuid), ".pdf");
    assert_eq!(text(&first, "/data/calon_beswan_id"), profile);

    // The rest is optional; the bytes decide what a file is.
    api.set_clock("2025-08-15T14:27:35Z");
    let second = api.upload(DOCUMENTS, &token, report(JPEG)).await;
    path_in(&second, &format!("documents/{}/rapor_20250815_", user.uuid), ".jpg");
    let data = &second.body["data"];
    assert_eq!((&data["keterangan"], &data["publikasi"]), (&Value::Null, &json!(false)));
    let both = api.get(DOCUMENTS).token(&token).send().await;
    assert_eq!(both.body["data"], json!([first.body["data"], second.body["data"]]));
    let (_, other, _) = api.applicant().await;
    api.get(DOCUMENTS).token(&other).send().await.is(200, &none);
}

#[tokio::test]
async fn an_additional_documents_path_is_generated_and_its_type_is_listed() {
    let api = Yiss::new().await;
    let (user, token, profile) = api.applicant_at("2025-08-15T15:10:22Z").await;
    let mut listed = Vec::new();
    for (position, name, slug) in
        [(1, "Sertifikat Prestasi", "sertifikat_prestasi"), (2, "Surat Rekomendasi", "surat_rekomendasi")]
    {
        let id = api.upload_type(name, position).await;
        let reply = api.upload(ADDITIONAL, &token, Form::default().text("upload_type_id", &id).file(PNG)).await;
        path_in(&reply, &format!("additional_documents/{}/{slug}_20250815_", user.uuid), ".png");
        let mut shown = reply.body["data"].clone();
        assert_eq!((&shown["calon_beswan_id"], &shown["upload_type_id"]), (&json!(profile), &json!(id)));
        // The list names the type too.
        shown["upload_type"] = json!({ "id": id, "name": name });
        listed.push(shown);
    }
    let both = json!({ "message": "Dokumen tambahan berhasil diambil", "data": listed });
    api.get(ADDITIONAL).token(&token).send().await.is(200, &both);
}

#[tokio::test]
async fn an_additional_document_is_of_a_known_type() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    let unknown = invalid(json!({ "upload_type_id": ["Upload type id yang dipilih tidak ditemukan."] }));
    for id in ["0190a5b0-0000-7000-8000-000000000001", "sertifikat"] {
        let form = Form::default().text("upload_type_id", id).file(PDF);
        api.upload(ADDITIONAL, &token, form).await.is(422, &unknown);
    }
    let both = missing(json!({ "upload_type_id": ["Upload type id wajib diisi."], "file": ["File wajib diisi."] }));
    api.upload(ADDITIONAL, &token, Form::default().text("keterangan", "x")).await.is(400, &both);
}

#[tokio::test]
async fn without_a_profile_nothing_can_be_uploaded() {
    let api = Yiss::new().await;
    let token = api.log_in(&api.newcomer().await).await;
    let id = api.upload_type("Sertifikat Prestasi", 1).await;
    api.upload(DOCUMENTS, &token, report(PDF)).await.is(422, profile_required());
    let form = Form::default().text("upload_type_id", &id).file(PDF);
    api.upload(ADDITIONAL, &token, form).await.is(422, profile_required());
}

#[tokio::test]
async fn a_files_type_is_detected_from_its_bytes() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    let wrong = invalid(json!({ "file": ["File harus berupa file dengan tipe: pdf, jpg, png."] }));
    for bytes in ["<html><script>alert(1)</script></html>".as_bytes(), b"GIF89a", b"MZ", b" %PDF-1.7"] {
        api.upload(DOCUMENTS, &token, report(bytes)).await.is(422, &wrong);
    }
    let empty = invalid(json!({ "file": ["File harus berupa file."] }));
    api.upload(DOCUMENTS, &token, report(b"")).await.is(422, &empty);
    let text = Form::default().text("nama_item", "Rapor").text("file", "%PDF-1.7");
    api.upload(DOCUMENTS, &token, text).await.is(422, &empty);
    let rows = document::row::Entity::find().count(api.0.app.domain.db.read()).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn a_boundary_is_read_as_clients_write_it() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    for (boundary, quoted) in [
        ("-XrQHxml_qhW/dc2hip09LUML=Wo.9:abc", false),
        ("a?b(c)'d+e", false),
        ("with a blank", false),
        ("with a blank:/=?()", true),
        ("semi;colon,comma", true),
    ] {
        let mut body = Vec::new();
        for (head, content) in [("name=\"nama_item\"", b"Rapor".as_slice()), ("name=\"file\"; filename=\"a.pdf\"", PDF)]
        {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let shown = if quoted { format!("\"{boundary}\"") } else { boundary.to_owned() };
        for content_type in [
            format!("multipart/form-data; boundary={shown}"),
            format!("Multipart/Form-Data;charset=utf-8; Boundary={shown}; x=y"),
        ] {
            let reply = api.post(DOCUMENTS).token(&token).body(&content_type, body.clone()).await;
            assert_eq!(reply.status, 201, "{content_type}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn a_file_is_one_however_its_name_is_written() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    for head in [
        b"name=\"file\"; filename=\"\xfcber.pdf\"".as_slice(),
        b"NAME=\"file\"; FileName=\"a.pdf\"",
        b"name=\"file\"; filename*=UTF-8''%C3%BCber.pdf",
        b"filename=a.pdf; name=file",
    ] {
        let mut form = Form::default().text("nama_item", "Rapor");
        form.0.extend_from_slice(b"--XX\r\ncontent-disposition: form-data; ");
        form.0.extend_from_slice(head);
        form.0.extend_from_slice(&[b"\r\n\r\n", PDF, b"\r\n"].concat());
        let reply = api.upload(DOCUMENTS, &token, form).await;
        assert_eq!(reply.status, 201, "{}: {reply:?}", String::from_utf8_lossy(head));
    }
}

#[tokio::test]
async fn name_and_file_are_required() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    let both = missing(json!({ "nama_item": ["Nama item wajib diisi."], "file": ["File wajib diisi."] }));
    api.upload(DOCUMENTS, &token, Form::default().text("nama_item", " ")).await.is(400, &both);
    api.post(DOCUMENTS).token(&token).send().await.is(400, &both);
    let file = missing(json!({ "file": ["File wajib diisi."] }));
    api.upload(DOCUMENTS, &token, family_card()).await.is(400, &file);
    // What a browser sends for a file that was not chosen.
    let unchosen = "name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n";
    api.upload(DOCUMENTS, &token, family_card().part(unchosen, b"")).await.is(400, &file);
    api.post(DOCUMENTS).token(&token).json(json!({ "nama_item": "Rapor" })).await.is(400, &file);
    let flag = invalid(json!({ "publikasi": ["Publikasi harus bernilai true atau false."] }));
    api.upload(DOCUMENTS, &token, report(PDF).text("publikasi", "mungkin")).await.is(422, &flag);
}

#[tokio::test]
async fn a_document_may_come_compressed_within_the_limit_of_any() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    let send = async |coding: &str, file: &[u8]| {
        let mut body = GzEncoder::new(Vec::new(), Compression::best());
        body.write_all(&[report(file).0.as_slice(), b"--XX--\r\n"].concat()).unwrap();
        let call = api.post(DOCUMENTS).token(&token).header("content-encoding", coding);
        call.body("multipart/form-data; boundary=XX", body.finish().unwrap()).await
    };
    assert_eq!(send("gzip", PDF).await.status, 201);
    let mut file = PDF.to_vec();
    file.resize(MAX_BYTES, b' ');
    assert_eq!(send("gzip", &file).await.status, 201);
    file.resize(12 * MAX_BYTES, b' ');
    assert_eq!(send("gzip", &file).await.status, 413);
    let other = send("br", PDF).await;
    assert_eq!((other.status.as_u16(), other.header("accept-encoding")), (415, "gzip, deflate"), "{other:?}");
    let rows = document::row::Entity::find().count(api.0.app.domain.db.read()).await.unwrap();
    assert_eq!(rows, 2);
}

#[tokio::test]
async fn a_file_over_five_megabytes_is_refused() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    let mut file = PDF.to_vec();
    file.resize(MAX_BYTES, b' ');
    assert_eq!(api.upload(DOCUMENTS, &token, report(&file)).await.status, 201);
    file.push(b' ');
    let reply = api.upload(DOCUMENTS, &token, report(&file)).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    assert_eq!(reply.body["errors"], json!({ "file": ["File terlalu besar (maks 5 MB)."] }));
    let rows = document::row::Entity::find().count(api.0.app.domain.db.read()).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_document_is_fetched_by_its_owner_and_admins_or_everybody_once_published() {
    let api = Yiss::new().await;
    let (_, owner, _) = api.applicant().await;
    let (_, other, _) = api.applicant().await;
    let admin = api.log_in(&api.admin().await).await;
    let storage = |reply: &Reply| format!("/storage/{}", text(reply, "/data/file_path"));
    let private = storage(&api.upload(DOCUMENTS, &owner, report(PDF)).await);
    for token in [&owner, &admin] {
        let reply = api.get(&private).token(token).send().await;
        assert_eq!((reply.status.as_u16(), reply.text.as_bytes()), (200, PDF));
        assert_eq!(reply.header("content-type"), "application/pdf");
        assert!(reply.header("content-disposition").starts_with("attachment; filename=\"rapor_"), "{reply:?}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    assert_eq!(api.get(&private).token(&other).send().await.status, 404);
    assert_eq!(api.get(&private).send().await.status, 404);

    for flag in ["1", "true"] {
        let reply = api.upload(DOCUMENTS, &owner, report(PDF).text("publikasi", flag)).await;
        assert_eq!(reply.body["data"]["publikasi"], Value::Bool(true));
        let reply = api.get(&storage(&reply)).send().await;
        assert_eq!((reply.status.as_u16(), reply.text.as_bytes()), (200, PDF));
        assert_eq!(reply.header("cache-control"), "public, max-age=300");
    }
}

#[tokio::test]
async fn an_additional_document_is_visible_to_its_owner_and_admins() {
    let api = Yiss::new().await;
    let (_, owner, _) = api.applicant().await;
    let (_, other, _) = api.applicant().await;
    let admin = api.log_in(&api.admin().await).await;
    let id = api.upload_type("Sertifikat Prestasi", 1).await;
    let kept = api.upload(ADDITIONAL, &owner, Form::default().text("upload_type_id", &id).file(PDF)).await;
    let path = format!("/storage/{}", text(&kept, "/data/file_path"));
    for token in [&owner, &admin] {
        let reply = api.get(&path).token(token).send().await;
        assert_eq!((reply.status.as_u16(), reply.text.as_bytes()), (200, PDF));
        assert!(reply.header("content-disposition").starts_with("attachment; filename=\"sertifikat_prestasi_"));
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    assert_eq!(api.get(&path).token(&other).send().await.status, 404);
    assert_eq!(api.get(&path).send().await.status, 404);
}

#[tokio::test]
async fn too_long_names_and_descriptions_are_refused() {
    let api = Yiss::new().await;
    let (_, token, _) = api.applicant().await;
    let form = Form::default().text("nama_item", &"n".repeat(256)).text("keterangan", &"k".repeat(5_001)).file(PDF);
    let long = invalid(json!({
        "nama_item": ["Nama item tidak boleh lebih dari 255 karakter."],
        "keterangan": ["Keterangan tidak boleh lebih dari 5000 karakter."],
    }));
    api.upload(DOCUMENTS, &token, form).await.is(422, &long);
}
