//! The scholarship of Yayasan Inspirasi Semangat Sekolah against its document.

mod accounts;
mod applications;
mod bucket;
mod content;
mod files;
mod limits;
mod notifications;
mod paths;
mod profile;

use chrono::{DateTime, Utc};
use gerbang::{
    accounts::{Realm, Role, user},
    scholarship::period,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::{Call, Legacy},
    protocol::Reply,
};

/// The API on empty tables, called at the shared root: the document names no host.
struct Yiss(Legacy);

impl Yiss {
    /// The server at the time of the document's first example.
    async fn new() -> Self {
        Self::on(TestApp::new().await)
    }

    /// The same with as many connections as a server has, so that what happens at once does.
    async fn busy() -> Self {
        Self::on(TestApp::with(|config| config.database.connections = 8).await)
    }

    fn on(app: TestApp) -> Self {
        let api = Self(Legacy::over(app));
        api.set_clock("2025-08-15T09:20:30Z");
        api
    }

    /// Makes it this time.
    fn set_clock(&self, time: &str) {
        let clock = &self.0.app.clock;
        clock.advance(at(time) - clock.now());
    }

    /// A path as the document writes it.
    fn get(&self, path: &str) -> Call<'_> {
        self.0.get(path)
    }

    /// A path as the document writes it.
    fn post(&self, path: &str) -> Call<'_> {
        self.0.post(path)
    }

    /// A path as the document writes it.
    fn put(&self, path: &str) -> Call<'_> {
        self.0.call("PUT", path)
    }

    /// Somebody who applies, without a profile.
    async fn newcomer(&self) -> user::row::Model {
        self.0.app.user(Realm::Scholarship, Role::Applicant).await
    }

    /// An admin of the scholarship.
    async fn admin(&self) -> user::row::Model {
        self.0.app.user(Realm::Scholarship, Role::Admin).await
    }

    /// A token from the documented log-in.
    async fn log_in(&self, user: &user::row::Model) -> String {
        let reply = self.post("/api/login").json(json!({ "email": user.email, "password": PASSWORD })).await;
        token_in(&reply)
    }

    /// Makes the document's profile and gives its id.
    async fn make_profile(&self, token: &str) -> String {
        let reply = self.post("/api/calon-beswan").token(token).json(profile()).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        text(&reply, "/data/id").to_owned()
    }

    /// Somebody with the document's profile: the user, a token, and the profile's id.
    async fn applicant(&self) -> (user::row::Model, String, String) {
        let user = self.newcomer().await;
        let token = self.log_in(&user).await;
        let profile = self.make_profile(&token).await;
        (user, token, profile)
    }

    /// A period as the document shows it for this year.
    async fn period(&self, year: i32) -> String {
        let id = Uuid::now_v7();
        self.0.app.insert(period(id, year)).await;
        id.to_string()
    }
}

/// A period as the document shows it for this year: it takes applications in November.
pub(super) fn period(id: Uuid, year: i32) -> period::row::Model {
    let created_at = at(&format!("{year}-10-15T09:00:00Z"));
    period::row::Model {
        id: id.into(),
        year: year.to_string(),
        registration_opens_at: at(&format!("{year}-11-01T00:00:00Z")).into(),
        registration_closes_at: at(&format!("{year}-11-30T23:59:59Z")).into(),
        starts_at: at(&format!("{}-01-15T12:00:00Z", year + 1)).into(),
        ends_at: at(&format!("{}-12-15T12:00:00Z", year + 1)).into(),
        created_at: created_at.into(),
        updated_at: created_at.into(),
    }
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// The document's request for a profile.
pub(super) fn profile() -> Value {
    json!({
        "tempat_lahir": "Jakarta",
        "tanggal_lahir": "2005-05-15",
        "nama_ayah": "Budi Santoso",
        "pekerjaan_ayah": "Wiraswasta",
        "nama_ibu": "Siti Aminah",
        "pekerjaan_ibu": "Guru",
        "penghasilan_orang_tua": 5_000_000,
        "alamat": "Jl. Merdeka No. 123, Jakarta Selatan",
    })
}

/// `body` with other values.
fn with(mut body: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// The text at a JSON pointer.
#[track_caller]
fn text<'a>(reply: &'a Reply, pointer: &str) -> &'a str {
    let found = reply.body.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer}: {reply:?}"))
}

/// The UUID at a JSON pointer.
#[track_caller]
fn uuid_in(reply: &Reply, pointer: &str) -> String {
    let id = text(reply, pointer);
    assert!(id.len() == 36 && Uuid::try_parse(id).is_ok(), "{id}");
    id.to_owned()
}

/// The JWT of a registration or log-in.
#[track_caller]
fn token_in(reply: &Reply) -> String {
    let token = text(reply, "/data/token");
    assert!(token.starts_with("eyJ") && token.split('.').count() == 3, "{token}");
    token.to_owned()
}

/// 400: something that is needed is missing.
fn missing(errors: Value) -> Value {
    json!({ "message": "Validasi gagal", "errors": errors })
}

/// 401: no valid token, or a wrong log-in.
fn unauthenticated() -> Value {
    json!({
        "message": "Tidak terautentikasi",
        "errors": { "auth": ["Anda tidak terautentikasi. Silakan login terlebih dahulu."] },
    })
}

/// 403: not for this role.
fn forbidden() -> Value {
    json!({
        "message": "Akses ditolak",
        "errors": { "permission": ["Anda tidak memiliki izin untuk mengakses sumber daya ini."] },
    })
}

/// 404: nothing here.
fn not_found() -> Value {
    json!({
        "message": "Sumber daya tidak ditemukan",
        "errors": { "resource": ["Sumber daya yang diminta tidak dapat ditemukan."] },
    })
}

/// 422: something is there, but wrong.
fn invalid(errors: Value) -> Value {
    json!({ "message": "Data yang diberikan tidak valid", "errors": errors })
}

/// 422: a profile comes first.
fn profile_required() -> Value {
    invalid(json!({ "calon_beswan": ["Buat profil calon beswan terlebih dahulu."] }))
}

/// 429: enough for now.
fn too_many() -> Value {
    json!({
        "message": "Terlalu banyak permintaan",
        "errors": { "rate_limit": ["Batas permintaan terlampaui. Silakan coba lagi nanti."] },
    })
}
