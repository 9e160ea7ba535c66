//! Applications: in the window, with a profile, once; decided on by admins.

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role},
    events::{Event, Topic},
    scholarship::application,
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{APPLY, admin, applicant, newcomer, open_period};
use crate::support::TestApp;

const MINE: &str = "{ myScholarshipApplication { status decisionNote period { year legacyId } applicant { id } } }";
const DECIDE: &str = "mutation($input: DecideApplicationInput!) {
    decideApplication(input: $input) { scholarshipApplication { status decisionNote } }
}";

fn to(period: &str) -> Value {
    json!({ "input": { "periodId": period } })
}

#[tokio::test]
async fn an_applicant_applies_once_in_each_period() {
    let app = TestApp::new().await;
    let (admin, user) = (admin(&app).await, applicant(&app).await);
    let actor = app.as_user(&user);
    let (first, second) = (open_period(&app, &admin, "2026").await, open_period(&app, &admin, "2027").await);
    assert_eq!(actor.graphql(MINE).await.ok(), json!({ "myScholarshipApplication": null }));

    let own = actor.graphql("{ applicant { id legacyId } }").await.ok()["applicant"].take();
    let mut named = to(&format!("scholarshipPeriod_{first}"));
    named["input"]["applicant"] = own["legacyId"].clone();
    let applied = actor.graphql_with(APPLY, named).await.ok();
    let applied = &applied["applyForScholarship"]["scholarshipApplication"];
    assert_eq!(
        (&applied["status"], &applied["periodId"], &applied["applicantId"]),
        (&json!("SUBMITTED"), &json!(format!("scholarshipPeriod_{first}")), &own["id"])
    );
    assert_eq!(actor.graphql_with(APPLY, to(&first)).await.broken_rules(), ["periodId ALREADY_APPLIED"]);
    app.clock.advance(TimeDelta::seconds(1));
    actor.graphql_with(APPLY, to(&second)).await.ok();
    let newest = actor.graphql(MINE).await.ok()["myScholarshipApplication"].take();
    assert_eq!(newest["period"], json!({ "year": "2027", "legacyId": second }));
    assert_eq!(newest["applicant"]["id"], own["id"]);
}

#[tokio::test]
async fn applying_needs_a_profile_and_an_open_window() {
    let app = TestApp::new().await;
    let (admin, user, newcomer) = (admin(&app).await, applicant(&app).await, newcomer(&app).await);
    let period = open_period(&app, &admin, "2026").await;
    assert_eq!(app.anonymous().graphql_with(APPLY, to(&period)).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&admin).graphql_with(APPLY, to(&period)).await.code(), "FORBIDDEN");
    assert_eq!(
        app.as_user(&newcomer).graphql_with(APPLY, to("nonsense")).await.broken_rules(),
        ["applicant PROFILE_REQUIRED", "periodId EXISTS"]
    );
    let unknown = to("0190a5b0-0000-7000-8000-000000000001");
    assert_eq!(app.as_user(&user).graphql_with(APPLY, unknown).await.broken_rules(), ["periodId EXISTS"]);
    let mut foreign = to(&period);
    foreign["input"]["applicant"] = json!("0190a5b0-0000-7000-8000-000000000001");
    assert_eq!(app.as_user(&user).graphql_with(APPLY, foreign).await.broken_rules(), ["applicant EXISTS"]);

    // The window is until midnight, which is its last moment.
    app.clock.advance(TimeDelta::seconds(19 * 3_600 + 54 * 60 + 54) + TimeDelta::microseconds(1));
    let late = app.as_user(&user).graphql_with(APPLY, to(&period)).await;
    assert_eq!(late.broken_rules(), ["periodId REGISTRATION_CLOSED"]);
    app.clock.advance(TimeDelta::microseconds(-1));
    app.as_user(&user).graphql_with(APPLY, to(&period)).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_concurrent_applications_one_is_stored() {
    let app = TestApp::with(|config| config.database.connections = 8).await;
    let (admin, user) = (admin(&app).await, applicant(&app).await);
    let period = open_period(&app, &admin, "2026").await;
    let actor = app.as_user(&user);
    let answers = futures_util::future::join_all((0..16).map(|_| actor.graphql_with(APPLY, to(&period)))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.errors.is_null());
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| answer.broken_rules() == ["periodId ALREADY_APPLIED"]));
    assert_eq!(application::row::Entity::find().count(app.domain.db.read()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_decision_notifies_the_applicant() {
    let app = TestApp::new().await;
    let (admin, user) = (admin(&app).await, applicant(&app).await);
    let period = open_period(&app, &admin, "2026").await;
    let applied = app.as_user(&user).graphql_with(APPLY, to(&period)).await.ok();
    let id = &applied["applyForScholarship"]["scholarshipApplication"]["id"];
    let decision = |status: &str, note: Value| json!({ "input": { "id": id, "status": status, "note": note } });
    let pending = decision("PENDING", Value::Null);
    assert_eq!(app.anonymous().graphql_with(DECIDE, pending.clone()).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&user).graphql_with(DECIDE, pending.clone()).await.code(), "FORBIDDEN");
    let submitted = decision("SUBMITTED", json!("x".repeat(5_001)));
    let broken = app.as_user(&admin).graphql_with(DECIDE, submitted).await;
    assert_eq!(broken.broken_rules(), ["status IN", "note MAX_LENGTH"]);
    let unknown = json!({ "input": { "id": "0190a5b0-0000-7000-8000-000000000001", "status": "PENDING" } });
    assert_eq!(app.as_user(&admin).graphql_with(DECIDE, unknown).await.code(), "NOT_FOUND");

    let mut events = app.domain.events.watch(Topic::Notifications(user.id));
    app.as_user(&admin).graphql_with(DECIDE, pending).await.ok();
    let told = events.next().await.unwrap();
    assert!(matches!(told.as_slice(), [Event::NotificationReceived { user_id, .. }] if *user_id == user.id));
    app.clock.advance(TimeDelta::seconds(1));
    app.as_user(&admin).graphql_with(DECIDE, decision("ACCEPTED", json!(" Selamat! "))).await.ok();
    let mine = app.as_user(&user).graphql(MINE).await.ok()["myScholarshipApplication"].take();
    assert_eq!((&mine["status"], &mine["decisionNote"]), (&json!("ACCEPTED"), &json!("Selamat!")));
    let told = app.as_user(&user).graphql("{ notifications { nodes { title message } } }").await.ok();
    let title = "Status Aplikasi Diperbarui";
    assert_eq!(
        told["notifications"]["nodes"],
        json!([
            { "title": title, "message": "Status aplikasi beasiswa Anda telah diperbarui menjadi 'accepted'. Catatan: Selamat!" },
            { "title": title, "message": "Status aplikasi beasiswa Anda telah diperbarui menjadi 'pending'." },
        ])
    );
}

#[tokio::test]
async fn applications_are_visible_to_their_applicant_and_admins() {
    let app = TestApp::new().await;
    let (admin, one, other) = (admin(&app).await, applicant(&app).await, applicant(&app).await);
    let (first, second) = (open_period(&app, &admin, "2026").await, open_period(&app, &admin, "2027").await);
    for (user, period) in [(&one, &first), (&other, &first), (&one, &second)] {
        app.as_user(user).graphql_with(APPLY, to(period)).await.ok();
        app.clock.advance(TimeDelta::seconds(1));
    }
    let list = "{ scholarshipApplications { totalCount nodes { id applicant { user { name } } } } }";
    let all = app.as_user(&admin).graphql(list).await.ok()["scholarshipApplications"].take();
    assert_eq!((&all["totalCount"], &all["nodes"][1]["applicant"]["user"]["name"]), (&json!(3), &json!(other.name)));
    assert_eq!(app.as_user(&one).graphql(list).await.ok()["scholarshipApplications"]["totalCount"], 2);
    assert_eq!(app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    let stranger = app.user(Realm::TalentsMapping, Role::Admin).await;
    assert_eq!(app.as_user(&stranger).graphql(list).await.code(), "FORBIDDEN");

    let page = format!(
        "{{ scholarshipApplications(first: 1, direction: DESC, filter: {{ periodId: \"{first}\", status: SUBMITTED }}) {{
            totalCount nodes {{ id }} pageInfo {{ hasNextPage }}
        }} }}"
    );
    let page = app.as_user(&admin).graphql(&page).await.ok()["scholarshipApplications"].take();
    assert_eq!(
        (&page["totalCount"], &page["nodes"][0]["id"], &page["pageInfo"]["hasNextPage"]),
        (&json!(2), &all["nodes"][1]["id"], &json!(true))
    );
    let none =
        "{ scholarshipApplications(filter: { periodId: \"0190a5f0-7a3c-7c1e-9a52-0d8f5b8a3c11\" }) { totalCount } }";
    assert_eq!(app.as_user(&admin).graphql(none).await.ok()["scholarshipApplications"]["totalCount"], 0);

    let id = &all["nodes"][1]["id"];
    let query = format!("{{ scholarshipApplication(id: {id}) {{ id }} node(id: {id}) {{ id }} }}");
    let nothing = json!({ "scholarshipApplication": null, "node": null });
    assert_eq!(app.as_user(&one).graphql(&query).await.ok(), nothing);
    assert_eq!(app.as_user(&other).graphql(&query).await.ok()["node"]["id"], *id);
}
