//! Every constraint refuses what it must, and is named the same on both databases.

use std::collections::BTreeSet;

use gerbang::{
    accounts::{Realm, Role, sign_up, user, verification},
    audit,
    notary::{order, service},
    outbox,
    payments::{event, order as payment},
    scholarship::{application, document},
    talents::client,
    tracking::{click, lead},
};
use gerbang_platform::{
    db::Db,
    query::constraint::{Violated, violated},
};
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, Statement};

use crate::support::{database::TestDatabase, rows};

/// Table, the column that tells its two rows apart, and the unique columns.
const UNIQUE: &[(&str, &str, &[&str])] = &[
    ("access_tokens", "id", &["token_hash"]),
    ("additional_uploads", "id", &["file_path"]),
    ("applicants", "id", &["user_id"]),
    ("assessment_results", "id", &["client_id"]),
    ("assessment_scores", "typology_code", &["result_id", "rank"]),
    ("clicks", "id", &["click_id"]),
    ("clusters", "code", &["position"]),
    ("documents", "id", &["file_path"]),
    ("invitations", "id", &["code_hash"]),
    ("jwt_sessions", "id", &["current_jti"]),
    ("leads", "id", &["click_id", "txid"]),
    ("legacy_usage", "id", &["api", "operation", "client"]),
    ("networks", "id", &["name"]),
    ("payment_orders", "id", &["order_id"]),
    ("scholarship_applications", "id", &["applicant_id", "period_id"]),
    ("scholarship_periods", "id", &["year"]),
    ("sign_up_attempts", "id", &["code_hash"]),
    ("sign_up_attempts", "id", &["token_id"]),
    ("typologies", "code", &["position"]),
    ("upload_types", "id", &["name"]),
    ("users", "id", &["realm", "code"]),
    ("users", "id", &["realm", "email_key"]),
    ("users", "id", &["realm", "legacy_id"]),
    ("users", "id", &["realm", "phone_key"]),
    ("users", "id", &["realm", "username_key"]),
    ("users", "id", &["uuid"]),
    ("webhook_events", "id", &["provider", "event_key"]),
];

/// Table, the constraint's last words, and a change that it refuses.
const CHECKS: &[(&str, &str, &str)] = &[
    ("applicants", "parents_income", "parents_income = -1"),
    ("assessment_scores", "rank", "rank = 0"),
    ("assessment_scores", "score_tenths", "score_tenths = 1001"),
    ("audit_entries", "kind", "kind = 'x'"),
    ("audit_entries", "realm", "realm = 'x'"),
    ("clicks", "device_type", "device_type = 'x'"),
    ("clients", "gender", "gender = 'x'"),
    ("clients", "status", "status = 'x'"),
    ("documents", "review_status", "review_status = 'x'"),
    ("invitations", "realm", "realm = 'x'"),
    ("invitations", "role", "role = 'x'"),
    ("leads", "payout_micros", "payout_micros = -1"),
    ("leads", "status", "status = 'x'"),
    ("legacy_usage", "realm", "realm = 'x'"),
    ("offers", "payout_micros", "payout_micros = -1"),
    ("orders", "status", "status = 'x'"),
    ("outbox_messages", "channel", "channel = 'x'"),
    ("outbox_messages", "status", "status = 'x'"),
    ("payment_orders", "amount", "amount = -1"),
    ("payment_orders", "provider", "provider = 'x'"),
    ("payment_orders", "realm", "realm = 'x'"),
    ("payment_orders", "status", "status = 'x'"),
    ("realm_counters", "realm", "realm = 'x'"),
    ("scholarship_applications", "status", "status = 'x'"),
    ("scholarship_periods", "window", "registration_closes_at = registration_opens_at"),
    ("services", "fee_form", "fee_form = 'x'"),
    ("services", "status", "status = 'x'"),
    ("sign_up_attempts", "realm", "realm = 'x'"),
    ("sign_up_attempts", "status", "status = 'x'"),
    ("users", "partner", "partner_id = NULL"),
    ("users", "realm", "realm = 'x'"),
    ("users", "role", "role = 'x'"),
    ("users", "status", "status = 'x'"),
    ("verification_codes", "purpose", "purpose = 'x'"),
    ("webhook_events", "provider", "provider = 'x'"),
    ("webhook_events", "realm", "realm = 'x'"),
    ("webhook_events", "status", "status = 'x'"),
];

/// Table and column of every reference, and a value that nothing has.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("access_tokens", "user_id", "0"),
    ("additional_uploads", "applicant_id", "'x'"),
    ("additional_uploads", "upload_type_id", "'x'"),
    ("applicants", "user_id", "0"),
    ("assessment_results", "client_id", "0"),
    ("assessment_scores", "result_id", "0"),
    ("assessment_scores", "typology_code", "'x'"),
    ("click_summaries", "affiliate_id", "0"),
    ("click_summaries", "sub_id", "'x'"),
    ("clicks", "affiliate_id", "0"),
    ("clicks", "offer_id", "0"),
    ("clicks", "sub_id", "'x'"),
    ("clients", "partner_id", "0"),
    ("documents", "applicant_id", "'x'"),
    ("invitations", "accepted_by", "0"),
    ("invitations", "invited_by", "0"),
    ("jwt_sessions", "user_id", "0"),
    ("leads", "affiliate_id", "0"),
    ("leads", "click_id", "0"),
    ("leads", "network_id", "0"),
    ("leads", "sub_id", "'x'"),
    ("notifications", "user_id", "0"),
    ("offers", "network_id", "0"),
    ("orders", "customer_id", "0"),
    ("orders", "service_id", "'x'"),
    ("payment_orders", "user_id", "0"),
    ("scholarship_applications", "applicant_id", "'x'"),
    ("scholarship_applications", "period_id", "'x'"),
    ("sign_up_attempts", "user_id", "0"),
    ("sub_ids", "affiliate_id", "0"),
    ("sub_ids", "offer_id", "0"),
    ("typologies", "cluster_code", "'x'"),
    ("users", "partner_id", "0"),
    ("verification_codes", "user_id", "0"),
    ("webhook_events", "payment_id", "0"),
];

async fn databases_with(rows: u8) -> Vec<(TestDatabase, Db)> {
    let mut ready = Vec::new();
    for database in TestDatabase::each().await {
        let db = database.migrated().await;
        for n in 1..=rows {
            rows::insert(&db, n).await;
        }
        ready.push((database, db));
    }
    ready
}

async fn refusal(db: &Db, sql: &str) -> Option<Violated> {
    let error = db.write().execute_unprepared(sql).await.expect_err(sql);
    violated(&error)
}

/// A month of clicks has a unique constraint of its own, since none of all months can do without `created_at`.
fn of_any_month(name: &str) -> String {
    let Some(of_month) = name.strip_prefix("uq_clicks_") else { return name.to_owned() };
    let columns = of_month.trim_start_matches("default_").trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    format!("uq_clicks_{columns}")
}

/// On PostgreSQL, every constraint of these kinds is in the list of those tried.
async fn assert_complete(db: &Db, kinds: &str, tried: BTreeSet<String>) {
    if db.backend() != DbBackend::Postgres {
        return;
    }
    let sql = format!(
        "SELECT conname::text AS name FROM pg_constraint \
         WHERE contype IN ({kinds}) AND connamespace = 'public'::regnamespace"
    );
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    let made: BTreeSet<String> =
        rows.iter().map(|row| of_any_month(&row.try_get::<String>("", "name").unwrap())).collect();
    assert_eq!(made, tried);
}

#[tokio::test]
async fn unique_values_are_refused_a_second_time() {
    for (_database, db) in databases_with(2).await {
        let mut tried = BTreeSet::new();
        for (table, key, columns) in UNIQUE {
            let name = format!("uq_{table}_{}", columns.join("_"));
            let first = format!("FROM {table} ORDER BY {key} LIMIT 1");
            let changes: Vec<_> =
                columns.iter().map(|column| format!("{column} = (SELECT {column} {first})")).collect();
            let last = format!("(SELECT max({key}) FROM {table})");
            let sql = format!("UPDATE {table} SET {} WHERE {key} = {last}", changes.join(", "));
            let violation = refusal(&db, &sql).await.expect(&sql);
            let Violated::Unique(violated) = &violation else { panic!("{violation:?} instead of {name}") };
            assert_eq!(of_any_month(violated), name);
            tried.insert(name);
        }
        assert_complete(&db, "'u'", tried).await;

        let again = "INSERT INTO settings SELECT * FROM settings";
        assert_eq!(refusal(&db, again).await, Some(Violated::Unique("pk_settings".to_owned())));
    }
}

#[tokio::test]
async fn values_out_of_range_are_refused() {
    for (_database, db) in databases_with(2).await {
        let mut tried = BTreeSet::new();
        for (table, what, change) in CHECKS {
            let name = format!("ck_{table}_{what}");
            assert_eq!(
                refusal(&db, &format!("UPDATE {table} SET {change}")).await,
                Some(Violated::Check(name.clone())),
                "{change}"
            );
            tried.insert(name);
        }
        assert_complete(&db, "'c'", tried).await;
    }
}

#[tokio::test]
async fn foreign_keys_are_enforced() {
    for (_database, db) in databases_with(1).await {
        let mut tried = BTreeSet::new();
        for (table, column, value) in REFERENCES {
            let sql = format!("UPDATE {table} SET {column} = {value}");
            assert_eq!(refusal(&db, &sql).await, Some(Violated::ForeignKey), "{sql}");
            tried.insert(format!("fk_{table}_{column}"));
        }
        // That of leads to clicks is a trigger.
        assert_complete(&db, "'f', 't'", tried).await;

        for sql in ["DELETE FROM partners", "DELETE FROM services", "DELETE FROM users", "DELETE FROM clicks"] {
            assert_eq!(refusal(&db, sql).await, Some(Violated::ForeignKey), "{sql}");
        }
        // A client goes with the result, which goes with its scores.
        db.write().execute_unprepared("DELETE FROM clients").await.unwrap();
        let left = "SELECT count(*) AS n FROM assessment_scores";
        let left = db.read().query_one_raw(Statement::from_string(db.backend(), left)).await.unwrap().unwrap();
        assert_eq!(left.try_get::<i64>("", "n").unwrap(), 0);
    }
}

#[tokio::test]
async fn every_value_of_an_enum_is_allowed() {
    async fn allowed<E: ActiveEnum<Value = String>>(db: &Db, table: &str, column: &str) {
        for word in E::values() {
            let sql = format!("UPDATE {table} SET {column} = '{word}'");
            db.write().execute_unprepared(&sql).await.expect(&sql);
        }
    }

    for (_database, db) in databases_with(2).await {
        for table in [
            "users",
            "realm_counters",
            "sign_up_attempts",
            "invitations",
            "legacy_usage",
            "audit_entries",
            "payment_orders",
            "webhook_events",
        ] {
            allowed::<Realm>(&db, table, "realm").await;
        }
        allowed::<audit::row::AuditKind>(&db, "audit_entries", "kind").await;
        allowed::<Role>(&db, "users", "role").await;
        allowed::<Role>(&db, "invitations", "role").await;
        allowed::<user::row::Status>(&db, "users", "status").await;
        allowed::<verification::row::Purpose>(&db, "verification_codes", "purpose").await;
        allowed::<sign_up::row::Status>(&db, "sign_up_attempts", "status").await;
        allowed::<outbox::row::Channel>(&db, "outbox_messages", "channel").await;
        allowed::<outbox::row::Status>(&db, "outbox_messages", "status").await;
        allowed::<client::row::Gender>(&db, "clients", "gender").await;
        allowed::<client::row::Status>(&db, "clients", "status").await;
        allowed::<click::row::DeviceType>(&db, "clicks", "device_type").await;
        allowed::<lead::row::Status>(&db, "leads", "status").await;
        allowed::<service::row::FeeForm>(&db, "services", "fee_form").await;
        allowed::<service::row::Status>(&db, "services", "status").await;
        allowed::<order::row::Status>(&db, "orders", "status").await;
        allowed::<document::row::ReviewStatus>(&db, "documents", "review_status").await;
        allowed::<application::row::Status>(&db, "scholarship_applications", "status").await;
        allowed::<payment::row::Provider>(&db, "payment_orders", "provider").await;
        allowed::<payment::row::Provider>(&db, "webhook_events", "provider").await;
        allowed::<payment::row::Status>(&db, "payment_orders", "status").await;
        allowed::<event::row::Status>(&db, "webhook_events", "status").await;
    }
}
