//! Profiles: one each, kept by their owner, seen by admins.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use super::{APPLY, CREATE_PROFILE, admin, applicant, newcomer, open_period, profile};
use crate::support::{TestApp, database::TestDatabase};

const UPDATE: &str = "mutation($input: UpdateApplicantInput!) {
    updateApplicant(input: $input) { applicant { fatherOccupation motherOccupation parentsIncome birthDate } }
}";

#[tokio::test]
async fn an_applicant_creates_one_profile_and_updates_parts_of_it() {
    let app = TestApp::new().await;
    let user = newcomer(&app).await;
    let actor = app.as_user(&user);
    assert_eq!(actor.graphql("{ applicant { id } }").await.ok(), json!({ "applicant": null }));
    assert_eq!(actor.graphql_with(UPDATE, json!({ "input": {} })).await.code(), "NOT_FOUND");

    let mut named = profile();
    named["input"]["user"] = json!(user.uuid.to_string());
    let created = actor.graphql_with(CREATE_PROFILE, named).await.ok()["createApplicant"]["applicant"].take();
    let mut expected = profile()["input"].clone();
    expected["id"] = created["id"].clone();
    expected["legacyId"] = created["legacyId"].clone();
    expected["user"] = json!({ "legacyId": user.uuid.to_string() });
    assert_eq!(created, expected);
    assert_eq!(created["id"], format!("applicant_{}", created["legacyId"].as_str().unwrap()));

    assert_eq!(actor.graphql_with(CREATE_PROFILE, profile()).await.broken_rules(), ["user PROFILE_EXISTS"]);
    let changes = json!({ "input": { "fatherOccupation": " Pegawai Swasta ", "parentsIncome": 6_000_000 } });
    assert_eq!(
        actor.graphql_with(UPDATE, changes).await.ok()["updateApplicant"]["applicant"],
        json!({
            "fatherOccupation": "Pegawai Swasta", "motherOccupation": "Guru", "parentsIncome": 6_000_000,
            "birthDate": "2005-05-15"
        })
    );
    let blank = json!({ "input": { "address": " ", "birthDate": null, "parentsIncome": -1, "motherName": null } });
    let broken = actor.graphql_with(UPDATE, blank).await;
    assert_eq!(
        broken.broken_rules(),
        ["motherName REQUIRED", "address REQUIRED", "parentsIncome MIN", "birthDate REQUIRED"]
    );
}

#[tokio::test]
async fn applicants_have_access_to_their_own_profile_only() {
    let app = TestApp::new().await;
    let (admin, user) = (admin(&app).await, newcomer(&app).await);
    assert_eq!(app.anonymous().graphql_with(CREATE_PROFILE, profile()).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.anonymous().graphql("{ applicant { id } }").await.code(), "UNAUTHENTICATED");
    let stranger = app.user(Realm::Notary, Role::Customer).await;
    for other in [&admin, &stranger] {
        assert_eq!(app.as_user(other).graphql_with(CREATE_PROFILE, profile()).await.code(), "FORBIDDEN");
        assert_eq!(app.as_user(other).graphql_with(UPDATE, json!({ "input": {} })).await.code(), "FORBIDDEN");
    }
    for other in [admin.uuid.to_string(), format!("user_{}", admin.id), "x".to_owned()] {
        let mut foreign = profile();
        foreign["input"]["user"] = json!(other);
        assert_eq!(app.as_user(&user).graphql_with(CREATE_PROFILE, foreign).await.broken_rules(), ["user EXISTS"]);
    }
    let mut long = profile();
    long["input"]["birthPlace"] = json!("x".repeat(256));
    long["input"]["parentsIncome"] = json!(-5);
    let broken = app.as_user(&user).graphql_with(CREATE_PROFILE, long).await;
    assert_eq!(broken.broken_rules(), ["birthPlace MAX_LENGTH", "parentsIncome MIN"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_profiles_one_is_stored() {
    let app = TestApp::with(|config| config.database.connections = 8).await;
    let user = newcomer(&app).await;
    let actor = app.as_user(&user);
    let answers = futures_util::future::join_all((0..16).map(|_| actor.graphql_with(CREATE_PROFILE, profile()))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.errors.is_null());
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| answer.broken_rules() == ["user PROFILE_EXISTS"]));
}

#[tokio::test]
async fn admins_page_through_applicants_and_nobody_else_sees_another() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let mut users = Vec::new();
    for _ in 0..3 {
        users.push(applicant(&app).await);
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let page = async |arguments: &str| {
        let query = format!(
            "{{ applicants({arguments}) {{ totalCount nodes {{ legacyId user {{ name }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        app.as_user(&admin).graphql(&query).await.ok()["applicants"].take()
    };
    let names = |page: &Value| {
        let nodes = page["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["user"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = page("first: 2").await;
    assert_eq!((names(&first), &first["totalCount"]), (vec![users[0].name.clone(), users[1].name.clone()], &json!(3)));
    let rest = page(&format!("first: 2, after: {}", first["pageInfo"]["endCursor"])).await;
    assert_eq!((names(&rest), &rest["pageInfo"]["hasNextPage"]), (vec![users[2].name.clone()], &json!(false)));
    let found = page(&format!("filter: {{ search: \"{}\" }}", users[1].email.to_uppercase())).await;
    assert_eq!(names(&found), [users[1].name.clone()]);

    assert_eq!(app.anonymous().graphql("{ applicants { totalCount } }").await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&users[0]).graphql("{ applicants { totalCount } }").await.code(), "FORBIDDEN");
    let id = found["nodes"][0]["legacyId"].as_str().unwrap();
    let query = format!("{{ applicant(id: \"{id}\") {{ legacyId }} node(id: \"applicant_{id}\") {{ id }} }}");
    assert_eq!(app.as_user(&users[0]).graphql(&query).await.ok(), json!({ "applicant": null, "node": null }));
    let own = app.as_user(&users[1]).graphql(&query).await.ok();
    assert_eq!((&own["applicant"]["legacyId"], own["node"].is_null()), (&json!(id), false));
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_number_of_applicants() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let count = async || {
        let mut counts = Vec::new();
        for fields in [
            "user { name }",
            "documents(first: 5) { totalCount nodes { name url applicant { id } } }",
            "additionalUploads(first: 5) { nodes { uploadType { name } } }",
            "applications(first: 5) { nodes { status period { year } applicant { user { name } } } }",
        ] {
            let before = app.statements();
            app.as_user(&admin).graphql(&format!("{{ applicants(first: 50) {{ nodes {{ {fields} }} }} }}")).await.ok();
            counts.push(app.statements() - before);
        }
        counts
    };
    let period = open_period(&app, &admin, "2026").await;
    let add = async || {
        let user = applicant(&app).await;
        let apply = json!({ "input": { "periodId": period } });
        app.as_user(&user).graphql_with(APPLY, apply).await.ok();
        super::files::hand_in(&app, &user, "Rapor").await;
        super::files::add_certificate(&app, &admin, &user).await;
    };
    add().await;
    let few = count().await;
    for _ in 0..4 {
        add().await;
    }
    assert_eq!(count().await, few);
}

#[tokio::test]
async fn an_income_is_a_whole_number_up_to_the_largest_safe_one() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let user = newcomer(&app).await;
        let actor = app.as_user(&user);
        let income = |income: Value| {
            let mut profile = profile();
            profile["input"]["parentsIncome"] = income;
            profile
        };
        for too_large in [json!(9_007_199_254_740_992_i64), json!(i64::MAX), json!(u64::MAX)] {
            let answer = actor.graphql_with(CREATE_PROFILE, income(too_large)).await;
            assert_eq!(answer.broken_rules(), ["parentsIncome MAX"]);
        }
        for no_number in [json!("5000000"), json!(1.5), json!(true), json!([1])] {
            assert_eq!(actor.graphql_with(CREATE_PROFILE, income(no_number)).await.code(), "BAD_USER_INPUT");
        }
        actor.graphql_with(CREATE_PROFILE, income(json!(3_000_000_000_i64))).await.ok();
        let shown = actor.graphql("{ applicant { parentsIncome } }").await.ok();
        assert_eq!(shown["applicant"]["parentsIncome"].to_string(), "3000000000");
        let literal =
            "mutation { updateApplicant(input: { parentsIncome: 9007199254740991 }) { applicant { parentsIncome } } }";
        let most = actor.graphql(literal).await.ok();
        assert_eq!(most["updateApplicant"]["applicant"]["parentsIncome"].to_string(), "9007199254740991");
    }
}
