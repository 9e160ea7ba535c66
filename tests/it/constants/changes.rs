//! Every mutation of such a table shows at once where it was made, and within a second on every replica.

use std::{
    collections::BTreeSet,
    io::Write,
    time::{Duration, Instant},
};

use async_graphql::{Request, UploadValue, Variables, parser::types::OperationType};
use axum::{Router, body::Body, extract::ConnectInfo, http};
use gerbang::{
    accounts::{Realm, Role, user},
    app::App,
    graphql,
    http::service::service,
};
use gerbang_graphql::type_index::{SchemaIndex, TypeIndex, base_name};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, database::TestDatabase, legacy::Legacy, protocol};

/// Within this time a change shows everywhere.
const SOON: Duration = Duration::from_secs(1);

/// What stands in such tables.
const OBJECTS: [&str; 5] = ["Faq", "ScholarshipPeriod", "Service", "Setting", "Testimonial"];

const SETTINGS: &str = "/api/settings";
const FAQS: &str = "/api/faqs";
const TESTIMONIALS: &str = "/api/testimonials";
const SERVICES: &str = "/api/v1/office/service";
const PERIODS: &str = "/api/beasiswa/periods";

/// What reads the same in GraphQL.
fn query(path: &str) -> &'static str {
    match path {
        SETTINGS => "{ settings { key value } }",
        FAQS => "{ faqs { id question answer } }",
        TESTIMONIALS => "{ testimonials { id name photoPath } }",
        SERVICES => "{ services { id name } }",
        _ => "{ scholarshipPeriods { id year registrationClosesAt } }",
    }
}

/// Two servers on one database.
struct Replicas {
    legacy: Legacy,
    other: Router,
    admin: user::row::Model,
    token: String,
}

impl Replicas {
    async fn on(database: TestDatabase) -> Self {
        let app = TestApp::on(database, |config| config.limits.scale = 1_000).await;
        let other = App::build(app.domain.config.clone(), app.clock.clone()).await.unwrap();
        let other = service(other, CancellationToken::new()).unwrap().router;
        let admin = app.user(Realm::Staff, Role::Admin).await;
        let applicant = app.user(Realm::Scholarship, Role::Applicant).await;
        let legacy = Legacy::over(app);
        let credentials = json!({ "email": applicant.email, "password": crate::support::app::PASSWORD });
        let reply = legacy.post("/api/login").json(credentials).await;
        let token = reply.body["data"]["token"].as_str().unwrap().to_owned();
        Self { legacy, other, admin, token }
    }

    /// What the first server answers to REST and to GraphQL.
    async fn here(&self, path: &str) -> [Value; 2] {
        let reply = self.legacy.get(path).token(&self.token).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        [reply.body, self.legacy.app.as_user(&self.admin).graphql(query(path)).await.ok()]
    }

    /// What the other answers to REST.
    async fn there(&self, path: &str) -> Value {
        let request = http::Request::get(path)
            .header("host", "gerbang.test")
            .header("authorization", format!("Bearer {}", self.token))
            .extension(ConnectInfo(std::net::SocketAddr::from(([203, 0, 113, 9], 40_000))));
        let reply = protocol::send(&self.other, request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    }

    /// Makes sure that the other one shows this soon.
    async fn shows(&self, path: &str, expected: &Value, what: &str) {
        let changed = Instant::now();
        while self.there(path).await != *expected {
            assert!(changed.elapsed() < SOON, "{what}: the other server does not show it");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Makes a change, and holds what is shown before against what is shown after.
    async fn change(&self, path: &str, mutation: &str, input: Value) -> Value {
        let before = self.here(path).await;
        self.shows(path, &before[0], mutation).await;
        let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!("mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {} }} }}", selection(mutation));
        let has_photo = input.get("photo").is_some();
        let mut request = Request::new(document).variables(Variables::from_json(json!({ "input": input })));
        if has_photo {
            let mut content = tempfile::tempfile().unwrap();
            content.write_all(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
            let upload = UploadValue { filename: "photo.png".to_owned(), content_type: None, content };
            request.set_upload("variables.input.photo", upload);
        }
        let answer = self.legacy.app.as_user(&self.admin).execute(request).await.ok();
        let after = self.here(path).await;
        assert_ne!(before[0], after[0], "{mutation} does not show in REST");
        assert_ne!(before[1], after[1], "{mutation} does not show in GraphQL");
        self.shows(path, &after[0], mutation).await;
        answer[mutation].clone()
    }
}

/// What the payload of a mutation is asked for.
fn selection(mutation: &str) -> &'static str {
    match mutation {
        "updateSettings" => "settings { key }",
        "deleteSetting" => "setting { key }",
        "reorderFaqs" => "faqs { id }",
        "reorderTestimonials" => "testimonials { id }",
        _ if mutation.ends_with("Faq") => "faq { id }",
        _ if mutation.ends_with("Testimonial") => "testimonial { id }",
        _ if mutation.ends_with("Service") => "service { id }",
        _ => "scholarshipPeriod { id }",
    }
}

/// The mutations that give something of these tables.
fn mutations() -> BTreeSet<String> {
    let types = SchemaIndex::new(graphql::sdl()).unwrap();
    let root = types.root(OperationType::Mutation).unwrap();
    let Some(TypeIndex::Fields(mutations)) = types.get(root) else { panic!("no mutations") };
    let concerned = mutations.iter().filter(|(_, mutation)| match types.get(base_name(&mutation.ty)) {
        Some(TypeIndex::Fields(payload)) => {
            payload.values().any(|field| OBJECTS.contains(&base_name(&field.ty).as_str()))
        }
        _ => false,
    });
    concerned.map(|(name, _)| name.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_shows_at_once_here_and_within_a_second_elsewhere() {
    for database in TestDatabase::each().await {
        let servers = Replicas::on(database).await;
        let mut left = mutations();
        // It answers with its service, and changes the order alone.
        left.remove("orderService");
        let mut change = async |path: &str, mutation: &str, input: Value| {
            left.remove(mutation);
            servers.change(path, mutation, input).await
        };

        change(SETTINGS, "updateSettings", json!({ "settings": [{ "key": "a", "value": "1" }] })).await;
        change(SETTINGS, "updateSettings", json!({ "settings": [{ "key": "a", "value": "2" }] })).await;
        change(SETTINGS, "deleteSetting", json!({ "key": "a" })).await;

        let mut faqs = Vec::new();
        for question in ["Satu?", "Dua?"] {
            let created = change(FAQS, "createFaq", json!({ "question": question, "answer": "Ya." })).await;
            faqs.push(created["faq"]["id"].clone());
        }
        change(FAQS, "updateFaq", json!({ "id": faqs[0], "answer": "Tidak." })).await;
        change(FAQS, "reorderFaqs", json!({ "ids": [faqs[1], faqs[0]] })).await;
        change(FAQS, "deleteFaq", json!({ "id": faqs[0] })).await;

        let mut testimonials = Vec::new();
        for name in ["Budi", "Siti"] {
            let input = json!({ "name": name, "content": "Terima kasih.", "photo": null });
            let created = change(TESTIMONIALS, "createTestimonial", input).await;
            testimonials.push(created["testimonial"]["id"].clone());
        }
        change(TESTIMONIALS, "updateTestimonial", json!({ "id": testimonials[0], "name": "Bude" })).await;
        change(TESTIMONIALS, "updateTestimonial", json!({ "id": testimonials[0], "photo": null })).await;
        change(TESTIMONIALS, "reorderTestimonials", json!({ "ids": [testimonials[1], testimonials[0]] })).await;
        change(TESTIMONIALS, "deleteTestimonial", json!({ "id": testimonials[0] })).await;

        let service = |id: &str, name: &str| json!({ "id": id, "name": name, "description": "Akta", "fees": [{ "name": "Biaya", "amount": 1 }], "tasks": ["Periksa"] });
        for id in ["satu", "dua", "tiga"] {
            change(SERVICES, "createService", service(id, id)).await;
        }
        change(SERVICES, "updateService", service("satu", "Satu lagi")).await;
        change(SERVICES, "closeService", json!({ "id": "satu" })).await;
        change(SERVICES, "deleteService", json!({ "id": "dua" })).await;
        // One that was ordered is hidden, not removed.
        let customer = servers.legacy.app.user(Realm::Notary, Role::Customer).await;
        let order = "mutation { orderService(input: { serviceId: \"tiga\" }) { order { id } } }";
        servers.legacy.app.as_user(&customer).graphql(order).await.ok();
        change(SERVICES, "deleteService", json!({ "id": "tiga" })).await;

        let period = json!({
            "year": "2026", "registrationOpensAt": "2026-01-01T00:00:00Z", "registrationClosesAt": "2026-12-01T00:00:00Z",
            "startsAt": "2027-01-01T00:00:00Z", "endsAt": "2027-12-01T00:00:00Z"
        });
        let created = change(PERIODS, "createScholarshipPeriod", period).await;
        let id = &created["scholarshipPeriod"]["id"];
        change(PERIODS, "updateScholarshipPeriod", json!({ "id": id, "year": "2026/2027" })).await;
        change(PERIODS, "closeScholarshipPeriod", json!({ "id": id })).await;

        assert_eq!(left, BTreeSet::new(), "show these, too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_past_the_program_shows_within_a_second() {
    for database in TestDatabase::each().await {
        let servers = Replicas::on(database).await;
        servers.change(SETTINGS, "updateSettings", json!({ "settings": [{ "key": "a", "value": "1" }] })).await;
        let before = servers.here(SETTINGS).await;
        let db = servers.legacy.app.domain.db.write();
        db.execute_unprepared("UPDATE settings SET value = 'by hand'").await.unwrap();
        let written = Instant::now();
        let expected = json!({ "message": "Pengaturan berhasil diambil", "data": { "a": "by hand" } });
        servers.shows(SETTINGS, &expected, "by hand").await;
        loop {
            let [rest, graphql] = servers.here(SETTINGS).await;
            if rest == expected && graphql != before[1] {
                break;
            }
            assert!(written.elapsed() < SOON, "{rest} {graphql}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Readers that ask all the time never make an old answer stay.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_between_reading_and_keeping_is_seen() {
    for database in TestDatabase::each().await {
        let servers = Replicas::on(database).await;
        let admin = servers.legacy.app.as_user(&servers.admin);
        for number in 0..100 {
            let document = format!(
                r#"mutation {{ updateSettings(input: {{ settings: [{{ key: "a", value: "{number}" }}] }}) {{ settings {{ key }} }} }}"#
            );
            let readers = async {
                for _ in 0..4 {
                    tokio::join!(servers.here(SETTINGS), servers.here(SETTINGS), servers.here(SETTINGS));
                }
            };
            tokio::join!(readers, async { admin.graphql(&document).await.ok() });
            let [rest, graphql] = servers.here(SETTINGS).await;
            assert_eq!(rest["data"]["a"], number.to_string());
            assert_eq!(graphql["settings"][0]["value"], number.to_string());
        }
    }
}
