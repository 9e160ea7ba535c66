//! The states of a server that examples name, besides the demo as few as possible: what the documents' own values need.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use gerbang::{
    accounts::{Realm, Role, token::rules::hash_secret, user},
    notary::service,
    notifications,
    scholarship::{applicant, application, upload_type},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    rest::{apextrack::dashboard::Rows, scholarship},
    support::{legacy::Legacy, protocol::Reply},
};

/// Every state there is.
pub(super) const FIXTURES: [&str; 6] = ["apextrack", "demo", "fifty_staff", "notary", "scholarship", "staff"];

/// A server in one of these states.
pub(super) struct Fixture {
    pub(super) legacy: Legacy,
    /// Tokens by the names that examples give them.
    pub(super) tokens: HashMap<&'static str, String>,
}

/// A server in a state.
pub(super) async fn make(name: &str) -> Fixture {
    let demo = name == "demo";
    let mut fixture =
        Fixture { legacy: if demo { Legacy::demo().await } else { Legacy::empty().await }, tokens: HashMap::new() };
    match name {
        "apextrack" => fixture.apextrack().await,
        "demo" => {}
        "fifty_staff" => fixture.fifty_staff().await,
        "notary" => fixture.notary().await,
        "scholarship" => fixture.scholarship().await,
        "staff" => fixture.staff().await,
        name => panic!("no fixture is called `{name}`"),
    }
    fixture
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

impl Fixture {
    fn set_clock(&self, time: &str) {
        let clock = &self.legacy.app.clock;
        clock.advance(at(time) - clock.now());
    }

    /// A request that must succeed.
    async fn post(&self, path: &str, token: Option<&str>, body: Value) -> Reply {
        let call = self.legacy.post(path);
        let call = if let Some(token) = token { call.token(token) } else { call };
        let reply = call.json(body).await;
        assert!(reply.status.is_success(), "{path}: {reply:?}");
        reply
    }

    /// Puts the hash of a code that examples know into the newest row of a table.
    async fn know_code(&self, table: &str, hash: String) {
        let newest = format!("(SELECT MAX(id) FROM {table})");
        let statement = format!("UPDATE {table} SET code_hash = '{hash}' WHERE id = {newest}");
        self.legacy.app.domain.db.write().execute_unprepared(&statement).await.unwrap();
    }

    /// Somebody with this password.
    async fn user(&self, realm: Realm, role: Role, name: &str, email: &str, password: &str) -> user::row::Model {
        let hash = self.legacy.app.domain.passwords.hash(password).await.unwrap();
        let named = |row: &mut user::row::ActiveModel| {
            row.name = Set(name.to_owned());
            row.email = Set(email.to_owned());
            row.email_key = Set(email.to_owned());
            row.password_hash = Set(hash);
        };
        self.legacy.app.user_with(realm, role, named).await
    }

    /// John Doe, who has signed up and not verified his address, with the numbers of the document's dashboard.
    async fn apextrack(&self) {
        let (app, domain) = (&self.legacy.app, &self.legacy.app.domain);
        self.set_clock("2024-08-17T08:00:00Z");
        let now = app.clock.now();
        let registration = json!({
            "name": "John Doe",
            "email": "email_anda@contoh.com",
            "password": "password123",
            "password_confirmation": "password123",
        });
        self.post("/apextrack/api/register", None, registration).await;
        let code = domain.tokens.seal("email_verification|apextrack:email_anda@contoh.com", "123456").unwrap();
        self.know_code("verification_codes", code).await;
        let affiliate = user::row::Entity::find().one(domain.db.read()).await.unwrap().unwrap();
        let rows = Rows { app, affiliate };
        rows.offer().await;
        rows.link("user123", 500, 100, 80, 400_500_000).await;
        rows.link("user456", 400, 60, 40, 340_250_000).await;
        rows.link("user789", 400, 60, 40, 340_000_000).await;
        rows.link("user999", 200, 30, 20, 170_000_000).await;
        for id in 1..15 {
            rows.click(id, &format!("c_{id}"), now - TimeDelta::milliseconds(15 - id)).await;
        }
        rows.click(15, "c_20240817080000", now).await;
        rows.lead(15, at("2024-08-17T08:05:00Z")).await;
        self.set_clock("2024-08-17T08:00:15Z");
    }

    /// The document's customer and service, an invitation with the document's code, and sign-ups at every stage.
    async fn notary(&mut self) {
        let app = &self.legacy.app;
        self.user(Realm::Notary, Role::Customer, "John Doe", "user@example.com", "securepassword").await;
        let admin = app.user(Realm::Notary, Role::Admin).await;
        let service = service::row::Model {
            id: "service_id".to_owned(),
            name: "Service Name".to_owned(),
            description: "Service Description".to_owned(),
            fees: service::row::Fees(vec![service::row::Fee { name: "Biaya Pelayanan".to_owned(), amount: 1_000 }]),
            tasks: service::row::Tasks(vec!["Task 1".to_owned()]),
            fee_form: service::row::FeeForm::List,
            status: service::row::Status::Open,
            position: 1,
            created_at: app.clock.now().into(),
            updated_at: app.clock.now().into(),
        };
        app.insert(service).await;
        let credentials = json!({ "email": admin.email, "password": crate::support::app::PASSWORD });
        let admin = self.post("/api/v1/auth/signin", None, credentials).await.body["data"]["token"].clone();
        let guest = json!({ "email": "invitee@example.com", "user_type": "NOTARY", "expired": 10 });
        self.post("/api/v1/office/invitation/create", admin.as_str(), guest).await;
        self.know_code("invitations", hash_secret("abc123")).await;

        let mut tokens = HashMap::new();
        for name in ["confirmed", "cancelled", "waiting"] {
            let email = format!("{name}@example.com");
            let body = json!({ "name": "John Doe", "email": email, "password": "securepassword" });
            let reply = self.post("/api/v1/auth/signup", None, body).await;
            let token = reply.body["data"]["token"]["content"].as_str().unwrap().to_owned();
            match name {
                "confirmed" => {
                    let code = app.message_to(&email).await.code.unwrap();
                    let confirm = format!("/api/v1/auth/signup/confirm?code={code}");
                    assert_eq!(self.legacy.get(&confirm).send().await.status, 200);
                }
                "cancelled" => drop(self.post("/api/v1/auth/signup/cancel", Some(&token), json!({})).await),
                _ => {}
            }
            tokens.insert(name, token);
        }
        self.tokens = tokens;
        let body = json!({ "name": "John Doe", "email": "new@example.com", "password": "securepassword" });
        self.post("/api/v1/auth/signup", None, body).await;
        self.know_code("sign_up_attempts", hash_secret("verification-code-string")).await;
        app.clock.advance(TimeDelta::minutes(1));
    }
    /// The document's periods and kinds of files; somebody who has applied and been told things, and can have a new
    /// password.
    async fn scholarship(&self) {
        let app = &self.legacy.app;
        self.set_clock("2025-08-15T09:20:30Z");
        for year in [2024, 2025] {
            app.insert(scholarship::period(Uuid::from_u128(u128::try_from(year).unwrap()), year)).await;
        }
        let now = app.clock.now();
        for (position, name) in (1..).zip(["Sertifikat Prestasi", "Surat Rekomendasi"]) {
            let id = Uuid::from_u128(u128::try_from(position).unwrap()).into();
            let name = name.to_owned();
            app.insert(upload_type::row::Model { id, name, position, created_at: now.into(), updated_at: now.into() })
                .await;
        }

        let phone = "+6281200000001";
        let registration = json!({
            "name": "Orang Lain",
            "email": "lain@contoh.com",
            "phone": phone,
            "password": "kata sandi",
            "password_confirmation": "kata sandi",
        });
        let reply = self.post("/scholarship/api/register", None, registration).await;
        self.post("/api/calon-beswan", reply.body["data"]["token"].as_str(), scholarship::profile()).await;
        let applicant = applicant::row::Entity::find().one(app.domain.db.read()).await.unwrap().unwrap();
        let application = application::row::Model {
            id: Uuid::now_v7().into(),
            period_id: Uuid::from_u128(2025).into(),
            applicant_id: applicant.id,
            status: application::row::Status::Pending,
            decision_note: None,
            created_at: at("2025-08-15T16:30:00Z").into(),
            updated_at: at("2025-08-16T10:15:30Z").into(),
        };
        app.insert(application).await;
        for (id, title, message, created_at, read_at) in [
            (1, "Dokumen Diterima", "Dokumen ... Anda telah diterima dan diverifikasi.", "2025-08-16T09:45:00Z", None),
            (
                2,
                "Status Aplikasi Diperbarui",
                "Status aplikasi beasiswa Anda telah diperbarui menjadi 'pending'.",
                // The document lists them the other way round than the newest first.
                "2025-08-16T09:15:30Z",
                Some(at("2025-08-16T10:20:15Z")),
            ),
        ] {
            let notification = notifications::row::Model {
                id: Uuid::from_u128(id).into(),
                user_id: applicant.user_id,
                title: title.to_owned(),
                message: message.to_owned(),
                read_at: read_at.map(Into::into),
                created_at: at(created_at).into(),
                updated_at: read_at.unwrap_or_else(|| at(created_at)).into(),
            };
            app.insert(notification).await;
        }
        self.post("/api/forgot-password", None, json!({ "phone": phone })).await;
        let code = app.domain.tokens.seal(&format!("password_reset|scholarship:{phone}"), "123456").unwrap();
        self.know_code("verification_codes", code).await;
    }

    /// Somebody who registers others, and is nobody of the examples.
    async fn staff(&self) {
        self.user(Realm::Staff, Role::Employee, "Petugas", "petugas@example.com", "password123").await;
    }

    /// The document's list: Budi and Andi are on the second page of ten.
    async fn fifty_staff(&self) {
        for place in 1..=50_i64 {
            // The oldest come first.
            let (number, name) = match place {
                11 => (1, "Budi"),
                12 => (2, "Andi"),
                ..11 => (place + 2, "Pegawai"),
                _ => (place, "Pegawai"),
            };
            let email = if name == "Pegawai" {
                format!("pegawai{number}@example.com")
            } else {
                format!("{}@example.com", name.to_lowercase())
            };
            let username = match name {
                "Budi" => "budi123".to_owned(),
                "Andi" => "andi456".to_owned(),
                _ => format!("pegawai{number}"),
            };
            let person = |row: &mut user::row::ActiveModel| {
                row.legacy_id = Set(number);
                row.name = Set(name.to_owned());
                row.username_key = Set(Some(username.clone()));
                row.username = Set(Some(username));
                row.email_key = Set(email.clone());
                row.email = Set(email);
                row.code = Set(Some(format!("USR{number:05}")));
            };
            self.legacy.app.user_with(Realm::Staff, Role::Employee, person).await;
            self.legacy.app.clock.advance(TimeDelta::seconds(1));
        }
    }
}
