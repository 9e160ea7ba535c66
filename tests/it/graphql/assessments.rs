//! Results of assessments and the dictionary that explains them.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use crate::support::{TestApp, database::TestDatabase};

const IMPORT: &str = "mutation($input: ImportAssessmentResultInput!) {
    importAssessmentResult(input: $input) {
        client { status assessedAt }
        assessmentResult { id version assessedAt typologies { code score rank } clusters { code score } }
    }
}";

/// Codes of the 30 typologies, in the dictionary's order.
async fn codes(app: &TestApp) -> Vec<String> {
    let dictionary = app.anonymous().graphql("{ assessmentDictionary { typologies { code } } }").await.ok();
    let typologies = dictionary["assessmentDictionary"]["typologies"].as_array().unwrap().clone();
    typologies.iter().map(|typology| typology["code"].as_str().unwrap().to_owned()).collect()
}

fn input(client: &str, scores: &[(String, f64)]) -> Value {
    let scores: Vec<_> = scores.iter().map(|(code, score)| json!({ "typology": code, "score": score })).collect();
    json!({ "input": { "clientId": client, "version": "2.1", "assessedAt": "2026-02-01T10:00:00Z", "scores": scores } })
}

#[tokio::test]
async fn the_dictionary_is_public_and_in_two_languages() {
    let app = TestApp::new().await;
    let query = "{
        assessmentDictionary {
            typologies { code name cluster { code name } english: description indonesian: description(language: ID) }
            clusters { code name description(language: EN) }
        }
    }";
    let dictionary = app.anonymous().graphql(query).await.ok()["assessmentDictionary"].take();
    let clusters: Vec<_> =
        dictionary["clusters"].as_array().unwrap().iter().map(|cluster| cluster["code"].as_str().unwrap()).collect();
    assert_eq!(clusters, ["HM", "NW", "SV", "GI", "TH", "RE", "EL", "TE"]);
    let typologies = dictionary["typologies"].as_array().unwrap();
    assert_eq!(typologies.len(), 30);
    assert_eq!(typologies[0]["name"], "Commander");
    assert_eq!(typologies[29]["cluster"], json!({ "code": "TE", "name": "Technical" }));
    for typology in typologies {
        let (english, indonesian) = (typology["english"].as_str().unwrap(), typology["indonesian"].as_str().unwrap());
        assert!(english.len() > 10 && indonesian.len() > 10 && english != indonesian, "{typology}");
    }
}

#[tokio::test]
async fn an_import_ranks_the_scores_and_replaces_what_was_there() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let admin = app.talents_admin().await;
        app.partner("Satu").await;
        let client = app.client(1, "Citra").await;
        let older = app.assess(client).await;
        let codes = codes(&app).await;
        // Rising, but for the last two, which are equal: the dictionary's order decides between them.
        let mut scores: Vec<(String, f64)> = codes.iter().cloned().zip((0..30).map(|n| f64::from(n) / 10.0)).collect();
        scores[28].1 = 99.9;
        scores[29].1 = 99.9;
        scores.reverse();
        let imported = app.as_user(&admin).graphql_with(IMPORT, input("client_1", &scores)).await.ok();
        let imported = &imported["importAssessmentResult"];
        assert_eq!(imported["client"], json!({ "status": "ASSESSED", "assessedAt": "2026-02-01T10:00:00+00:00" }));
        let result = &imported["assessmentResult"];
        assert_eq!((&result["version"], &result["assessedAt"]), (&json!("2.1"), &json!("2026-02-01T10:00:00+00:00")));
        let typology = |place: usize| result["typologies"][place].clone();
        assert_eq!(typology(0), json!({ "code": codes[28], "score": 99.9, "rank": 1 }));
        assert_eq!(typology(1), json!({ "code": codes[29], "score": 99.9, "rank": 2 }));
        assert_eq!(typology(2), json!({ "code": codes[27], "score": 2.7, "rank": 3 }));
        assert_eq!(typology(29), json!({ "code": codes[0], "score": 0.0, "rank": 30 }));
        // Headman is the mean of 0.0, 0.1 and 0.2; Networking that of 0.3 to 0.9.
        assert_eq!(result["clusters"][0], json!({ "code": "HM", "score": 0.1 }));
        assert_eq!(result["clusters"][1], json!({ "code": "NW", "score": 0.6 }));

        let fields = "id version assessedAt typologies { code score rank } clusters { code score }";
        let query = format!(r#"{{ client(id: "1") {{ assessmentResult {{ {fields} }} }} }}"#);
        let read = app.as_user(&admin).graphql(&query).await.ok();
        assert_eq!(&read["client"]["assessmentResult"], result);
        let query = format!(
            r#"{{ old: node(id: "assessmentResult_{older}") {{ id }} new: node(id: {}) {{ ... on AssessmentResult {{ {fields} client {{ name }} }} }} }}"#,
            result["id"]
        );
        let mut nodes = app.as_user(&admin).graphql(&query).await.ok();
        assert_eq!(nodes["old"], Value::Null);
        assert_eq!(nodes["new"].as_object_mut().unwrap().remove("client"), Some(json!({ "name": "Citra" })));
        assert_eq!(&nodes["new"], result);
    }
}

#[tokio::test]
async fn an_import_needs_exactly_one_score_for_each_typology() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    app.client(1, "Citra").await;
    let scores: Vec<(String, f64)> = codes(&app).await.into_iter().map(|code| (code, 50.0)).collect();
    let refused = async |change: &dyn Fn(&mut Vec<(String, f64)>)| {
        let mut scores = scores.clone();
        change(&mut scores);
        app.as_user(&admin).graphql_with(IMPORT, input("1", &scores)).await.broken_rules()
    };
    assert_eq!(refused(&|scores| scores.clear()).await, ["scores SCORES"]);
    assert_eq!(refused(&|scores| scores.truncate(29)).await, ["scores SCORES"]);
    assert_eq!(refused(&|scores| scores.push(("CMD".to_owned(), 1.0))).await, ["scores SCORES"]);
    assert_eq!(
        refused(&|scores| scores[3].0 = "CMD".to_owned()).await,
        ["scores.3.typology DUPLICATE", "scores SCORES"]
    );
    assert_eq!(refused(&|scores| scores[3].0 = "XXX".to_owned()).await, ["scores.3.typology EXISTS"]);
    assert_eq!(
        refused(&|scores| {
            scores[0].1 = -0.1;
            scores[1].1 = 100.1;
            scores[2].1 = 50.55;
        })
        .await,
        ["scores.0.score MIN", "scores.1.score MAX", "scores.2.score FORMAT"]
    );
    let mut wrong = input("1", &scores);
    wrong["input"]["version"] = json!(" ");
    wrong["input"]["assessedAt"] = json!("2026-02-03T04:05:07Z");
    let rules = app.as_user(&admin).graphql_with(IMPORT, wrong).await.broken_rules();
    assert_eq!(rules, ["version REQUIRED", "assessedAt FUTURE"]);
    let client = app.as_user(&admin).graphql(r#"{ client(id: "1") { status assessmentResult { id } } }"#).await.ok();
    assert_eq!(client, json!({ "client": { "status": "INVITED", "assessmentResult": null } }));
}

#[tokio::test]
async fn only_admins_import_and_only_for_clients_that_are_there() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    app.client(1, "Citra").await;
    let scores: Vec<(String, f64)> = codes(&app).await.into_iter().map(|code| (code, 50.0)).collect();
    let partner = app.partner_user(1).await;
    let stranger = app.user(Realm::Notary, Role::Admin).await;
    let import = input("1", &scores);
    assert_eq!(app.anonymous().graphql_with(IMPORT, import.clone()).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&partner).graphql_with(IMPORT, import.clone()).await.code(), "FORBIDDEN");
    assert_eq!(app.as_user(&stranger).graphql_with(IMPORT, import.clone()).await.code(), "FORBIDDEN");
    for client in ["client_2", "2", "partner_1", ""] {
        let answer = app.as_user(&admin).graphql_with(IMPORT, input(client, &scores)).await;
        assert_eq!(answer.code(), "NOT_FOUND", "{client}");
    }
    // An archived client is taken back by a new result.
    let archive = r#"mutation { archiveClient(input: { id: "1" }) { client { id } } }"#;
    app.as_user(&admin).graphql(archive).await.ok();
    let imported = app.as_user(&admin).graphql_with(IMPORT, import).await.ok();
    assert_eq!(imported["importAssessmentResult"]["client"]["status"], "ASSESSED");
}

#[tokio::test]
async fn a_partner_reads_the_results_of_its_own_clients() {
    let app = TestApp::new().await;
    for name in ["Satu", "Dua"] {
        let partner = app.partner(name).await;
        let client = app.client(partner, name).await;
        app.assess(client).await;
    }
    let user = app.partner_user(2).await;
    let query = r#"{
        own: node(id: "assessmentResult_2") { id ... on AssessmentResult { typologies { rank } } }
        other: node(id: "assessmentResult_1") { id }
        client(id: "2") { assessmentResult { id typologies { rank } } }
    }"#;
    let seen = app.as_user(&user).graphql(query).await.ok();
    assert_eq!(seen["own"], seen["client"]["assessmentResult"]);
    assert_eq!(seen["own"]["typologies"].as_array().unwrap().len(), 30);
    assert_eq!(seen["other"], Value::Null);
}
