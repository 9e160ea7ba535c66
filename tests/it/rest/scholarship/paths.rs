//! Where the API answers, to whom, and in what format it refuses.

use gerbang::accounts::{Realm, Role};
use serde_json::json;

use super::{
    Yiss,
    accounts::{credentials, registration},
    forbidden, not_found, unauthenticated, with,
};
use crate::support::{app::PASSWORD, files::PDF};

/// Everything that needs a token.
const PROTECTED: [(&str, &str); 13] = [
    ("POST", "/api/calon-beswan"),
    ("GET", "/api/calon-beswan"),
    ("PUT", "/api/calon-beswan"),
    ("POST", "/api/calon-beswan/berkas"),
    ("GET", "/api/calon-beswan/berkas"),
    ("POST", "/api/calon-beswan/additional-uploads"),
    ("GET", "/api/calon-beswan/additional-uploads"),
    ("GET", "/api/beasiswa/periods"),
    ("POST", "/api/beasiswa/apply"),
    ("GET", "/api/beasiswa/my-application"),
    ("GET", "/api/notifications"),
    ("POST", "/api/notifications/0190a5b0-0000-7000-8000-000000000001/read"),
    ("POST", "/scholarship/api/logout"),
];

#[tokio::test]
async fn protected_routes_require_a_valid_token_of_this_realm() {
    let api = Yiss::new().await;
    let partner = api.0.app.user(Realm::TalentsMapping, Role::Admin).await;
    let body = json!({ "email": partner.email, "password": PASSWORD });
    let foreign = api.post("/talentsmapping/api/auth/login").json(&body).await.body["access_token"].clone();
    for (method, path) in PROTECTED {
        api.0.call(method, path).send().await.is(401, unauthenticated());
        let foreign = api.0.call(method, path).token(foreign.as_str().unwrap()).send().await;
        foreign.is(401, unauthenticated());
    }
    api.get("/api/calon-beswan")
        .token("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...")
        .send()
        .await
        .is(401, unauthenticated());
    // Before anything is said about the body.
    api.post("/api/calon-beswan").body("application/json", "{").await.is(401, unauthenticated());
    // In the header only.
    let token = api.log_in(&api.newcomer().await).await;
    api.get(&format!("/api/notifications?token={token}")).send().await.is(401, unauthenticated());
}

#[tokio::test]
async fn routes_for_applicants_answer_403_to_an_admin() {
    let api = Yiss::new().await;
    let token = api.log_in(&api.admin().await).await;
    api.post("/api/calon-beswan").token(&token).json(super::profile()).await.is(403, forbidden());
    api.get("/api/beasiswa/my-application").token(&token).send().await.is(403, forbidden());
    let period = json!({ "beasiswa_period_id": api.period(2025).await });
    api.post("/api/beasiswa/apply").token(&token).json(&period).await.is(403, forbidden());
    let change = json!({ "nama_ayah": "Budi" });
    api.put("/api/calon-beswan").token(&token).json(&change).await.is(403, forbidden());
    let report = super::files::report(PDF);
    api.upload(super::files::DOCUMENTS, &token, report).await.is(403, forbidden());
}

#[tokio::test]
async fn it_answers_under_v1_and_under_its_prefix_too() {
    let api = Yiss::new().await;
    let token = api.register().await;
    for base in ["/api", "/api/v1", "/scholarship/api", "/scholarship/api/v1"] {
        let reply = api.get(&format!("{base}/notifications")).token(&token).send().await;
        assert_eq!((reply.status.as_u16(), &reply.body["message"]), (200, &json!("Notifikasi berhasil diambil")));
        let reply = api.post(&format!("{base}/login")).json(credentials("kata sandi")).await;
        assert_eq!((reply.status.as_u16(), &reply.body["message"]), (200, &json!("Login berhasil")), "{base}");
    }
    api.get("/scholarship/api/nope").send().await.is(404, not_found());
    let reply = api.0.call("DELETE", "/scholarship/api/faqs").send().await;
    let refused = json!({
        "message": "Metode tidak diizinkan",
        "errors": { "method": ["Metode ini tidak didukung untuk sumber daya yang diminta."] },
    });
    reply.is(405, &refused);
    assert_eq!(reply.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn shared_paths_at_the_root_are_routed_by_the_request() {
    let api = Yiss::new().await;
    // Without a number it is Apextrack that registers, with a device it is Apextrack that logs in.
    let mut affiliate = registration();
    affiliate.as_object_mut().unwrap().remove("phone");
    let reply = api.post("/api/register").json(&affiliate).await;
    reply.is(201, json!({ "message": "Pendaftaran berhasil, silakan verifikasi email Anda." }));
    let token = api.register().await;
    let device = with(credentials("kata sandi"), json!({ "device_name": "web_browser" }));
    let reply = api.post("/api/login").json(&device).await;
    assert_eq!(reply.keys(""), ["user", "token"]);
    let affiliate = reply.body["token"].as_str().unwrap();
    // `/api/logout` goes to whoever issued the token.
    api.post("/api/logout").token(affiliate).send().await.is(200, json!({ "message": "Berhasil logout." }));
    api.post("/api/logout").token(&token).send().await.is(200, json!({ "message": "Berhasil logout" }));
}

#[tokio::test]
async fn unreadable_bodies_are_refused_in_its_format() {
    let api = Yiss::new().await;
    let send = async |kind: &str, body: String| api.post("/scholarship/api/login").body(kind, body).await;
    let unreadable =
        json!({ "message": "Permintaan tidak valid", "errors": { "request": ["Permintaan tidak dapat dipahami."] } });
    send("application/json", "{\"email\":".to_owned()).await.is(400, &unreadable);
    let other = json!({ "message": "Tipe konten tidak didukung", "errors": { "content_type": ["Tipe konten permintaan tidak didukung."] } });
    send("text/plain", "email=a".to_owned()).await.is(415, &other);
    let large =
        json!({ "message": "Permintaan terlalu besar", "errors": { "file": ["Ukuran permintaan terlalu besar."] } });
    send("application/json", json!({ "email": "x".repeat(1_100_000) }).to_string()).await.is(413, &large);
}
