//! The summary that anybody may see.

use chrono::{DateTime, TimeDelta, Utc};
use gerbang::{
    accounts::{Realm, Role},
    payments::order::{
        self,
        row::{Provider, Status},
    },
    talents::{assessment, client},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};

use crate::support::{TestApp, database::TestDatabase};

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

async fn added(app: &TestApp, client: i64, time: &str) {
    let row = client::row::ActiveModel { id: Set(client), created_at: Set(at(time).into()), ..Default::default() };
    row.update(app.domain.db.write()).await.unwrap();
}

async fn assessed(app: &TestApp, result: i64, time: &str) {
    let row = assessment::result_row::ActiveModel { id: Set(result), assessed_at: Set(at(time)), ..Default::default() };
    row.update(app.domain.db.write()).await.unwrap();
}

async fn paid(app: &TestApp, order_id: &str, realm: Realm, (provider, status): (Provider, Status), amount: i64) {
    let row = order::row::ActiveModel {
        order_id: Set(order_id.to_owned()),
        realm: Set(realm),
        provider: Set(provider),
        amount: Set(amount),
        currency: Set("IDR".to_owned()),
        status: Set(status),
        late_payment: Set(false),
        reversed: Set(false),
        created_at: Set(app.clock.now().into()),
        updated_at: Set(app.clock.now().into()),
        ..Default::default()
    };
    row.insert(app.domain.db.write()).await.unwrap();
}

#[tokio::test]
async fn counts_cover_the_period_only() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        app.partner("Satu").await;
        for (name, time) in
            [("A", "2025-11-30T23:59:59.999999Z"), ("B", "2025-12-01T00:00:00Z"), ("C", "2026-02-02T12:00:00Z")]
        {
            let client = app.client(1, name).await;
            added(&app, client, time).await;
        }
        let result = app.assess(1).await;
        assessed(&app, result, "2025-12-31T23:59:59Z").await;
        let report = async |arguments: &str| {
            let query = format!(
                "{{ summaryReport{arguments} {{ partners clients assessments months {{ month clients assessments }} payments {{ total }} }} }}"
            );
            app.anonymous().graphql(&query).await.ok()["summaryReport"].take()
        };
        assert_eq!(
            report("").await,
            json!({
                "partners": 1, "clients": 3, "assessments": 1,
                "months": [
                    { "month": "2025-11", "clients": 1, "assessments": 0 },
                    { "month": "2025-12", "clients": 1, "assessments": 1 },
                    { "month": "2026-01", "clients": 0, "assessments": 0 },
                    { "month": "2026-02", "clients": 1, "assessments": 0 }
                ],
                "payments": null
            })
        );
        assert_eq!(
            report(r#"(from: "2025-12-01", to: "2025-12-31")"#).await,
            json!({
                "partners": 0, "clients": 1, "assessments": 1,
                "months": [{ "month": "2025-12", "clients": 1, "assessments": 1 }],
                "payments": null
            })
        );
        let report = report(r#"(from: "2025-09-15", to: "2025-11-30")"#).await;
        assert_eq!((&report["clients"], &report["assessments"]), (&json!(1), &json!(0)));
        let months: Vec<_> =
            report["months"].as_array().unwrap().iter().map(|month| month["month"].as_str().unwrap()).collect();
        assert_eq!(months, ["2025-09", "2025-10", "2025-11"]);
    }
}

#[tokio::test]
async fn an_empty_installation_has_no_months() {
    let app = TestApp::new().await;
    let report = app.anonymous().graphql("{ summaryReport { partners months { month } } }").await.ok();
    assert_eq!(report, json!({ "summaryReport": { "partners": 0, "months": [] } }));
    // Not even a clock that stands in another century makes the list long.
    app.clock.advance(TimeDelta::days(365 * 100));
    app.partner("Satu").await;
    let client = app.client(1, "A").await;
    added(&app, client, "1999-12-31T00:00:00Z").await;
    let report = app.anonymous().graphql("{ summaryReport { months { month } } }").await.ok();
    assert_eq!(report["summaryReport"]["months"].as_array().unwrap().len(), 121);
}

#[tokio::test]
async fn a_reversed_or_too_long_period_is_refused() {
    let app = TestApp::new().await;
    for (arguments, rule) in [
        (r#"from: "2026-01-02", to: "2026-01-01""#, "to BEFORE_START"),
        (r#"from: "2000-01-01", to: "2026-01-01""#, "from PERIOD_TOO_LONG"),
        (r#"from: "2016-02-02""#, "from PERIOD_TOO_LONG"),
    ] {
        let answer = app.anonymous().graphql(&format!("{{ summaryReport({arguments}) {{ partners }} }}")).await;
        assert_eq!(answer.broken_rules(), [rule]);
    }
    for date in ["2026-13-01", "yesterday", "", "01-01-2026"] {
        let answer = app.anonymous().graphql(&format!(r#"{{ summaryReport(from: "{date}") {{ partners }} }}"#)).await;
        assert!(answer.errors.is_array(), "{date}: {answer:?}");
    }
}

#[tokio::test]
async fn payments_are_for_admins() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let realm = Realm::TalentsMapping;
        paid(&app, "1", realm, (Provider::Midtrans, Status::Paid), 150_000).await;
        paid(&app, "2", realm, (Provider::Midtrans, Status::Paid), 5_000_000_000).await;
        paid(&app, "3", realm, (Provider::Doku, Status::Pending), 7).await;
        paid(&app, "4", Realm::Scholarship, (Provider::Xendit, Status::Paid), 9).await;
        let query = "{ summaryReport { payments { provider status count total } } }";
        let expected = json!([
            { "provider": "DOKU", "status": "PENDING", "count": 1, "total": 7 },
            { "provider": "MIDTRANS", "status": "PAID", "count": 2, "total": 5_000_150_000_i64 },
        ]);
        for (realm, role, seen) in [
            (Realm::TalentsMapping, Role::Admin, &expected),
            (Realm::Staff, Role::Admin, &expected),
            (Realm::Staff, Role::Employee, &Value::Null),
            (Realm::Scholarship, Role::Admin, &Value::Null),
        ] {
            let user = app.user(realm, role).await;
            let report = app.as_user(&user).graphql(query).await.ok();
            assert_eq!(&report["summaryReport"]["payments"], seen, "{realm:?} {role:?}");
        }
        assert_eq!(app.anonymous().graphql(query).await.ok()["summaryReport"]["payments"], Value::Null);
    }
}
