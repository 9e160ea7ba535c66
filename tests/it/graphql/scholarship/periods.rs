//! Periods and upload types: admins keep the lists.

use gerbang::accounts::{Realm, Role};
use serde_json::json;

use super::{CREATE_PERIOD, admin, newcomer, open_period, window};
use crate::support::TestApp;

const UPDATE: &str = "mutation($input: UpdateScholarshipPeriodInput!) {
    updateScholarshipPeriod(input: $input) { scholarshipPeriod { year registrationOpensAt registrationClosesAt isRegistrationOpen } }
}";
const CLOSE: &str = "mutation($input: CloseScholarshipPeriodInput!) {
    closeScholarshipPeriod(input: $input) { scholarshipPeriod { isRegistrationOpen registrationClosesAt } }
}";

#[tokio::test]
async fn periods_are_listed_newest_first_to_who_is_logged_in() {
    let app = TestApp::new().await;
    let (admin, reader) = (admin(&app).await, newcomer(&app).await);
    let older = window("2024/2025", "2024-11-01T00:00:00Z", "2024-11-30T23:59:59Z");
    let created = app.as_user(&admin).graphql_with(CREATE_PERIOD, older).await.ok();
    assert_eq!(created["createScholarshipPeriod"]["scholarshipPeriod"]["isRegistrationOpen"], false);
    let id = open_period(&app, &admin, "2026").await;
    let list = "{ scholarshipPeriods { year isRegistrationOpen } }";
    assert_eq!(
        app.as_user(&reader).graphql(list).await.ok()["scholarshipPeriods"],
        json!([{ "year": "2026", "isRegistrationOpen": true }, { "year": "2024/2025", "isRegistrationOpen": false }])
    );
    assert_eq!(app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    let stranger = app.user(Realm::Notary, Role::Customer).await;
    assert_eq!(app.as_user(&stranger).graphql(list).await.code(), "FORBIDDEN");
    let node = format!("{{ node(id: \"scholarshipPeriod_{id}\") {{ ... on ScholarshipPeriod {{ year }} }} }}");
    assert_eq!(app.as_user(&reader).graphql(&node).await.ok()["node"]["year"], "2026");
}

#[tokio::test]
async fn a_period_needs_a_free_year_and_an_end_after_its_start() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let actor = app.as_user(&admin);
    open_period(&app, &admin, "2026").await;
    let twice = actor.graphql_with(CREATE_PERIOD, window("2026", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")).await;
    assert_eq!(twice.broken_rules(), ["year TAKEN"]);
    let mut wrong = window("26", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    wrong["input"]["endsAt"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(
        actor.graphql_with(CREATE_PERIOD, wrong).await.broken_rules(),
        ["year FORMAT", "registrationClosesAt AFTER_BEGIN", "endsAt AFTER_BEGIN"]
    );
}

#[tokio::test]
async fn an_admin_changes_and_closes_a_period() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let actor = app.as_user(&admin);
    let id = open_period(&app, &admin, "2026").await;
    let changes = json!({ "input": { "id": format!("scholarshipPeriod_{id}"), "year": "2026/2027" } });
    let changed = actor.graphql_with(UPDATE, changes).await.ok();
    let unchanged = json!({
        "year": "2026/2027", "isRegistrationOpen": true,
        "registrationOpensAt": "2026-02-01T00:00:00+00:00", "registrationClosesAt": "2026-02-04T00:00:00+00:00",
    });
    assert_eq!(changed["updateScholarshipPeriod"]["scholarshipPeriod"], unchanged);
    let early = json!({ "input": { "id": id, "registrationClosesAt": "2026-01-01T00:00:00Z" } });
    assert_eq!(actor.graphql_with(UPDATE, early).await.broken_rules(), ["registrationClosesAt AFTER_BEGIN"]);

    let close = json!({ "input": { "id": id } });
    for _ in 0..2 {
        let closed = actor.graphql_with(CLOSE, close.clone()).await.ok();
        let now = json!({ "isRegistrationOpen": false, "registrationClosesAt": "2026-02-03T04:05:05+00:00" });
        assert_eq!(closed["closeScholarshipPeriod"]["scholarshipPeriod"], now);
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let later = window("2027", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z");
    let later = actor.graphql_with(CREATE_PERIOD, later).await.ok();
    let id = &later["createScholarshipPeriod"]["scholarshipPeriod"]["id"];
    let early = actor.graphql_with(CLOSE, json!({ "input": { "id": id } })).await;
    assert_eq!(early.broken_rules(), ["id REGISTRATION_CLOSED"]);
}

#[tokio::test]
async fn only_admins_change_periods_and_only_those_that_are_there() {
    let app = TestApp::new().await;
    let (admin, reader) = (admin(&app).await, newcomer(&app).await);
    let id = open_period(&app, &admin, "2026").await;
    let on = |id: &str| json!({ "input": { "id": id } });
    let create = window("2027", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z");
    for (query, variables) in [(CREATE_PERIOD, create), (UPDATE, on(&id)), (CLOSE, on(&id))] {
        assert_eq!(app.anonymous().graphql_with(query, variables.clone()).await.code(), "UNAUTHENTICATED");
        assert_eq!(app.as_user(&reader).graphql_with(query, variables).await.code(), "FORBIDDEN");
    }
    for id in ["0190a5b0-0000-7000-8000-000000000001", "scholarshipPeriod_x", ""] {
        assert_eq!(app.as_user(&admin).graphql_with(UPDATE, on(id)).await.code(), "NOT_FOUND");
        assert_eq!(app.as_user(&admin).graphql_with(CLOSE, on(id)).await.code(), "NOT_FOUND");
    }
}

#[tokio::test]
async fn admins_manage_the_upload_types() {
    const CREATE: &str = "mutation($input: CreateUploadTypeInput!) {
        createUploadType(input: $input) { uploadType { id legacyId name position } }
    }";
    const UPDATE: &str =
        "mutation($input: UpdateUploadTypeInput!) { updateUploadType(input: $input) { uploadType { name position } } }";
    const DELETE: &str =
        "mutation($input: DeleteUploadTypeInput!) { deleteUploadType(input: $input) { uploadType { name } } }";
    let app = TestApp::new().await;
    let (admin, reader) = (admin(&app).await, newcomer(&app).await);
    let actor = app.as_user(&admin);
    let input = |name: &str, position: i32| json!({ "input": { "name": name, "position": position } });
    let created = actor.graphql_with(CREATE, input("Sertifikat", 2)).await.ok();
    let id = created["createUploadType"]["uploadType"]["id"].clone();
    actor.graphql_with(CREATE, input("Rekomendasi", 1)).await.ok();
    assert_eq!(actor.graphql_with(CREATE, input(" Sertifikat ", 3)).await.broken_rules(), ["name TAKEN"]);
    let list = "{ uploadTypes { name } }";
    let names = json!([{ "name": "Rekomendasi" }, { "name": "Sertifikat" }]);
    assert_eq!(app.anonymous().graphql(list).await.ok()["uploadTypes"], names);

    let changed = actor.graphql_with(UPDATE, json!({ "input": { "id": id, "position": 0 } })).await.ok();
    assert_eq!(changed["updateUploadType"]["uploadType"], json!({ "name": "Sertifikat", "position": 0 }));
    let taken = json!({ "input": { "id": id, "name": "Rekomendasi" } });
    assert_eq!(actor.graphql_with(UPDATE, taken).await.broken_rules(), ["name TAKEN"]);

    let on = json!({ "input": { "id": id } });
    for (query, variables) in [(CREATE, input("Baru", 1)), (UPDATE, on.clone()), (DELETE, on.clone())] {
        assert_eq!(app.anonymous().graphql_with(query, variables.clone()).await.code(), "UNAUTHENTICATED");
        assert_eq!(app.as_user(&reader).graphql_with(query, variables).await.code(), "FORBIDDEN");
    }
    actor.graphql_with(DELETE, on.clone()).await.ok();
    assert_eq!(actor.graphql_with(DELETE, on.clone()).await.code(), "NOT_FOUND");
    assert_eq!(actor.graphql_with(UPDATE, on).await.code(), "NOT_FOUND");
    assert_eq!(app.anonymous().graphql(list).await.ok()["uploadTypes"], json!([{ "name": "Rekomendasi" }]));
}
