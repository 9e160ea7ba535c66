//! Autentikasi: registration, log-in, log-out, forgotten passwords, and where the API answers.

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role, user},
    outbox,
};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{Yiss, invalid, missing, not_found, token_in, too_many, unauthenticated, with};
use crate::support::app::PASSWORD;

const PHONE: &str = "+6281234567890";

/// The document's request to register.
pub(super) fn registration() -> Value {
    json!({
        "name": "Nama Pengguna",
        "email": "pengguna@contoh.com",
        "phone": PHONE,
        "password": "kata sandi",
        "password_confirmation": "kata sandi",
    })
}

pub(super) fn credentials(password: &str) -> Value {
    json!({ "email": "pengguna@contoh.com", "password": password })
}

/// The request for a new password.
fn reset(token: &str) -> Value {
    json!({ "phone": PHONE, "token": token, "password": "sandi baru", "password_confirmation": "sandi baru" })
}

fn sent() -> Value {
    json!({ "message": "Token reset kata sandi telah dikirim ke nomor telepon Anda" })
}

fn wrong_token() -> Value {
    invalid(json!({ "token": ["Token reset salah, sudah dipakai, atau kedaluwarsa."] }))
}

impl Yiss {
    /// Registers the document's user.
    pub(super) async fn register(&self) -> String {
        token_in(&self.post("/api/register").json(registration()).await)
    }

    /// The code of the last SMS.
    async fn code(&self) -> String {
        let sms = self.0.app.message_to(PHONE).await;
        assert_eq!(sms.channel, outbox::row::Channel::Sms);
        let code = sms.code.unwrap();
        assert!(sms.body.unwrap().contains(&code));
        code
    }
}

#[tokio::test]
async fn a_registration_makes_an_applicant_who_is_logged_in() {
    let api = Yiss::new().await;
    let reply = api.post("/api/register").json(registration()).await;
    // The token is good at once; there is no profile yet.
    api.get("/api/calon-beswan").token(&token_in(&reply)).send().await.is(404, not_found());
    // Nobody makes themselves an admin.
    let other = json!({ "email": "lain@contoh.com", "phone": "081300000000", "role": "admin" });
    assert_eq!(api.post("/api/register").json(with(registration(), other)).await.status, 200);
    let rows = user::row::Entity::find().all(api.0.app.domain.db.read()).await.unwrap();
    assert!(rows.iter().all(|row| row.role == Role::Applicant && row.realm == Realm::Scholarship));
}

#[tokio::test]
async fn a_form_logs_in_as_well_and_case_does_not_matter() {
    let api = Yiss::new().await;
    api.register().await;
    let form = "email=Pengguna%40Contoh.com&password=kata+sandi";
    assert_eq!(api.post("/api/login").form(form).await.status, 200);
}

#[tokio::test]
async fn a_failed_log_in_does_not_reveal_whether_the_account_exists() {
    let api = Yiss::new().await;
    api.register().await;
    let suspended = |row: &mut user::row::ActiveModel| row.status = Set(user::row::Status::Suspended);
    let suspended = api.0.app.user_with(Realm::Scholarship, Role::Applicant, suspended).await;
    let staff = api.0.app.user(Realm::Staff, Role::Admin).await;
    for (email, password) in [
        ("pengguna@contoh.com", "kata sandi "),
        ("siapa@contoh.com", "kata sandi"),
        ("bukan alamat", "kata sandi"),
        (&suspended.email, PASSWORD),
        (&staff.email, PASSWORD),
    ] {
        let body = json!({ "email": email, "password": password });
        api.post("/api/login").json(&body).await.is(401, unauthenticated());
    }
    let both = missing(json!({ "email": ["Email wajib diisi."], "password": ["Kata sandi wajib diisi."] }));
    api.post("/api/login").json(json!({ "email": " ", "password": null })).await.is(400, &both);
    api.post("/api/login").send().await.is(400, &both);
}

#[tokio::test]
async fn a_log_in_after_five_failures_a_minute_answers_429() {
    let api = Yiss::new().await;
    api.register().await;
    for _ in 0..5 {
        assert_eq!(api.post("/api/login").json(credentials("salah")).await.status, 401);
    }
    let reply = api.post("/api/login").json(credentials("kata sandi")).await;
    reply.is(429, too_many());
    assert_eq!(reply.header("retry-after"), "60");
    api.0.app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(api.post("/api/login").json(credentials("kata sandi")).await.status, 200);
}

#[tokio::test]
async fn logging_out_ends_this_session_only() {
    let api = Yiss::new().await;
    let (one, other) = (api.register().await, token_in(&api.post("/api/login").json(credentials("kata sandi")).await));
    let bye = json!({ "message": "Berhasil logout" });
    api.post("/api/logout").token(&one).send().await.is(200, &bye);
    api.get("/api/notifications").token(&one).send().await.is(401, unauthenticated());
    assert_eq!(api.get("/api/notifications").token(&other).send().await.status, 200);
    // Whose a dead token was is not told at the shared root, where Apextrack has the same path.
    let reply = api.post("/api/logout").token(&one).send().await;
    reply.is(401, json!({ "message": "Unauthenticated." }));
    api.post("/scholarship/api/logout").token(&one).send().await.is(401, unauthenticated());
}

#[tokio::test]
async fn a_missing_field_answers_400_with_every_violation() {
    let api = Yiss::new().await;
    let all = missing(json!({
        "name": ["Nama wajib diisi."],
        "email": ["Email wajib diisi."],
        "phone": ["Nomor telepon wajib diisi."],
        "password": ["Kata sandi wajib diisi."],
        "password_confirmation": ["Konfirmasi kata sandi wajib diisi."],
    }));
    api.post("/scholarship/api/register").json(json!({})).await.is(400, &all);
    api.post("/scholarship/api/register").send().await.is(400, &all);
    let half = json!({ "name": "", "email": "pengguna", "phone": "12", "password": "1234567", "password_confirmation": "7654321" });
    let found = missing(json!({
        "name": ["Nama wajib diisi."],
        "email": ["Email harus berupa alamat email yang valid."],
        "phone": ["Nomor telepon harus berupa nomor telepon yang valid."],
        "password": ["Kata sandi harus minimal 8 karakter.", "Konfirmasi kata sandi tidak cocok."],
    }));
    api.post("/api/register").json(&half).await.is(400, &found);
}

#[tokio::test]
async fn an_invalid_field_answers_422_as_documented() {
    let api = Yiss::new().await;
    api.register().await;
    // The document's example of a 422.
    let body = json!({ "phone": "081200000000", "password": "1234567", "password_confirmation": "1234567" });
    let documented = invalid(json!({
        "email": ["Email sudah digunakan."],
        "password": ["Kata sandi harus minimal 8 karakter."],
    }));
    api.post("/api/register").json(with(registration(), body)).await.is(422, &documented);
    // The same number in another notation.
    let body = json!({ "email": "lain@contoh.com", "phone": "081234567890" });
    let taken = invalid(json!({ "phone": ["Nomor telepon sudah digunakan."] }));
    api.post("/api/register").json(with(registration(), body)).await.is(422, &taken);
    for (change, field, message) in [
        (json!({ "name": 7 }), "name", "Nama harus berupa teks."),
        (json!({ "name": "n".repeat(256) }), "name", "Nama tidak boleh lebih dari 255 karakter."),
        (json!({ "password_confirmation": "kata sandi " }), "password", "Konfirmasi kata sandi tidak cocok."),
    ] {
        let reply = api.post("/api/register").json(with(registration(), change)).await;
        assert_eq!(reply.status, 422, "{reply:?}");
        assert_eq!(reply.body["errors"][field], json!([message]), "{reply:?}");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_with_the_code_of_an_sms_once() {
    let api = Yiss::new().await;
    let session = api.register().await;
    api.post("/api/forgot-password").json(json!({ "phone": PHONE })).await.is(200, sent());
    let code = api.code().await;
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");

    api.0.app.clock.advance(TimeDelta::seconds(599));
    let done = json!({ "message": "Kata sandi berhasil diatur ulang" });
    api.post("/api/reset-password").json(reset(&code)).await.is(200, &done);
    // All sessions are over, and only the new password counts.
    api.get("/api/notifications").token(&session).send().await.is(401, unauthenticated());
    api.post("/api/login").json(credentials("kata sandi")).await.is(401, unauthenticated());
    let token = token_in(&api.post("/api/login").json(credentials("sandi baru")).await);
    assert_eq!(api.get("/api/notifications").token(&token).send().await.status, 200);
    api.post("/api/reset-password").json(reset(&code)).await.is(422, wrong_token());
}

#[tokio::test]
async fn a_code_expires_after_ten_minutes_and_wrong_ones_change_nothing() {
    let api = Yiss::new().await;
    api.register().await;
    // The number in another notation is the same.
    api.post("/api/forgot-password").json(json!({ "phone": "081234567890" })).await.is(200, sent());
    let code = api.code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    api.post("/api/reset-password").json(reset(wrong)).await.is(422, wrong_token());
    let elsewhere = with(reset(&code), json!({ "phone": "+6281300000000" }));
    api.post("/api/reset-password").json(elsewhere).await.is(422, wrong_token());
    let short = json!({ "password": "1234567", "password_confirmation": "7654321" });
    let mistakes = ["Kata sandi harus minimal 8 karakter.", "Konfirmasi kata sandi tidak cocok."];
    let reply = api.post("/api/reset-password").json(with(reset(&code), short)).await;
    reply.is(422, invalid(json!({ "password": mistakes })));
    let all = missing(json!({
        "phone": ["Nomor telepon wajib diisi."],
        "token": ["Token wajib diisi."],
        "password": ["Kata sandi wajib diisi."],
        "password_confirmation": ["Konfirmasi kata sandi wajib diisi."],
    }));
    api.post("/api/reset-password").json(json!({})).await.is(400, &all);

    api.0.app.clock.advance(TimeDelta::seconds(601));
    api.post("/api/reset-password").json(reset(&code)).await.is(422, wrong_token());
    assert_eq!(api.post("/api/login").json(credentials("kata sandi")).await.status, 200);
}

#[tokio::test]
async fn ten_wrong_tokens_in_a_day_stop_resets_for_a_day() {
    let api = Yiss::new().await;
    api.register().await;
    let forget = async || api.post("/api/forgot-password").json(json!({ "phone": PHONE })).await;
    let mut code = String::new();
    for _ in 0..2 {
        forget().await.is(200, sent());
        code = api.code().await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            api.post("/api/reset-password").json(reset(wrong)).await.is(422, wrong_token());
        }
        api.0.app.clock.advance(TimeDelta::minutes(1));
    }
    for refused in [api.post("/api/reset-password").json(reset(&code)).await, forget().await] {
        refused.is(429, too_many());
        assert_eq!(refused.header("retry-after"), (24 * 60 * 60 - 120).to_string());
    }
    api.0.app.clock.advance(TimeDelta::days(1));
    forget().await.is(200, sent());
    let code = api.code().await;
    assert_eq!(api.post("/api/reset-password").json(reset(&code)).await.status, 200);
}

#[tokio::test]
async fn a_reset_does_not_reveal_whether_a_number_is_known() {
    let api = Yiss::new().await;
    api.register().await;
    let forget = async |phone: &str| api.post("/api/forgot-password").json(json!({ "phone": phone })).await;
    let before = outbox::row::Entity::find().count(api.0.app.domain.db.read()).await.unwrap();
    forget("+6281399999999").await.is(200, sent());
    let after = outbox::row::Entity::find().count(api.0.app.domain.db.read()).await.unwrap();
    assert_eq!(before, after, "nothing is sent to a stranger");
    forget(PHONE).await.is(200, sent());
    // One a minute, for both.
    for phone in [PHONE, "+6281399999999"] {
        let reply = forget(phone).await;
        reply.is(429, too_many());
        assert_eq!(reply.header("retry-after"), "60", "{phone}");
    }
    forget("bukan nomor")
        .await
        .is(422, invalid(json!({ "phone": ["Nomor telepon harus berupa nomor telepon yang valid."] })));
    forget(" ").await.is(400, missing(json!({ "phone": ["Nomor telepon wajib diisi."] })));
}

#[tokio::test]
async fn a_newer_token_replaces_the_older_and_a_sixth_a_day_is_refused() {
    let api = Yiss::new().await;
    api.register().await;
    let forget = async || api.post("/api/forgot-password").json(json!({ "phone": PHONE })).await;
    forget().await.is(200, sent());
    let first = api.code().await;
    api.0.app.clock.advance(TimeDelta::minutes(1));
    forget().await.is(200, sent());
    // One time in a million both are the same.
    if first != api.code().await {
        api.post("/api/reset-password").json(reset(&first)).await.is(422, wrong_token());
    }
    for _ in 0..3 {
        api.0.app.clock.advance(TimeDelta::minutes(1));
        forget().await.is(200, sent());
    }
    api.0.app.clock.advance(TimeDelta::minutes(1));
    let reply = forget().await;
    reply.is(429, too_many());
    assert_eq!(reply.header("retry-after"), (24 * 60 * 60 - 5 * 60).to_string());
}

#[tokio::test]
async fn five_wrong_tokens_invalidate_the_right_one() {
    let api = Yiss::new().await;
    api.register().await;
    api.post("/api/forgot-password").json(json!({ "phone": PHONE })).await.is(200, sent());
    let code = api.code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        api.post("/api/reset-password").json(reset(wrong)).await.is(422, wrong_token());
    }
    api.post("/api/reset-password").json(reset(&code)).await.is(422, wrong_token());
}

#[tokio::test]
async fn a_number_has_eight_to_fifteen_digits_and_comes_back_as_sent() {
    let api = Yiss::new().await;
    for (place, (phone, fits)) in [
        ("+1234567", false),
        ("+12345678", true),
        ("+123456789012345", true),
        ("+1234567890123456", false),
        ("0123456", false),
        ("01234567", true),
        ("012345678901234", true),
        ("0123456789012345", false),
        ("1234567890", false),
        ("+6281234x678", false),
    ]
    .into_iter()
    .enumerate()
    {
        let body = with(registration(), json!({ "email": format!("p{place}@contoh.com"), "phone": phone }));
        let reply = api.post("/api/register").json(body).await;
        if fits {
            assert_eq!((reply.status.as_u16(), &reply.body["data"]["user"]["phone"]), (200, &json!(phone)));
        } else {
            reply.is(422, invalid(json!({ "phone": ["Nomor telepon harus berupa nomor telepon yang valid."] })));
        }
    }
}
