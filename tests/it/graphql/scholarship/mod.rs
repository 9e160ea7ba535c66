//! The scholarship: periods, profiles, files and applications.

mod applicants;
mod applications;
mod files;
mod periods;

use gerbang::accounts::{Realm, Role, user};
use serde_json::{Value, json};

use crate::support::TestApp;

const CREATE_PROFILE: &str = "mutation($input: CreateApplicantInput!) {
    createApplicant(input: $input) {
        applicant { id legacyId birthPlace birthDate fatherName fatherOccupation motherName motherOccupation parentsIncome address
            user { legacyId } }
    }
}";
const CREATE_PERIOD: &str = "mutation($input: CreateScholarshipPeriodInput!) {
    createScholarshipPeriod(input: $input) { scholarshipPeriod { id legacyId year isRegistrationOpen registrationClosesAt } }
}";
const APPLY: &str = "mutation($input: ApplyForScholarshipInput!) {
    applyForScholarship(input: $input) { scholarshipApplication { id legacyId status periodId applicantId } }
}";

async fn admin(app: &TestApp) -> user::row::Model {
    app.user(Realm::Scholarship, Role::Admin).await
}

/// Somebody without a profile.
async fn newcomer(app: &TestApp) -> user::row::Model {
    app.user(Realm::Scholarship, Role::Applicant).await
}

/// Somebody with a profile.
async fn applicant(app: &TestApp) -> user::row::Model {
    let user = newcomer(app).await;
    app.as_user(&user).graphql_with(CREATE_PROFILE, profile()).await.ok();
    user
}

fn profile() -> Value {
    json!({ "input": {
        "birthPlace": "Jakarta", "birthDate": "2005-05-15", "fatherName": "Budi Santoso", "fatherOccupation": "Wiraswasta",
        "motherName": "Siti Aminah", "motherOccupation": "Guru", "parentsIncome": 5_000_000,
        "address": "Jl. Merdeka No. 123, Jakarta Selatan",
    } })
}

fn window(year: &str, opens: &str, closes: &str) -> Value {
    json!({ "input": {
        "year": year, "registrationOpensAt": opens, "registrationClosesAt": closes,
        "startsAt": "2026-07-15T12:00:00Z", "endsAt": "2027-06-15T12:00:00Z",
    } })
}

/// The UUID of a new period that takes applications on the first day of the test.
async fn open_period(app: &TestApp, admin: &user::row::Model, year: &str) -> String {
    let input = window(year, "2026-02-01T00:00:00Z", "2026-02-04T00:00:00Z");
    let answer = app.as_user(admin).graphql_with(CREATE_PERIOD, input).await.ok();
    answer["createScholarshipPeriod"]["scholarshipPeriod"]["legacyId"].as_str().unwrap().to_owned()
}
