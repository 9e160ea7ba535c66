//! Register: staff add staff.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{Staff, USER, budi, budi_with, invalid};
use crate::support::app::PASSWORD;

const REGISTER: &str = "/api/v1/auth/register";

#[tokio::test]
async fn what_is_optional_may_be_left_out() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    let body = json!({
        "nama": "Andi",
        "username": "andi456",
        "email": "andi@example.com",
        "password": "rahasia",
        "password_confirmation": "rahasia",
        "hp": "",
        "alamat": null,
    });
    let reply = api.post(REGISTER).token(&token).json(&body).await;
    assert_eq!((reply.status.as_u16(), reply.keys("/user")), (201, USER.to_vec()));
    let user = &reply.body["user"];
    assert_eq!((&user["hp"], &user["alamat"], &user["kode_jabatan"]), (&json!(null), &json!(null), &json!(null)));
}

#[tokio::test]
async fn registering_without_a_token_answers_the_documented_error() {
    let api = Staff::new().await;
    let failed = json!({ "message": "registrasi gagal" });
    api.post(REGISTER).json(&budi()).await.is(401, &failed);
    api.post(REGISTER).token("token_sanctum_disini").json(&budi()).await.is(401, &failed);
    // Before anything is said about the body.
    api.post(REGISTER).send().await.is(401, &failed);
    let affiliate = api.0.app.user(Realm::Apextrack, Role::Admin).await;
    let body = json!({ "email": affiliate.email, "password": PASSWORD, "device_name": "x" });
    let foreign = api.post("/apextrack/api/login").json(&body).await.body["token"].clone();
    api.post(REGISTER).token(foreign.as_str().unwrap()).json(&budi()).await.is(401, &failed);
}

#[tokio::test]
async fn every_mistake_is_named_in_the_order_of_the_fields() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    let missing = invalid(json!({
        "nama": ["The nama field is required."],
        "username": ["The username field is required."],
        "email": ["The email field is required."],
        "password": ["The password field is required."],
        "password_confirmation": ["The password confirmation field is required."],
    }));
    api.post(REGISTER).token(&token).json(&json!({})).await.is(422, &missing);
    api.post(REGISTER).token(&token).send().await.is(422, &missing);

    let wrong = json!({
        "nama": "B",
        "username": "b",
        "email": "budi",
        "password": "12345",
        "password_confirmation": "54321",
        "hp": "12",
        "kode_jabatan": 7,
    });
    let found = invalid(json!({
        "nama": ["The nama must be at least 2 characters."],
        "username": ["The username must be at least 2 characters."],
        "email": ["The email must be a valid email address."],
        "password": ["The password must be at least 6 characters.", "The password confirmation does not match."],
        "hp": ["The hp must be a valid phone number."],
        "kode_jabatan": ["The kode jabatan must be a string."],
    }));
    api.post(REGISTER).token(&token).json(&wrong).await.is(422, &found);

    for (change, field, message) in [
        (json!({ "nama": "n".repeat(101) }), "nama", "The nama must not be greater than 100 characters."),
        (json!({ "username": "u".repeat(101) }), "username", "The username must not be greater than 100 characters."),
        (
            json!({ "email": format!("budi@{}.{}.com", "d".repeat(60), "e".repeat(40)) }),
            "email",
            "The email must not be greater than 100 characters.",
        ),
        (json!({ "alamat": "a".repeat(5001) }), "alamat", "The alamat must not be greater than 5000 characters."),
        (
            json!({ "kode_jabatan": "k".repeat(256) }),
            "kode_jabatan",
            "The kode jabatan must not be greater than 255 characters.",
        ),
    ] {
        let reply = api.post(REGISTER).token(&token).json(&budi_with(change)).await;
        reply.is(422, invalid(json!({ field: [message] })));
    }
    let longest = json!({ "nama": "é".repeat(100), "username": "u".repeat(100), "password": "123456", "password_confirmation": "123456" });
    assert_eq!(api.post(REGISTER).token(&token).json(&budi_with(longest)).await.status, 201);
}

#[tokio::test]
async fn addresses_and_user_names_are_unique_among_staff() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    assert_eq!(api.post(REGISTER).token(&token).json(&budi()).await.status, 201);
    let again = json!({ "email": "BUDI@example.com", "username": "Budi123", "password_confirmation": "password124" });
    let taken = invalid(json!({
        "username": ["The username has already been taken."],
        "email": ["The email has already been taken."],
        "password": ["The password confirmation does not match."],
    }));
    api.post(REGISTER).token(&token).json(&budi_with(again)).await.is(422, &taken);
    // Colleagues may share a telephone, and an affiliate's address is free here.
    let affiliate = api.0.app.user(Realm::Apextrack, Role::Affiliate).await;
    let other = json!({ "email": affiliate.email, "username": "andi456" });
    assert_eq!(api.post(REGISTER).token(&token).json(&budi_with(other)).await.status, 201);
}

#[tokio::test]
async fn registration_creates_employees_only() {
    let api = Staff::new().await;
    let token = api.log_in(&api.employee().await).await;
    let body = json!({ "role": "admin", "kode_jabatan": "ADMIN", "realm": "apextrack", "kode": "USR99999", "id": 77 });
    let reply = api.post(REGISTER).token(&token).json(&budi_with(body)).await;
    assert_eq!((&reply.body["user"]["id"], &reply.body["user"]["kode"]), (&json!(1), &json!("USR00001")));
    let db = api.0.app.domain.db.read();
    let row = user::row::Entity::find().filter(user::row::Column::LegacyId.eq(1)).one(db).await.unwrap().unwrap();
    assert_eq!((row.realm, row.role), (Realm::Staff, Role::Employee));
}

#[tokio::test]
async fn codes_and_ids_are_numbered_without_gaps_even_at_once() {
    let api = Staff::busy().await;
    let token = api.log_in(&api.employee().await).await;
    // One of three is refused, and must not use up a number.
    let register = async |number: usize| {
        let body = if number.is_multiple_of(3) {
            budi_with(json!({ "username": format!("other{number}") }))
        } else {
            budi_with(json!({ "username": format!("user{number}x"), "email": format!("user{number}x@example.com") }))
        };
        api.post(REGISTER).token(&token).json(&body).await
    };
    let replies = join_all((0..16).map(register)).await;
    let mut numbers = BTreeSet::new();
    for reply in replies.iter().filter(|reply| reply.status == 201) {
        let user = &reply.body["user"];
        let id = user["id"].as_i64().unwrap();
        assert_eq!(user["kode"], format!("USR{id:05}"));
        assert!(numbers.insert(id), "{id} twice");
    }
    // Of the 6 with the same address one is in, with the 10 others.
    assert_eq!(numbers, (1..=11).collect());
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 201).collect();
    assert_eq!(refused.len(), 5);
    for reply in refused {
        reply.is(422, invalid(json!({ "email": ["The email has already been taken."] })));
    }
}
