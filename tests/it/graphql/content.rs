//! Settings, frequent questions and testimonials: everybody reads, admins of the scholarship publish.

use std::io::Write;

use async_graphql::{Request, UploadValue, Variables};
use chrono::TimeDelta;
use gerbang::accounts::{Realm, Role, user};
use serde_json::{Value, json};

use crate::support::{TestApp, app::Answer, database::TestDatabase};

async fn admin(app: &TestApp) -> user::row::Model {
    app.user(Realm::Scholarship, Role::Admin).await
}

#[tokio::test]
async fn settings_are_added_changed_and_removed() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let admin = admin(&app).await;
        let update = "mutation($settings: [SettingInput!]!) {
            updateSettings(input: { settings: $settings }) { settings { key value } }
        }";
        let settings = async |settings: Value| {
            app.clock.advance(TimeDelta::seconds(1));
            let answer = app.as_user(&admin).graphql_with(update, json!({ "settings": settings })).await.ok();
            answer["updateSettings"]["settings"].clone()
        };
        let title = json!({ "key": "hero_title", "value": " Wujudkan " });
        let name = json!({ "key": "company_name", "value": "YISS" });
        assert_eq!(settings(json!([title])).await, json!([title]));
        // A new text keeps its place in the order of adding.
        let changed = json!({ "key": "hero_title", "value": "" });
        assert_eq!(settings(json!([name, changed])).await, json!([changed, name]));

        let query = r#"{ settings { id key } setting(key: "company_name") { value } none: setting(key: "x") { value } node(id: "setting_hero_title") { ... on Setting { key value } } }"#;
        assert_eq!(
            app.anonymous().graphql(query).await.ok(),
            json!({
                "settings": [{ "id": "setting_hero_title", "key": "hero_title" }, { "id": "setting_company_name", "key": "company_name" }],
                "setting": { "value": "YISS" }, "none": null, "node": { "key": "hero_title", "value": "" }
            })
        );
        let remove = r#"mutation { deleteSetting(input: { key: "hero_title" }) { setting { key } } }"#;
        app.as_user(&admin).graphql(remove).await.ok();
        assert_eq!(app.as_user(&admin).graphql(remove).await.code(), "NOT_FOUND");
        let left = app.anonymous().graphql("{ settings { key } }").await.ok();
        assert_eq!(left, json!({ "settings": [{ "key": "company_name" }] }));
    }
}

#[tokio::test]
async fn invalid_settings_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let update =
        "mutation($settings: [SettingInput!]!) { updateSettings(input: { settings: $settings }) { settings { key } } }";
    let rules = async |settings: Value| {
        app.as_user(&admin).graphql_with(update, json!({ "settings": settings })).await.broken_rules()
    };
    assert_eq!(rules(json!([])).await, ["settings REQUIRED"]);
    assert_eq!(
        rules(json!([
            { "key": "Hero Title", "value": "x" },
            { "key": "", "value": "x".repeat(5_001) },
            { "key": "a", "value": "1" },
            { "key": "a", "value": "2" }
        ]))
        .await,
        ["settings.0.key FORMAT", "settings.1.key FORMAT", "settings.1.value MAX_LENGTH", "settings.3.key DUPLICATE"]
    );
    let many: Vec<_> = (0..101).map(|number| json!({ "key": format!("k{number}"), "value": "" })).collect();
    assert_eq!(rules(Value::from(many)).await, ["settings TOO_MANY"]);
}

#[tokio::test]
async fn questions_are_published_changed_reordered_and_removed() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let admin = admin(&app).await;
        let actor = app.as_user(&admin);
        let mut ids = Vec::new();
        for question in ["Satu?", "Dua?", "Tiga?"] {
            let query = format!(
                r#"mutation {{ createFaq(input: {{ question: " {question} ", answer: "Ya." }}) {{ faq {{ id legacyId question answer position }} }} }}"#
            );
            let faq = actor.graphql(&query).await.ok()["createFaq"]["faq"].take();
            assert_eq!((&faq["question"], &faq["position"]), (&json!(question), &json!(ids.len() + 1)));
            assert_eq!(faq["id"], format!("faq_{}", faq["legacyId"].as_str().unwrap()));
            ids.push(faq["id"].clone());
        }
        let update =
            "mutation($id: ID!) { updateFaq(input: { id: $id, answer: \"Tidak.\" }) { faq { question answer } } }";
        let changed = actor.graphql_with(update, json!({ "id": ids[1] })).await.ok();
        assert_eq!(changed["updateFaq"]["faq"], json!({ "question": "Dua?", "answer": "Tidak." }));

        let reorder = "mutation($ids: [ID!]!) { reorderFaqs(input: { ids: $ids }) { faqs { question position } } }";
        let order = json!({ "ids": [ids[2], ids[0], ids[1]] });
        let reordered = actor.graphql_with(reorder, order).await.ok();
        assert_eq!(
            reordered["reorderFaqs"]["faqs"],
            json!([
                { "question": "Tiga?", "position": 1 }, { "question": "Satu?", "position": 2 },
                { "question": "Dua?", "position": 3 }
            ])
        );
        for wrong in [
            json!([]),
            json!([ids[0], ids[1]]),
            json!([ids[0], ids[1], ids[1]]),
            json!([ids[0], ids[1], "x"]),
            json!([ids[0], ids[1], ids[2], ids[2]]),
            json!([ids[0], ids[1], "faq_00000000-0000-0000-0000-000000000000"]),
        ] {
            let answer = actor.graphql_with(reorder, json!({ "ids": wrong })).await;
            assert_eq!(answer.broken_rules(), ["ids ORDER"], "{wrong}");
        }

        let remove = "mutation($id: ID!) { deleteFaq(input: { id: $id }) { faq { question } } }";
        actor.graphql_with(remove, json!({ "id": ids[0] })).await.ok();
        for (mutation, id) in [(remove, &ids[0]), (update, &ids[0]), (remove, &json!("x")), (update, &json!("faq_1"))] {
            assert_eq!(actor.graphql_with(mutation, json!({ "id": id })).await.code(), "NOT_FOUND");
        }
        let query = "query($a: ID!, $b: ID!) { faqs { question } a: node(id: $a) { id } b: node(id: $b) { id } }";
        assert_eq!(
            app.anonymous().graphql_with(query, json!({ "a": ids[0], "b": ids[1] })).await.ok(),
            json!({ "faqs": [{ "question": "Tiga?" }, { "question": "Dua?" }], "a": null, "b": { "id": ids[1] } })
        );
        let empty = r#"mutation { createFaq(input: { question: " ", answer: "" }) { faq { id } } }"#;
        assert_eq!(actor.graphql(empty).await.broken_rules(), ["question REQUIRED", "answer REQUIRED"]);
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";

/// Runs `query`, whose variable `photo` is this file.
async fn with_photo(app: &TestApp, admin: &user::row::Model, query: &str, id: Option<&Value>, photo: &[u8]) -> Answer {
    let mut content = tempfile::tempfile().unwrap();
    content.write_all(photo).unwrap();
    let upload = UploadValue { filename: "photo.exe".to_owned(), content_type: None, content };
    let mut request = Request::new(query).variables(Variables::from_json(json!({ "photo": null, "id": id })));
    request.set_upload("variables.photo", upload);
    app.as_user(admin).execute(request).await
}

const CREATE: &str = r#"mutation($photo: Upload!) {
    createTestimonial(input: { name: "Budi", content: "Terima kasih.", photo: $photo }) {
        testimonial { id name content photoPath position }
    }
}"#;
const UPDATE: &str = r#"mutation($id: ID!, $photo: Upload) {
    updateTestimonial(input: { id: $id, name: "Siti", photo: $photo }) { testimonial { id name content photoPath } }
}"#;

#[tokio::test]
async fn a_testimonials_photo_is_stored_and_removed_with_it() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let actor = app.as_user(&admin);
    let stored = async |path: &Value| app.domain.files.get(path.as_str().unwrap()).await.unwrap().is_some();
    let created = with_photo(&app, &admin, CREATE, None, PNG).await.ok()["createTestimonial"]["testimonial"].take();
    assert_eq!((&created["name"], &created["position"]), (&json!("Budi"), &json!(1)));
    let (id, first) = (&created["id"], &created["photoPath"]);
    let path = first.as_str().unwrap();
    assert!(
        path.starts_with("testimonials/") && path.rsplit('.').next() == Some("png") && !path.contains("photo"),
        "{path}"
    );
    assert!(stored(first).await);

    let changed =
        with_photo(&app, &admin, UPDATE, Some(id), JPEG).await.ok()["updateTestimonial"]["testimonial"].take();
    let second = &changed["photoPath"];
    assert_eq!((&changed["name"], &changed["content"]), (&json!("Siti"), &json!("Terima kasih.")));
    assert!(stored(second).await && !stored(first).await);
    let rename = "mutation($id: ID!) { updateTestimonial(input: { id: $id, content: \"Asyik.\" }) { testimonial { content photoPath } } }";
    let changed = actor.graphql_with(rename, json!({ "id": id })).await.ok();
    assert_eq!(changed["updateTestimonial"]["testimonial"], json!({ "content": "Asyik.", "photoPath": second }));

    let other = with_photo(&app, &admin, CREATE, None, JPEG).await.ok()["createTestimonial"]["testimonial"].take();
    let reorder = "mutation($ids: [ID!]!) { reorderTestimonials(input: { ids: $ids }) { testimonials { id } } }";
    let ids = json!([other["id"], id]);
    let reordered = actor.graphql_with(reorder, json!({ "ids": ids })).await.ok();
    assert_eq!(reordered["reorderTestimonials"]["testimonials"], json!([{ "id": other["id"] }, { "id": id }]));
    let refused = actor.graphql_with(reorder, json!({ "ids": [id] })).await;
    assert_eq!(refused.broken_rules(), ["ids ORDER"]);

    let remove = "mutation($id: ID!) { deleteTestimonial(input: { id: $id }) { testimonial { photoPath } } }";
    actor.graphql_with(remove, json!({ "id": id })).await.ok();
    assert!(!stored(second).await);
    for id in [id, &json!("x")] {
        assert_eq!(actor.graphql_with(remove, json!({ "id": id })).await.code(), "NOT_FOUND");
        assert_eq!(with_photo(&app, &admin, UPDATE, Some(id), PNG).await.code(), "NOT_FOUND");
    }
    let query = "query($id: ID!) { testimonials { name } node(id: $id) { ... on Testimonial { name } } }";
    let left = app.anonymous().graphql_with(query, json!({ "id": other["id"] })).await.ok();
    assert_eq!(left, json!({ "testimonials": [{ "name": "Budi" }], "node": { "name": "Budi" } }));
}

#[tokio::test]
async fn a_photos_type_is_detected_from_its_bytes() {
    let app = TestApp::with(|config| config.limits.file_bytes = 2_048).await;
    let admin = admin(&app).await;
    let large = [PNG, &[0; 2_048]].concat();
    for (photo, rule) in [
        (&b""[..], "photo FILE"),
        (b"<svg onload=alert(1)>", "photo FILE_TYPE"),
        (b"%PDF-1.7", "photo FILE_TYPE"),
        (&large, "photo FILE_SIZE"),
    ] {
        assert_eq!(with_photo(&app, &admin, CREATE, None, photo).await.broken_rules(), [rule]);
    }
    let empty = CREATE.replace("Budi", " ").replace("Terima kasih.", "");
    let rules = with_photo(&app, &admin, &empty, None, b"x").await.broken_rules();
    assert_eq!(rules, ["name REQUIRED", "content REQUIRED", "photo FILE_TYPE"]);
}

#[tokio::test]
async fn only_admins_of_the_scholarship_and_the_gateway_publish() {
    let app = TestApp::new().await;
    let applicant = app.user(Realm::Scholarship, Role::Applicant).await;
    let stranger = app.user(Realm::TalentsMapping, Role::Admin).await;
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    let id = "00000000-0000-0000-0000-000000000000";
    let mutations = [
        r#"updateSettings(input: { settings: [{ key: "a", value: "b" }] }) { settings { key } }"#.to_owned(),
        r#"deleteSetting(input: { key: "a" }) { setting { key } }"#.to_owned(),
        r#"createFaq(input: { question: "a", answer: "b" }) { faq { id } }"#.to_owned(),
        format!(r#"updateFaq(input: {{ id: "{id}" }}) {{ faq {{ id }} }}"#),
        format!(r#"deleteFaq(input: {{ id: "{id}" }}) {{ faq {{ id }} }}"#),
        "reorderFaqs(input: { ids: [] }) { faqs { id } }".to_owned(),
        format!(r#"updateTestimonial(input: {{ id: "{id}" }}) {{ testimonial {{ id }} }}"#),
        format!(r#"deleteTestimonial(input: {{ id: "{id}" }}) {{ testimonial {{ id }} }}"#),
        "reorderTestimonials(input: { ids: [] }) { testimonials { id } }".to_owned(),
    ];
    for mutation in &mutations {
        let mutation = format!("mutation {{ {mutation} }}");
        assert_eq!(app.anonymous().graphql(&mutation).await.code(), "UNAUTHENTICATED", "{mutation}");
        for user in [&applicant, &stranger] {
            assert_eq!(app.as_user(user).graphql(&mutation).await.code(), "FORBIDDEN", "{mutation}");
        }
    }
    assert_eq!(with_photo(&app, &applicant, CREATE, None, PNG).await.code(), "FORBIDDEN");
    for mutation in &mutations[..3] {
        app.as_user(&gateway_admin).graphql(&format!("mutation {{ {mutation} }}")).await.ok();
    }
}
