//! Chapter 2: verifying an e-mail address.

use chrono::TimeDelta;
use gerbang::accounts::verification;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{Apextrack, credentials, invalid};

const ADDRESS: &str = "email_anda@contoh.com";

/// Somebody who has just signed up.
struct Newcomer {
    api: Apextrack,
    token: String,
}

impl Newcomer {
    async fn new() -> Self {
        let api = Apextrack::at("2024-08-17T08:00:00Z").await;
        let body = json!({
            "name": "nama_pengguna",
            "email": ADDRESS,
            "password": "password123",
            "password_confirmation": "password123",
        });
        assert_eq!(api.post("/register").json(&body).await.status, 201);
        let reply = api.post("/login").json(&credentials(ADDRESS, "password123")).await;
        let token = reply.body["token"].as_str().unwrap().to_owned();
        Self { api, token }
    }

    /// The code of the newest mail.
    async fn code(&self) -> String {
        self.api.0.app.message_to(ADDRESS).await.code.unwrap()
    }

    /// Any other.
    async fn wrong_code(&self) -> String {
        let code: u32 = self.code().await.parse().unwrap();
        format!("{:06}", (code + 1) % 1_000_000)
    }

    async fn verify(&self, code: &str) -> crate::support::protocol::Reply {
        self.api.post("/email/verify").token(&self.token).json(&json!({ "code": code })).await
    }

    async fn resend(&self) -> crate::support::protocol::Reply {
        self.api.post("/email/resend").token(&self.token).send().await
    }

    fn wait(&self, time: TimeDelta) {
        self.api.0.app.clock.advance(time);
    }
}

fn verified() -> Value {
    json!({ "message": "Email Anda berhasil diverifikasi!", "redirect": "/dashboard" })
}

fn refused() -> Value {
    json!({ "message": "Kode verifikasi tidak valid atau sudah kadaluarsa." })
}

fn sent() -> Value {
    json!({ "message": "Kode verifikasi baru telah dikirim ke email Anda." })
}

fn too_soon(seconds: u32) -> Value {
    json!({
        "message": "Harap tunggu 1 menit sebelum mencoba mengirim ulang kode.",
        "retry_after": seconds,
    })
}

#[tokio::test]
async fn the_code_of_the_mail_verifies_the_address_once() {
    let newcomer = Newcomer::new().await;
    newcomer.wait(TimeDelta::minutes(5));
    let code = newcomer.code().await;
    newcomer.verify(&format!(" {code} ")).await.is(200, verified());
    let user = json!({
        "id": 1,
        "name": "nama_pengguna",
        "email": ADDRESS,
        "email_verified_at": "2024-08-17T08:05:00.000000Z",
        "account_status": "active",
    });
    newcomer.api.get("/user").token(&newcomer.token).send().await.is(200, &user);
    // There is nothing left to verify.
    let done = json!({ "message": "Email Anda sudah diverifikasi." });
    newcomer.verify(&code).await.is(422, &done);
    newcomer.resend().await.is(422, &done);
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_five_invalidate_the_right_one() {
    let newcomer = Newcomer::new().await;
    let (code, wrong) = (newcomer.code().await, newcomer.wrong_code().await);
    for wrong in [wrong.as_str(), "", "12345", "abcdef"] {
        let reply = newcomer.verify(wrong).await;
        if wrong.is_empty() {
            reply.is(422, invalid(json!({ "code": ["The code field is required."] })));
        } else {
            reply.is(422, refused());
        }
    }
    for _ in 0..2 {
        newcomer.verify(&wrong).await.is(422, refused());
    }
    newcomer.verify(&code).await.is(422, refused());
    // A new one is a new chance.
    newcomer.wait(TimeDelta::minutes(1));
    newcomer.resend().await.is(200, sent());
    newcomer.verify(&newcomer.code().await).await.is(200, verified());
}

#[tokio::test]
async fn a_code_expires_after_ten_minutes() {
    let newcomer = Newcomer::new().await;
    let code = newcomer.code().await;
    newcomer.wait(TimeDelta::minutes(10));
    newcomer.verify(&code).await.is(422, refused());

    let newcomer = Newcomer::new().await;
    newcomer.wait(TimeDelta::seconds(599));
    newcomer.verify(&newcomer.code().await).await.is(200, verified());
}

#[tokio::test]
async fn codes_are_sent_once_a_minute_and_only_the_newest_is_valid() {
    let newcomer = Newcomer::new().await;
    let first = newcomer.code().await;
    let reply = newcomer.resend().await;
    reply.is(429, too_soon(60));
    assert_eq!(reply.header("retry-after"), "60");
    newcomer.wait(TimeDelta::milliseconds(17_500));
    newcomer.resend().await.is(429, too_soon(43));
    newcomer.wait(TimeDelta::milliseconds(42_500));
    newcomer.resend().await.is(200, sent());
    let second = newcomer.code().await;
    if first != second {
        newcomer.verify(&first).await.is(422, refused());
    }
    newcomer.verify(&second).await.is(200, verified());
}

#[tokio::test]
async fn a_sixth_code_a_day_answers_429() {
    let newcomer = Newcomer::new().await;
    for _ in 0..4 {
        newcomer.wait(TimeDelta::minutes(1));
        newcomer.resend().await.is(200, sent());
    }
    newcomer.wait(TimeDelta::minutes(1));
    newcomer.resend().await.is(429, too_soon(24 * 3600 - 5 * 60));
    newcomer.wait(TimeDelta::days(1) - TimeDelta::minutes(5));
    newcomer.resend().await.is(200, sent());
}

#[tokio::test]
async fn a_code_is_a_text_and_belongs_to_its_user() {
    let newcomer = Newcomer::new().await;
    let number = json!({ "code": 123_456 });
    let reply = newcomer.api.post("/email/verify").token(&newcomer.token).json(&number).await;
    reply.is(422, invalid(json!({ "code": ["The code must be a string."] })));
    // Somebody else's code opens nothing.
    let body = json!({
        "name": "Orang lain",
        "email": "lain@contoh.com",
        "password": "password123",
        "password_confirmation": "password123",
    });
    newcomer.api.post("/register").json(&body).await;
    let others = newcomer.api.0.app.message_to("lain@contoh.com").await.code.unwrap();
    if others != newcomer.code().await {
        newcomer.verify(&others).await.is(422, refused());
    }
    let form = format!("code={}", newcomer.code().await);
    newcomer.api.post("/email/verify").token(&newcomer.token).form(&form).await.is(200, verified());
}

#[tokio::test]
async fn a_code_is_kept_as_a_hash() {
    let newcomer = Newcomer::new().await;
    let code = newcomer.code().await;
    let db = newcomer.api.0.app.domain.db.read();
    let row = verification::row::Entity::find().one(db).await.unwrap().unwrap();
    assert!(row.code_hash.len() >= 32 && row.code_hash != code);
}
