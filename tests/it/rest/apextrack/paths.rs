//! Where the API answers, to whom, and where it does not.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use super::{Apextrack, HOST, unauthenticated};
use crate::support::{TestApp, app::PASSWORD, legacy::Legacy};

fn not_found() -> Value {
    json!({ "message": "Data tidak ditemukan." })
}

#[tokio::test]
async fn at_its_host_no_other_api_answers() {
    let api = Apextrack::new().await;
    for host in [HOST, "WWW3.Apextrack.Site", "www3.apextrack.site:443"] {
        let reply = api.0.get("/api/user").header("host", host).send().await;
        reply.is(401, unauthenticated());
    }
    // What other APIs document is unknown here.
    for path in ["/partners", "/summary-report", "/auth/login", "/v1/auth/get-list", "/faqs", "/nope", ""] {
        api.get(path).send().await.is(404, not_found());
    }
    api.0.get("/user").header("host", HOST).send().await.is(404, not_found());
    // An explicit prefix is stronger than the host.
    let other = api.0.get("/talentsmapping/api/summary-report").header("host", HOST).send().await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn its_prefix_reaches_it_from_every_host() {
    let api = Apextrack::new().await;
    let token = api.log_in(&api.john_doe().await).await;
    for host in ["gerbang.test", "api.talentsmapping.id"] {
        let reply = api.0.get("/apextrack/api/user").header("host", host).token(&token).send().await;
        assert_eq!((reply.status.as_u16(), &reply.body["id"]), (200, &json!(1)), "{host}");
        api.0.get("/apextrack/api/nope").header("host", host).send().await.is(404, not_found());
    }
}

#[tokio::test]
async fn shared_paths_at_the_root_are_routed_by_the_request() {
    let api = Apextrack::new().await;
    let john = api.john_doe().await;
    // A log-in with a device is its.
    let body = json!({ "email": john.email, "password": PASSWORD, "device_name": "mobile_app" });
    let reply = api.0.post("/api/login").json(&body).await;
    assert_eq!((reply.status.as_u16(), &reply.body["user"]["name"]), (200, &json!("John Doe")));
    let token = reply.body["token"].as_str().unwrap();
    // `/api/user` and `/api/logout` go to whoever issued the token.
    let user = api.0.get("/api/user").token(token).send().await;
    assert_eq!(user.keys(""), ["id", "name", "email", "email_verified_at", "account_status"]);
    api.0.post("/api/logout").token(token).send().await.says(200, "Berhasil logout.");
    // Without a valid one `/api/logout` is its, and `/api/user` is not.
    api.0.post("/api/logout").token(token).send().await.is(401, unauthenticated());
    api.0.post("/api/logout").send().await.is(401, unauthenticated());
    let partner = api.0.app.user(Realm::TalentsMapping, Role::Admin).await;
    let body = json!({ "email": partner.email, "password": PASSWORD });
    let login = api.0.post("/api/auth/login").json(&body).await;
    let user = api.0.get("/api/user").token(login.body["access_token"].as_str().unwrap()).send().await;
    assert_eq!((user.status.as_u16(), &user.body["role"]), (200, &json!("admin")));
    // Paths that nobody else documents are simply its.
    api.0.get("/api/dashboard-data").send().await.is(401, unauthenticated());
    api.0.get("/api/postback/conversion?clickid=x").send().await.says(404, "Klik tidak ditemukan.");
    api.0.post("/api/email/nope").send().await.is(404, not_found());
}

#[tokio::test]
async fn without_a_shared_root_only_host_and_prefix_count() {
    let app = TestApp::with(|config| config.server.shared_root = false).await;
    let legacy = Legacy::over(app);
    legacy.get("/api/dashboard-data").send().await.says(404, "Not found.");
    legacy.get("/apextrack/api/dashboard-data").send().await.is(401, unauthenticated());
    legacy.get("/api/dashboard-data").header("host", HOST).send().await.is(401, unauthenticated());
}

#[tokio::test]
async fn tokens_of_other_realms_are_refused() {
    let api = Apextrack::new().await;
    let staff = api.0.app.user(Realm::Staff, Role::Admin).await;
    let body = json!({ "login": staff.email, "password": PASSWORD });
    let staff = api.0.post("/api/v1/auth/login").json(&body).await.body["token"].clone();
    let talents = api.0.app.user(Realm::TalentsMapping, Role::Admin).await;
    let body = json!({ "email": talents.email, "password": PASSWORD });
    let talents = api.0.post("/talentsmapping/api/auth/login").json(&body).await.body["access_token"].clone();
    for token in [staff, talents] {
        let token = token.as_str().unwrap();
        for (method, path) in [("POST", "/logout"), ("GET", "/user"), ("GET", "/dashboard-data")] {
            api.call(method, path).token(token).send().await.is(401, unauthenticated());
        }
    }
}

#[tokio::test]
async fn methods_that_are_not_documented_are_refused() {
    let api = Apextrack::new().await;
    let refused = json!({ "message": "Metode tidak diizinkan." });
    for (method, path, allowed) in [
        ("GET", "/login", "POST"),
        ("PUT", "/logout", "POST"),
        ("DELETE", "/user", "GET, HEAD"),
        ("POST", "/dashboard-data", "GET, HEAD"),
    ] {
        let reply = api.call(method, path).send().await;
        reply.is(405, &refused);
        assert_eq!(reply.header("allow"), allowed, "{method} {path}");
    }
    // Whatever a browser asks before it calls is answered for it.
    let ask = api.call("OPTIONS", "/login").header("origin", "https://app.example.com");
    let reply = ask.header("access-control-request-method", "POST").send().await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("access-control-allow-methods").contains("POST"), "{reply:?}");
    // No other method hides in the body, a header or the query.
    let reply = api.post("/user?_method=GET").header("x-http-method-override", "GET").form("_method=GET").await;
    assert_eq!(reply.status, 405);
}

#[tokio::test]
async fn unreadable_bodies_are_refused_in_its_format() {
    let api = Apextrack::new().await;
    let send = async |kind: &str, body: String| api.post("/login").body(kind, body).await;
    send("application/json", "{\"email\":".to_owned()).await.says(400, "Permintaan tidak dapat dibaca.");
    send("text/plain", "email=a".to_owned()).await.says(415, "Jenis konten tidak didukung. Kirim JSON atau formulir.");
    let huge = json!({ "email": "x".repeat(1_100_000) }).to_string();
    send("application/json", huge).await.says(413, "Data yang dikirim terlalu besar.");
}

#[tokio::test]
async fn every_answer_links_its_graphql_operation() {
    let api = Apextrack::new().await;
    let reply = api.get("/user").send().await;
    assert_eq!(reply.header("link"), "<http://gerbang.test/explorer?operation=ShowAffiliate>; rel=\"alternate\"");
}

#[tokio::test]
async fn an_internal_error_shows_no_details() {
    let api = Apextrack::new().await;
    let token = api.log_in(&api.john_doe().await).await;
    api.0.app.break_down("ALTER TABLE clicks RENAME COLUMN country_code TO gone").await;
    api.get("/dashboard-data").token(&token).send().await.says(500, "Terjadi kesalahan pada server.");
}

#[tokio::test]
async fn a_failed_token_lookup_answers_in_its_format() {
    let api = Apextrack::new().await;
    let token = api.log_in(&api.john_doe().await).await;
    api.0.app.break_down("ALTER TABLE access_tokens RENAME COLUMN token_hash TO gone").await;
    let reply = api.get("/user").token(&token).send().await;
    reply.says(503, "Server sedang sibuk. Silakan coba beberapa saat lagi.");
    assert_eq!(reply.header("retry-after"), "1");
    // The gateway's own paths say so as well; what needs no token needs no look.
    let reply = api.0.post("/graphql").token(&token).json(json!({ "query": "{ me { id } }" })).await;
    assert_eq!((reply.status.as_u16(), reply.refused()), (503, "UNAVAILABLE"));
    assert_eq!(api.get("/postback/conversion").token(&token).send().await.status, 422);
}
