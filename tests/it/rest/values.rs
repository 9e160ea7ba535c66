//! Values that clients send by mistake or on purpose, on every API and on both databases: characters that a database
//! refuses, texts that are nearly numbers, names that nobody sees.

use gerbang::{
    accounts::{Realm, Role, user},
    client_errors,
};
use gerbang_kernel::error::{Error, ErrorCode};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, Statement};
use serde_json::{Value, json};

use crate::support::{TestApp, app::PASSWORD, database::TestDatabase, legacy::Legacy, protocol::Reply};

async fn token(legacy: &Legacy, path: &str, user: &user::row::Model, key: &str) -> String {
    let body = json!({ "login": user.email, "email": user.email, "password": PASSWORD, "device_name": "test" });
    let reply = legacy.post(path).json(body).await;
    reply.body.pointer(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no token: {reply:?}")).to_owned()
}

async fn graphql(legacy: &Legacy, token: Option<&str>, request: Value) -> Reply {
    let call = legacy.post("/graphql");
    let call = if let Some(token) = token { call.token(token) } else { call };
    call.json(request).await
}

#[tokio::test]
async fn no_api_takes_a_nul() {
    let legacy = Legacy::empty().await;
    let invalid = |field: &str| json!({ "message": "The given data was invalid.", "errors": { field: [format!("The {field} format is invalid.")] } });
    let report = "/api/log-client-error";
    for context in [json!({ "a": "\0" }), json!({ "a\0": 1 }), json!([["x\0"]]), json!("\0")] {
        let reply = legacy.post(report).json(json!({ "message": "m", "context": context })).await;
        reply.is(422, invalid("context"));
    }
    legacy.post(report).form("message=m&context[a]=%00").await.is(422, invalid("context"));
    legacy.post(report).form("message=m&context[a%00]=1").await.is(422, invalid("context"));
    legacy.post(report).json(json!({ "message": "a\0b" })).await.is(422, invalid("message"));
    let rows = client_errors::row::Entity::find().count(legacy.app.domain.db.read()).await.unwrap();
    assert_eq!(rows, 0);

    // In a path, and in a link's word.
    for path in ["/api/clients/%00", "/api/v1/office/service/a%00", "/c/a%00", "/storage/documents/%00"] {
        let status = legacy.get(path).send().await.status.as_u16();
        assert!((400..500).contains(&status), "{path}: {status}");
    }

    let admin = legacy.app.user(Realm::Notary, Role::Admin).await;
    let token = token(&legacy, "/api/v1/auth/signin", &admin, "/data/token").await;
    for (tasks, fee) in [(json!(["\0"]), json!(1)), (json!(["a"]), json!([{ "name": "\0", "amount": 1 }]))] {
        let body = json!({ "name": "Akta", "description": "d", "fee": fee, "tasks": tasks });
        let reply = legacy.post("/api/v1/office/service/akta").token(&token).json(body).await;
        reply.says(400, "Invalid input parameters.");
    }
}

#[tokio::test]
async fn graphql_refuses_a_nul_character_in_literals_variables_and_defaults() {
    let legacy = Legacy::empty().await;
    let log = "mutation ($input: LogClientErrorInput!) { logClientError(input: $input) { clientError { id } } }";
    for input in [
        json!({ "message": "a\0" }),
        json!({ "message": "a", "context": { "a": ["\0"] } }),
        json!({ "message": "a", "context": { "\0": 1 } }),
    ] {
        let reply = graphql(&legacy, None, json!({ "query": log, "variables": { "input": input } })).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{reply:?}");
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("U+0000"), "{reply:?}");
    }
    for query in [
        r#"mutation { logClientError(input: { message: "a\u0000" }) { clientError { id } } }"#,
        r#"mutation { logClientError(input: { message: "a", context: { b: "\u0000" } }) { clientError { id } } }"#,
        r#"query ($id: ID! = "client_\u0000") { node(id: $id) { id } }"#,
        r#"{ services { id } node(id: "service_\u0000") { id } }"#,
    ] {
        let reply = graphql(&legacy, None, json!({ "query": query })).await;
        assert_eq!(reply.body["errors"].as_array().map(Vec::len), Some(1), "{reply:?}");
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("U+0000"), "{query}: {reply:?}");
    }
    let rows = client_errors::row::Entity::find().count(legacy.app.domain.db.read()).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn no_refusal_of_a_value_by_a_database_is_internal() {
    const POSTGRES: [(&str, &str); 10] = [
        ("22P05", r#"SELECT '{"a":"\u0000"}'::jsonb"#),
        ("22P02", "SELECT 'x'::bigint"),
        ("22007", "SELECT 'x'::date"),
        ("22008", "SELECT '2026-13-45'::date"),
        ("22003", "SELECT 99999999999999999999::bigint"),
        ("22001", "INSERT INTO short VALUES ('abc')"),
        ("22021", r"SELECT convert_from('\xff'::bytea, 'UTF8')"),
        ("23502", "INSERT INTO clusters (code) VALUES ('x')"),
        ("23514", "INSERT INTO checked VALUES (2)"),
        ("54000", "SELECT array_fill(0, ARRAY[2147483647, 2])"),
    ];
    const SQLITE: [(&str, &str); 3] = [
        ("1299", "INSERT INTO clusters (code) VALUES ('x')"),
        ("275", "INSERT INTO checked VALUES (2)"),
        ("3091", "INSERT INTO strict_numbers VALUES ('x')"),
    ];
    for database in TestDatabase::each().await {
        let db = database.migrated().await;
        let backend = db.backend();
        let checked = "CREATE TABLE checked (a INTEGER, CONSTRAINT ck_checked_a CHECK (a < 2))";
        db.write().execute_unprepared(checked).await.unwrap();
        let cases: &[(&str, &str)] = if backend == DbBackend::Postgres {
            db.write().execute_unprepared("CREATE TABLE short (a VARCHAR(2))").await.unwrap();
            &POSTGRES
        } else {
            db.write().execute_unprepared("CREATE TABLE strict_numbers (a INTEGER) STRICT").await.unwrap();
            &SQLITE
        };
        for (code, sql) in cases {
            let refused = db.write().execute_raw(Statement::from_string(backend, *sql)).await.unwrap_err();
            let error = Error::from(refused);
            assert_eq!(error.code, ErrorCode::BadRequest, "{code}: {error} {:?}", error.cause());
        }
        if backend == DbBackend::Postgres {
            let bound = Statement::from_sql_and_values(backend, "SELECT $1::text", ["a\0".into()]);
            let error = Error::from(db.write().execute_raw(bound).await.unwrap_err());
            assert_eq!(error.code, ErrorCode::BadRequest, "22021: {error}");
        }
    }
}

#[tokio::test]
async fn a_malformed_id_is_not_found() {
    let legacy = Legacy::empty().await;
    let admin = legacy.app.user(Realm::Staff, Role::Admin).await;
    let other =
        legacy.app.user_with(Realm::Staff, Role::Employee, |row| row.legacy_id = sea_orm::ActiveValue::Set(10)).await;
    let token = token(&legacy, "/api/v1/auth/login", &admin, "/token").await;
    let invalid = json!({
        "message": "The given data was invalid.", "errors": { "id": ["The id must be an integer."] }
    });
    let update = "/api/auth/update";
    for id in ["1_0", "1_0_", "_10", "+10", "1e1", "10.0", "1 0", "0x0a", "\u{ff11}0"] {
        let body = json!({ "id": id, "nama": "Changed" });
        legacy.post(update).token(&token).json(body).await.is(422, &invalid);
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("id", id)
            .append_pair("nama", "Changed")
            .finish();
        legacy.post(update).token(&token).form(&form).await.is(422, &invalid);
    }
    let row = user::row::Entity::find_by_id(other.id).one(legacy.app.domain.db.read()).await.unwrap().unwrap();
    assert_eq!(row.name, other.name);
    for id in [json!(10), json!("10"), json!(" 10 ")] {
        let reply = legacy.post(update).token(&token).json(json!({ "id": id, "nama": "Changed" })).await;
        assert_eq!((reply.status.as_u16(), &reply.body["user"]["id"]), (200, &json!(10)), "{reply:?}");
    }
}

#[tokio::test]
async fn a_text_that_only_resembles_a_number_is_refused() {
    let legacy = Legacy::empty().await;
    let admin = legacy.app.user(Realm::Notary, Role::Admin).await;
    let notary = token(&legacy, "/api/v1/auth/signin", &admin, "/data/token").await;
    for odd in ["1_500", "1 500", "++1", "1.5.0", "\u{ff11}", "0x10", ""] {
        for fee in [json!(odd), json!([{ "name": "Biaya", "amount": odd }])] {
            let body = json!({ "name": "Akta", "description": "d", "fee": fee, "tasks": [] });
            let reply = legacy.post("/api/v1/office/service/akta").token(&notary).json(&body).await;
            reply.says(400, "Invalid input parameters.");
        }
        let invitation = json!({ "email": "a@example.com", "user_type": "NOTARY", "expired": odd });
        let reply = legacy.post("/api/v1/office/invitation/create").token(&notary).json(invitation).await;
        reply.says(400, "Invalid input parameters.");
    }
    let admin = legacy.app.talents_admin().await;
    let talents = token(&legacy, "/api/auth/login", &admin, "/access_token").await;
    let reply = legacy.get("/api/clients?partner_id=1_").token(&talents).send().await;
    reply.is(
        422,
        json!({
            "message": "The given data was invalid.", "errors": { "partner_id": ["The partner id must be an integer."] }
        }),
    );
    // A page's number is read leniently, as Laravel's.
    let reply = legacy.get("/api/clients?page=1_0&per_page=5__0").token(&talents).send().await;
    assert_eq!((&reply.body["meta"]["current_page"], &reply.body["meta"]["per_page"]), (&json!(1), &json!(15)));
}

#[tokio::test]
async fn an_invisible_name_counts_as_missing() {
    let legacy = Legacy::over(TestApp::new().await);
    for name in ["\u{200b}", " \u{200d}\u{feff} ", "\u{2060}\u{ad}"] {
        let body = json!({ "name": name, "email": "x@example.com", "password": "password123", "password_confirmation": "password123" });
        let reply = legacy.post("/api/register").json(body).await;
        let missing = json!({
            "message": "The given data was invalid.", "errors": { "name": ["The name field is required."] }
        });
        reply.is(422, missing);
    }
    let sign_up = "mutation ($name: String!) { signUp(input: { realm: APEXTRACK, name: $name, email: \"y@example.com\", password: \"password123\" }) { user { id } } }";
    let reply = graphql(&legacy, None, json!({ "query": sign_up, "variables": { "name": "\u{200b}\u{200b}" } })).await;
    assert_eq!(reply.body["errors"][0]["extensions"]["fields"]["name"][0]["rule"], "REQUIRED", "{reply:?}");
    // An address without a dot is refused as before.
    let body =
        json!({ "name": "X", "email": "x@x", "password": "password123", "password_confirmation": "password123" });
    let reply = legacy.post("/api/register").json(body).await;
    assert_eq!(reply.body["errors"]["email"][0], "The email must be a valid email address.");
}
