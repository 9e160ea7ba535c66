//! Reports and maps of results through the schema, and the links to them.

use axum::{Router, body::Body};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role, user},
    http::service::service,
    talents::assessment,
};
use http::{Request, StatusCode};
use sea_orm::{EntityTrait, ModelTrait};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::{
    TestApp,
    app::PASSWORD,
    pdf::Report,
    protocol::{Reply, send},
};

/// A partner with one assessed client.
struct Reports {
    app: TestApp,
    router: Router,
    owner: user::row::Model,
}

impl Reports {
    async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    async fn over(app: TestApp) -> Self {
        let router = service(app.app.clone(), CancellationToken::new()).unwrap().router;
        let partner = app.partner("Satu").await;
        let client = app.client(partner, "Citra").await;
        app.assess(client).await;
        let owner = app.partner_user(partner).await;
        Self { app, router, owner }
    }

    /// What these fields of the client's result are.
    async fn result(&self, fields: &str) -> Value {
        let query = format!("{{ client(id: 1) {{ assessmentResult {{ {fields} }} }} }}");
        self.app.as_user(&self.owner).graphql(&query).await.ok()["client"]["assessmentResult"].take()
    }

    /// The path and query of the link to the full report.
    async fn link(&self) -> String {
        let result = self.result("report { url }").await;
        result["report"]["url"].as_str().unwrap().strip_prefix("http://gerbang.test").unwrap().to_owned()
    }

    async fn fetch(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        send(&self.router, request.header("host", "gerbang.test").body(Body::empty()).unwrap()).await
    }

    async fn token(&self, user: &user::row::Model) -> String {
        let log_in = format!(
            "mutation {{ login(input: {{ realm: TALENTS_MAPPING, email: \"{}\", password: \"{PASSWORD}\" }}) {{ token {{ content }} }} }}",
            user.email
        );
        let answer = self.app.anonymous().graphql(&log_in).await.ok();
        answer["login"]["token"]["content"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_report_has_a_link_that_works_without_a_token() {
    let reports = Reports::new().await;
    let result = reports
        .result(
            "full: report { url filename contentType }
             short: report(version: SHORT, language: EN) { url filename contentType }",
        )
        .await;
    for (name, filename, pages) in
        [("full", "peta-bakat-citra.pdf", 6..20), ("short", "talent-map-in-brief-citra.pdf", 2..3)]
    {
        let described = &result[name];
        assert_eq!((&described["filename"], &described["contentType"]), (&filename.into(), &"application/pdf".into()));
        let path = described["url"].as_str().unwrap().strip_prefix("http://gerbang.test").unwrap();
        let reply = reports.fetch(path, &[]).await;
        assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "application/pdf"), "{reply:?}");
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{filename}\""));
        assert_eq!(reply.header("content-length"), reply.bytes.len().to_string());
        assert!(pages.contains(&Report::new(&reply.bytes).pages()));
        let etag = reply.header("etag");
        for method in ["GET", "HEAD"] {
            let again = Request::builder().method(method).uri(path).header("if-none-match", etag);
            let reply = send(&reports.router, again.body(Body::empty()).unwrap()).await;
            reply.is_empty(304);
            assert_eq!(reply.headers.get("content-length"), None, "{method}: it would be that of what the client has");
        }
    }
}

#[tokio::test]
async fn the_link_and_the_legacy_route_serve_the_same() {
    let reports = Reports::new().await;
    let linked = reports.fetch(&reports.link().await, &[]).await;
    let token = format!("Bearer {}", reports.token(&reports.owner).await);
    let legacy = reports.fetch("/talentsmapping/api/clients/1/pdf/full", &[("authorization", &token)]).await;
    assert_eq!(legacy.bytes, linked.bytes);
    for header in ["etag", "content-disposition", "content-type", "cache-control", "x-content-type-options"] {
        assert_eq!(legacy.header(header), linked.header(header), "{header}");
    }
    let result = reports.result("report { content }").await;
    let content = &result["report"]["content"];
    assert_eq!(STANDARD.decode(content["content"].as_str().unwrap()).unwrap(), linked.bytes);
    assert_eq!(format!("\"{}\"", content["etag"].as_str().unwrap()), linked.header("etag"));
    assert_eq!(
        (&content["name"], &content["contentType"]),
        (&"peta-bakat-citra.pdf".into(), &"application/pdf".into())
    );
}

#[tokio::test]
async fn a_link_opens_one_report_for_ten_minutes() {
    let reports = Reports::new().await;
    let link = reports.link().await;
    let (path, query) = link.split_once('?').unwrap();
    let later = query.replace("expires=1", "expires=2");
    for wrong in [
        path.to_owned(),
        format!("{path}?{later}"),
        format!("{path}?{}", &query[..query.len() - 2]),
        format!("{}?{query}", path.replace("full", "short")),
        format!("{}?{query}", path.replace("-id", "-en")),
        format!("{}?{query}", path.replace("/1/", "/2/")),
        format!("{}?{query}", path.replace("/1/", "/01/")),
        "/storage/reports/1/full-fr.pdf".to_owned(),
        "/storage/reports/".to_owned(),
        "/storage/reports/..%2f..%2fgerbang.db".to_owned(),
    ] {
        let reply = reports.fetch(&wrong, &[]).await;
        assert_eq!((reply.status, reply.refused()), (StatusCode::NOT_FOUND, "NOT_FOUND"), "{wrong}");
    }
    reports.app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(reports.fetch(&link, &[]).await.status, StatusCode::OK);
    reports.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(reports.fetch(&link, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_to_a_deleted_result_answers_404() {
    let reports = Reports::new().await;
    let link = reports.link().await;
    let db = reports.app.domain.db.write();
    assessment::result_row::Entity::find_by_id(1).one(db).await.unwrap().unwrap().delete(db).await.unwrap();
    assert_eq!(reports.fetch(&link, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_signature_the_path_is_for_those_who_see_the_client() {
    let reports = Reports::new().await;
    let other = reports.app.partner("Dua").await;
    let other = reports.app.partner_user(other).await;
    let admin = reports.app.talents_admin().await;
    let path = "/storage/reports/1/short-id.pdf";
    for (user, status) in [(&reports.owner, StatusCode::OK), (&admin, StatusCode::OK), (&other, StatusCode::NOT_FOUND)]
    {
        let token = format!("Bearer {}", reports.token(user).await);
        assert_eq!(reports.fetch(path, &[("authorization", &token)]).await.status, status);
    }
}

#[tokio::test]
async fn a_full_queue_is_unavailable_for_links_and_operations_too() {
    let reports = Reports::over(TestApp::with(|config| config.reports.queue = 0).await).await;
    let reply = reports.fetch(&reports.link().await, &[]).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
    let query = "{ client(id: 1) { assessmentResult { map(kind: TMM) { svg } } } }";
    let answer = reports.app.as_user(&reports.owner).graphql(query).await;
    assert_eq!(answer.code(), "UNAVAILABLE");
    assert!(answer.errors[0]["extensions"]["retryAfter"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn maps_are_svg_and_png_where_the_operator_allows_it() {
    let both = "{ client(id: 1) { assessmentResult { map(kind: SCM, language: EN) { svg png } } } }";
    let reports = Reports::new().await;
    let answer = reports.app.as_user(&reports.owner).graphql(both).await;
    assert_eq!((answer.errors.as_array().unwrap().len(), answer.code()), (1, "FORBIDDEN"));
    let map = &answer.data["client"]["assessmentResult"]["map"];
    assert!(map["svg"].as_str().unwrap().starts_with("<svg") && map["png"].is_null(), "{map}");

    let result = reports.result("tmm: map(kind: TMM) { svg } scm: map(kind: SCM) { svg }").await;
    assert_ne!(result["tmm"], result["scm"]);

    let reports = Reports::over(TestApp::with(|config| config.reports.images = true).await).await;
    let result = reports.result("map(kind: TMM) { png }").await;
    let png = &result["map"]["png"];
    assert_eq!((&png["contentType"], &png["name"]), (&"image/png".into(), &"tmm-citra.png".into()));
    assert!(STANDARD.decode(png["content"].as_str().unwrap()).unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn one_answer_holds_twenty_files() {
    let reports = Reports::new().await;
    let files = |count: i32| {
        let files: String = (0..count).map(|number| format!("f{number}: map(kind: SCM) {{ svg }} ")).collect();
        format!("{{ client(id: 1) {{ assessmentResult {{ {files} }} }} }}")
    };
    reports.app.as_user(&reports.owner).graphql(&files(20)).await.ok();
    assert_eq!(reports.app.as_user(&reports.owner).graphql(&files(21)).await.code(), "BAD_REQUEST");
}

#[tokio::test]
async fn links_of_many_clients_cost_no_more_statements() {
    let reports = Reports::new().await;
    let query = "{ clients(first: 50) { nodes { assessmentResult { report { url filename } } } } }";
    let statements = async || {
        let before = reports.app.statements();
        reports.app.as_user(&reports.owner).graphql(query).await.ok();
        reports.app.statements() - before
    };
    let few = statements().await;
    for number in 0..10 {
        let client = reports.app.client(1, &format!("Klien{number}")).await;
        reports.app.assess(client).await;
    }
    assert_eq!(statements().await, few);
}

#[tokio::test]
async fn nobody_sees_a_report_of_another_partner() {
    let reports = Reports::new().await;
    let other = reports.app.partner("Dua").await;
    let other = reports.app.partner_user(other).await;
    let stranger = reports.app.user(Realm::Notary, Role::Admin).await;
    for user in [&other, &stranger] {
        let query = "{ client(id: 1) { assessmentResult { report { url } } } }";
        assert_eq!(reports.app.as_user(user).graphql(query).await.ok()["client"], Value::Null);
    }
}
