//! Update User, under both of its paths.

use gerbang::accounts::{Realm, Role, user};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{Staff, budi, invalid, unauthenticated};
use crate::support::app::PASSWORD;

const UPDATE: &str = "/api/auth/update";

/// The document's request.
fn example() -> Value {
    json!({
        "id": 1,
        "nama": "Andi Dermawan",
        "username": "andi123",
        "email": "andi@example.com",
        "hp": "081234567890",
        "alamat": "Jl. Merdeka No. 1",
        "kode_jabatan": "ADM",
    })
}

/// Budi of the examples, with the id 1, and the token of a colleague.
async fn office() -> (Staff, String) {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    assert_eq!(api.post("/api/v1/auth/register").token(&token).json(&budi()).await.status, 201);
    (api, token)
}

fn not_found() -> Value {
    json!({ "message": "User tidak ditemukan" })
}

#[tokio::test]
async fn a_change_answers_under_both_paths_and_is_told_to_the_old_address() {
    let (api, token) = office().await;
    let updated = api.post(UPDATE).token(&token).header("accept", "application/json").json(&example()).await;
    assert_eq!(updated.body["user"]["kode"], "USR00001");
    // Under the base of the other routes, too.
    api.post("/api/v1/auth/update").token(&token).json(&example()).await.is(200, &updated.body);
    // The old address is told.
    let told = api.0.app.message_to("budi@example.com").await;
    assert!(told.code.is_none() && told.body.is_some());
    // Whoever it is logs in with the new names and the old password.
    for login in ["andi123", "andi@example.com"] {
        let body = json!({ "login": login, "password": "password123" });
        assert_eq!(api.post("/api/v1/auth/login").json(&body).await.status, 200, "{login}");
    }
    let body = json!({ "login": "budi123", "password": "password123" });
    assert_eq!(api.post("/api/v1/auth/login").json(&body).await.status, 401);
}

#[tokio::test]
async fn absent_fields_are_kept_and_empty_ones_cleared() {
    let (api, token) = office().await;
    let update = async |changes: Value| {
        let reply = api.post(UPDATE).token(&token).json(&changes).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body["user"].clone()
    };
    let user = update(json!({ "id": 1 })).await;
    let shown =
        |user: &Value| ["nama", "username", "email", "hp", "alamat", "kode_jabatan"].map(|key| user[key].clone());
    let unchanged =
        ["Budi", "budi123", "budi@example.com", "08123456789", "Jl. Contoh", "STAFF"].map(|value| json!(value));
    assert_eq!(shown(&user), unchanged);
    // What must not be empty is left as it is.
    let user = update(json!({ "id": "1", "nama": "", "username": null, "email": " " })).await;
    assert_eq!(shown(&user), unchanged);
    let user = update(json!({ "id": 1, "hp": null, "alamat": "", "kode_jabatan": "  " })).await;
    assert_eq!((&user["hp"], &user["alamat"], &user["kode_jabatan"]), (&Value::Null, &Value::Null, &Value::Null));
    let user = update(json!({ "id": 1, "nama": "  Budi Santoso " })).await;
    assert_eq!(user["nama"], "Budi Santoso");
    // Neither rights nor passwords change here.
    update(json!({ "id": 1, "role": "admin", "password": "neues-passwort", "kode": "USR99999" })).await;
    let body = json!({ "login": "budi123", "password": "password123" });
    assert_eq!(api.post("/api/v1/auth/login").json(&body).await.status, 200);
    let form = api.post(UPDATE).token(&token).form("id=1&alamat=Jl.+Baru").await;
    assert_eq!((form.status.as_u16(), &form.body["user"]["alamat"]), (200, &json!("Jl. Baru")));
    assert_eq!(form.body["user"]["kode"], "USR00001");
}

#[tokio::test]
async fn a_verified_address_stays_verified_until_it_changes() {
    let (api, token) = office().await;
    let verified = |row: &mut user::row::ActiveModel| row.legacy_id = Set(7);
    let colleague = api.0.app.user_with(Realm::Staff, Role::Employee, verified).await;
    let body = json!({ "id": 7, "email": colleague.email.to_uppercase() });
    let user = api.post(UPDATE).token(&token).json(&body).await.body["user"].clone();
    assert_eq!(user["email_verified_at"], "2026-02-03T04:05:06.000000Z");
    let body = json!({ "id": 7, "email": "baru@example.com" });
    let user = api.post(UPDATE).token(&token).json(&body).await.body["user"].clone();
    assert_eq!((&user["email"], &user["email_verified_at"]), (&json!("baru@example.com"), &Value::Null));
}

#[tokio::test]
async fn an_unknown_user_is_not_found() {
    let (api, token) = office().await;
    for id in [json!(2), json!(0), json!(999_999), json!("31"), json!(i64::MAX)] {
        api.post(UPDATE).token(&token).json(&json!({ "id": id, "nama": "Siapa" })).await.is(404, not_found());
    }
    // Ids are those of staff, not of other realms.
    let affiliate = |row: &mut user::row::ActiveModel| row.legacy_id = Set(5);
    api.0.app.user_with(Realm::Apextrack, Role::Affiliate, affiliate).await;
    api.post(UPDATE).token(&token).json(&json!({ "id": 5, "nama": "Siapa" })).await.is(404, not_found());
}

#[tokio::test]
async fn admins_are_changed_by_admins_only() {
    let api = Staff::new().await;
    let boss = |row: &mut user::row::ActiveModel| row.legacy_id = Set(1);
    let boss = api.0.app.user_with(Realm::Staff, Role::Admin, boss).await;
    let other_boss = api.log_in(&api.admin().await).await;
    let employee = api.log_in(&api.employee().await).await;
    api.post(UPDATE).token(&employee).json(&example()).await.is(404, not_found());
    for token in [other_boss, api.log_in(&boss).await] {
        assert_eq!(api.post(UPDATE).token(&token).json(&example()).await.status, 200);
    }
}

#[tokio::test]
async fn invalid_fields_are_named() {
    let (api, token) = office().await;
    let missing = invalid(json!({ "id": ["The id field is required."] }));
    api.post(UPDATE).token(&token).json(&json!({ "nama": "Andi" })).await.is(422, &missing);
    for id in [json!("satu"), json!("user_1"), json!(1.5), json!([1]), json!(true)] {
        let reply = api.post(UPDATE).token(&token).json(&json!({ "id": id })).await;
        reply.is(422, invalid(json!({ "id": ["The id must be an integer."] })));
    }
    let wrong = json!({ "nama": "B", "username": "b", "email": "budi", "hp": "12", "alamat": 5 });
    let found = invalid(json!({
        "id": ["The id field is required."],
        "nama": ["The nama must be at least 2 characters."],
        "username": ["The username must be at least 2 characters."],
        "email": ["The email must be a valid email address."],
        "hp": ["The hp must be a valid phone number."],
        "alamat": ["The alamat must be a string."],
    }));
    api.post(UPDATE).token(&token).json(&wrong).await.is(422, &found);

    let colleague = api.employee().await;
    let taken = json!({ "id": 1, "username": colleague.username, "email": colleague.email });
    let found = invalid(json!({
        "username": ["The username has already been taken."],
        "email": ["The email has already been taken."],
    }));
    api.post(UPDATE).token(&token).json(&taken).await.is(422, &found);
}

#[tokio::test]
async fn only_staff_may_change_staff() {
    let (api, _) = office().await;
    for path in [UPDATE, "/api/v1/auth/update"] {
        api.post(path).json(&example()).await.is(401, unauthenticated());
        api.post(path).send().await.is(401, unauthenticated());
    }
    let affiliate = api.0.app.user(Realm::Apextrack, Role::Admin).await;
    let body = json!({ "email": affiliate.email, "password": PASSWORD, "device_name": "x" });
    let foreign = api.post("/apextrack/api/login").json(&body).await.body["token"].clone();
    api.post(UPDATE).token(foreign.as_str().unwrap()).json(&example()).await.is(401, unauthenticated());
}
