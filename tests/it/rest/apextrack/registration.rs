//! Chapter 1.1: signing up.

use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Apextrack, credentials, invalid};

/// The document's request.
fn example() -> Value {
    json!({
        "name": "nama_pengguna",
        "email": "email_anda@contoh.com",
        "password": "password123",
        "password_confirmation": "password123",
    })
}

/// The same with other values.
fn with(changes: Value) -> Value {
    let mut body = example();
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn registered() -> Value {
    json!({ "message": "Pendaftaran berhasil, silakan verifikasi email Anda." })
}

#[tokio::test]
async fn the_documented_request_registers() {
    let api = Apextrack::new().await;
    api.post("/register").json(&example()).await.is(201, registered());
    let reply = api.post("/login").json(&credentials("email_anda@contoh.com", "password123")).await;
    let user = json!({ "id": 1, "name": "nama_pengguna", "email": "email_anda@contoh.com" });
    assert_eq!((reply.status.as_u16(), reply.body["user"].to_string()), (200, user.to_string()));
    let token = reply.body["token"].as_str().unwrap();
    let user = json!({
        "id": 1,
        "name": "nama_pengguna",
        "email": "email_anda@contoh.com",
        "email_verified_at": null,
        "account_status": "pending",
    });
    api.get("/user").token(token).send().await.is(200, &user);
    // A code of six digits is on its way.
    let mail = api.0.app.message_to("email_anda@contoh.com").await;
    let code = mail.code.unwrap();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    assert!(mail.body.unwrap().contains(&code));
}

#[tokio::test]
async fn an_address_in_capitals_is_the_same() {
    let api = Apextrack::new().await;
    api.post("/register").json(&example()).await.is(201, registered());
    let body = with(json!({ "email": " Email_Anda@CONTOH.com " }));
    api.post("/register").json(&body).await.is(422, invalid(json!({ "email": ["The email has already been taken."] })));
}

#[tokio::test]
async fn every_mistake_is_named_in_the_order_of_the_fields() {
    let api = Apextrack::new().await;
    let missing = invalid(json!({
        "name": ["The name field is required."],
        "email": ["The email field is required."],
        "password": ["The password field is required."],
        "password_confirmation": ["The password confirmation field is required."],
    }));
    api.post("/register").json(&json!({})).await.is(422, &missing);
    api.post("/register").send().await.is(422, &missing);
    let blank = json!({ "name": " ", "email": "", "password": null, "password_confirmation": [] });
    api.post("/register").json(&blank).await.is(422, &missing);

    // What is there is looked at although something is missing.
    let body = json!({ "email": "email_anda", "password": "1234567", "password_confirmation": "7654321" });
    let found = invalid(json!({
        "name": ["The name field is required."],
        "email": ["The email must be a valid email address."],
        "password": ["The password must be at least 8 characters.", "The password confirmation does not match."],
    }));
    api.post("/register").json(&body).await.is(422, &found);

    for (change, field, message) in [
        (json!({ "name": "n".repeat(256) }), "name", "The name must not be greater than 255 characters."),
        (json!({ "name": 7 }), "name", "The name must be a string."),
        (
            json!({ "password": "p".repeat(256), "password_confirmation": "p".repeat(256) }),
            "password",
            "The password must not be greater than 255 characters.",
        ),
        (
            json!({ "email": format!("{}@contoh.com", "e".repeat(250)) }),
            "email",
            "The email must not be greater than 255 characters.",
        ),
        (json!({ "email": "a b@contoh.com" }), "email", "The email must be a valid email address."),
        (
            json!({ "password": "pass123", "password_confirmation": "pass123" }),
            "password",
            "The password must be at least 8 characters.",
        ),
        (json!({ "password": "password123 " }), "password", "The password confirmation does not match."),
    ] {
        let reply = api.post("/register").json(&with(change.clone())).await;
        assert_eq!(reply.status, 422, "{change} {reply:?}");
        assert_eq!(reply.body["errors"][field][0], message, "{change} {reply:?}");
    }
}

#[tokio::test]
async fn a_form_registers_and_what_is_not_documented_is_ignored() {
    let api = Apextrack::new().await;
    let form = "name=Nama&email=form%40contoh.com&password=kata+sandi&password_confirmation=kata+sandi&role=admin&account_status=active&id=7";
    api.post("/register").form(form).await.is(201, registered());
    let reply = api.post("/login").json(&credentials("form@contoh.com", "kata sandi")).await;
    assert_eq!(reply.body["user"]["id"], 1);
    let row = user::row::Entity::find().one(api.0.app.domain.db.read()).await.unwrap().unwrap();
    assert_eq!((row.realm, row.role, row.status), (Realm::Apextrack, Role::Affiliate, user::row::Status::Pending));
}

#[tokio::test]
async fn an_address_taken_in_another_realm_is_free_here() {
    let api = Apextrack::new().await;
    let staff = api.0.app.user(Realm::Staff, Role::Employee).await;
    api.post("/register").json(&with(json!({ "email": staff.email }))).await.is(201, registered());
}

#[tokio::test]
async fn at_the_shared_root_a_body_without_a_telephone_number_goes_to_this_api() {
    let api = Apextrack::new().await;
    api.0.post("/api/register").json(&example()).await.is(201, registered());
}

#[tokio::test]
async fn of_concurrent_registrations_one_gets_the_address() {
    let api = Apextrack::busy().await;
    let replies = join_all((0..16).map(|_| async { api.post("/register").json(&example()).await })).await;
    let taken = invalid(json!({ "email": ["The email has already been taken."] }));
    let (registered, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(registered.len(), 1);
    for reply in refused {
        reply.is(422, &taken);
    }
    let db = api.0.app.domain.db.read();
    assert_eq!(
        user::row::Entity::find().filter(user::row::Column::Realm.eq(Realm::Apextrack)).count(db).await.unwrap(),
        1
    );
    // Those who were refused left no gap.
    api.post("/register").json(&with(json!({ "email": "lain@contoh.com" }))).await;
    let reply = api.post("/login").json(&credentials("lain@contoh.com", "password123")).await;
    assert_eq!(reply.body["user"]["id"], 2);
}
