//! Large tables, quickly: rows that the database makes up itself. The higher a row's number, the later it is in every order.

use chrono::{DateTime, Months, Utc};
use gerbang::tracking::click::months::make_months;
use gerbang_platform::db::Db;
use sea_orm::{ConnectionTrait, DbBackend};

use super::{OWN, ROWS};

/// What rows of the others refer to, once.
const SINGLE: &[(&str, &str, &str)] = &[
    (
        "services",
        "id, name, description, fees, tasks, fee_form, status, position, created_at, updated_at",
        "{n}, {n}, '', {list}, {list}, 'list', 'open', n, {at}, {at}",
    ),
    ("upload_types", "id, name, position, created_at, updated_at", "{uuid}, {n}, n, {at}, {at}"),
    (
        "scholarship_periods",
        "id, year, registration_opens_at, registration_closes_at, starts_at, ends_at, created_at, updated_at",
        "{uuid}, {n}, {at}, {later}, {at}, {at}, {at}, {at}",
    ),
];

/// Columns and their values for row `n`; `{owner}` is whose it is.
const TABLES: &[(&str, &str, &str)] = &[
    (
        "partners",
        "id, name, email, created_at, updated_at",
        "n, 'name ' || {n}, {n} || '@partner.test', {at}, {at}",
    ),
    (
        "users",
        "id, uuid, realm, role, legacy_id, name, email, email_key, username, username_key, code, password_hash, status,
            created_at, updated_at",
        "n, {uuid}, {realm}, 'employee', n, 'name ' || {n}, {n} || '@user.test', {n} || '@user.test', {n}, {n}, {n}, '',
            'active', {at}, {at}",
    ),
    (
        "invitations",
        "id, realm, email, email_key, role, code_hash, invited_by, expires_in_minutes, expires_at, created_at, updated_at",
        "n, {realm}, {n} || '@guest.test', {n} || '@guest.test', 'employee', {n}, {owner}, 60, {at}, {at}, {at}",
    ),
    (
        "clients",
        "id, partner_id, name, email, status, created_at, updated_at",
        "n, {owner}, 'name ' || {n}, {n} || '@client.test', 'invited', {at}, {at}",
    ),
    (
        "orders",
        "id, service_id, customer_id, status, total, created_at, updated_at",
        "n, '0000001', {owner}, 'placed', n, {at}, {at}",
    ),
    (
        "applicants",
        "id, user_id, birth_place, birth_date, father_name, father_occupation, mother_name, mother_occupation,
            parents_income, address, created_at, updated_at",
        "{uuid}, n, '', '2000-01-01', '', '', '', '', n, '', {at}, {at}",
    ),
    (
        "documents",
        "id, applicant_id, name, file_path, content_type, size, published, review_status, created_at, updated_at",
        "{uuid}, {applicant}, {n}, {n}, 'application/pdf', 1, {true}, 'pending', {at}, {at}",
    ),
    (
        "additional_uploads",
        "id, applicant_id, upload_type_id, file_path, content_type, size, created_at, updated_at",
        "{uuid}, {applicant}, '00000001-0000-7000-8000-000000000000', {n}, 'application/pdf', 1, {at}, {at}",
    ),
    (
        "scholarship_applications",
        "id, period_id, applicant_id, status, created_at, updated_at",
        "{uuid}, '00000001-0000-7000-8000-000000000000', {uuid}, 'submitted', {at}, {at}",
    ),
    (
        "notifications",
        "id, user_id, title, message, created_at, updated_at",
        "{uuid}, {owner}, '', '', {at}, {at}",
    ),
    (
        "payment_orders",
        "id, order_id, realm, provider, amount, currency, status, late_payment, reversed, created_at, updated_at",
        "n, {n}, {realm}, 'midtrans', 1, 'IDR', 'pending', {false}, {false}, {at}, {at}",
    ),
    (
        "webhook_events",
        "id, provider, event_key, order_id, payment_id, realm, provider_status, status, body, headers, received_at, created_at,
            updated_at",
        "n, 'midtrans', {n}, {n}, n, {realm}, 'settlement', 'applied', '', {object}, {at}, {at}, {at}",
    ),
    ("networks", "id, name, allow_unsigned, created_at, updated_at", "n, {n}, {true}, {at}, {at}"),
    (
        "offers",
        "id, name, url, payout_micros, currency, network_id, active, created_at, updated_at",
        "n, 'name ' || {n}, '', n, 'USD', 1, {true}, {at}, {at}",
    ),
    ("sub_ids", "id, affiliate_id, offer_id, created_at, updated_at", "{n}, {owner}, 1, {at}, {at}"),
    (
        "clicks",
        "id, click_id, sub_id, affiliate_id, offer_id, device_type, is_bot, is_unique, created_at",
        "n, {n}, '0000001', {owner}, 1, 'mobile', {false}, {true}, {at}",
    ),
    (
        "leads",
        "id, click_id, affiliate_id, sub_id, network_id, status, payout_micros, currency, created_at, updated_at",
        "n, n, {owner}, '0000001', 1, 'pending', 1, 'USD', {at}, {at}",
    ),
    (
        "client_errors",
        "id, message, level, created_at",
        "n, '', {n}, {at}",
    ),
    (
        "audit_entries",
        "id, kind, action, outcome, realm, actor_id, created_at",
        "n, 'admin', '', 'OK', {realm}, {owner}, {at}",
    ),
    (
        "legacy_usage",
        "id, realm, api, operation, client, requests, created_at, updated_at",
        "n, {realm}, '', {n}, '', n, {at}, {at}",
    ),
];

const COUNT_ALWAYS: &str = "DO $$ DECLARE counted record; BEGIN
    FOR counted IN SELECT tgrelid::regclass AS name, tgname FROM pg_trigger WHERE tgname LIKE 'count_insert%' LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', counted.name, counted.tgname);
    END LOOP; END $$";

/// Fills every table that a list shows.
pub(super) async fn all(db: &Db) {
    let backend = db.backend();
    let transaction = db.begin().await.unwrap();
    if backend == DbBackend::Postgres {
        // What refers to what is right, and to check it takes longer than all the rest.
        transaction.execute_unprepared("SET LOCAL session_replication_role = replica").await.unwrap();
        // Nor is it measured how long this takes: all words of 100,000 users go into the index of a search.
        transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await.unwrap();
        transaction.execute_unprepared(COUNT_ALWAYS).await.unwrap();
    }
    // The clicks are of two months, whose pages are of both.
    let first: DateTime<Utc> = "2026-01-31T00:00:00Z".parse().unwrap();
    make_months(&transaction, first, first + Months::new(1)).await.unwrap();
    let single = SINGLE.iter().map(|table| (1, table));
    for (rows, (table, columns, values)) in single.chain(TABLES.iter().map(|table| (ROWS, table))) {
        let values = values.split_whitespace().collect::<Vec<_>>().join(" ");
        let values = placeholders(backend).iter().fold(values, |values, (name, sql)| values.replace(name, sql));
        let numbers = match backend {
            DbBackend::Postgres => format!("SELECT n FROM generate_series(1, {rows}) AS s (n)"),
            _ => format!(
                "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s"
            ),
        };
        let insert = format!("INSERT INTO {table} ({columns}) SELECT {values} FROM ({numbers}) AS numbers");
        transaction.execute_unprepared(&insert).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    transaction.execute_unprepared("ANALYZE").await.unwrap();
    transaction.commit().await.unwrap();
}

fn placeholders(backend: DbBackend) -> Vec<(&'static str, String)> {
    let owner = format!("((n - 1) / {OWN} + 1)");
    let (seven, hex, time): (&str, fn(&str) -> String, fn(&str) -> String) = match backend {
        DbBackend::Postgres => (
            "lpad(n::text, 7, '0')",
            |n| format!("lpad(to_hex({n}), 8, '0')"),
            |n| format!("(timestamptz '2026-01-31 00:00:00Z' + {n} * interval '1 second')"),
        ),
        _ => (
            "printf('%07d', n)",
            |n| format!("printf('%08x', {n})"),
            |n| format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 1769817600 + {n}, 'unixepoch')"),
        ),
    };
    let uuid = |n: &str| format!("({} || '-0000-7000-8000-000000000000')", hex(n));
    // Those of all realms come mixed.
    let realm = "CASE n % 5 WHEN 0 THEN 'apextrack' WHEN 1 THEN 'notary' WHEN 2 THEN 'talents_mapping'
        WHEN 3 THEN 'scholarship' ELSE 'staff' END";
    let is_postgres = backend == DbBackend::Postgres;
    let of = |postgres: &str, sqlite: &str| if is_postgres { postgres.to_owned() } else { sqlite.to_owned() };
    vec![
        ("{n}", seven.to_owned()),
        ("{at}", time("n")),
        ("{later}", time("(n + 1)")),
        ("{uuid}", uuid("n")),
        ("{applicant}", uuid(&owner)),
        ("{owner}", owner),
        ("{realm}", realm.to_owned()),
        ("{list}", of("'[]'::jsonb", "'[]'")),
        ("{object}", of("'{}'::jsonb", "'{}'")),
        ("{true}", of("true", "1")),
        ("{false}", of("false", "0")),
    ]
}
