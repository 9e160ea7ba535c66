//! Talents Mapping (`tm-web`), replayed from its document; where that is silent, from the contract.

mod auth;
mod bodies;
mod clients;
mod errors;
mod partners;
mod paths;
mod refresh;
mod report_fonts;
mod report_layout;
mod reports;
mod results;
mod summary;
mod tokens;
mod webhooks;

use chrono::{DateTime, NaiveDate, Utc};
use gerbang::{
    accounts::{
        Realm, Role,
        session::{self, rules::LoginInput},
        user,
    },
    config::Config,
    talents::{
        assessment,
        client::{
            self,
            row::{Gender, Status},
        },
        partner,
    },
};
use gerbang_kernel::identity::ClientInfo;
use sea_orm::{ActiveValue::Set, EntityTrait, InsertMany, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::{Call, Legacy},
};

/// The whole vocabulary: each cluster (code, name) with its typologies (code, name).
#[rustfmt::skip]
const VOCABULARY: [(&str, &str, &[(&str, &str)]); 8] = [
    ("HM", "Headman", &[("CMD", "Commander"), ("ARR", "Arranger"), ("SLC", "Selector")]),
    ("NW", "Networking", &[("AMB", "Ambassador"), ("COM", "Communicator"), ("MAR", "Marketer"), ("SEL", "Seller"),
        ("MOT", "Motivator"), ("MED", "Mediator"), ("DIS", "Distributor")]),
    ("SV", "Servicing", &[("CAR", "Caretaker"), ("SER", "Server"), ("EDU", "Educator")]),
    ("GI", "Generating Idea", &[("CRE", "Creator"), ("DES", "Designer"), ("VIS", "Visionary"), ("SYN", "Synthesizer")]),
    ("TH", "Thinking", &[("STR", "Strategist"), ("ANA", "Analyst"), ("EXP", "Explorer"), ("INT", "Interpreter")]),
    ("RE", "Reasoning", &[("EVA", "Evaluator"), ("TRE", "Treasurer"), ("ADM", "Administrator"), ("JOU", "Journalist")]),
    ("EL", "Elementary", &[("PRO", "Producer"), ("OPE", "Operator")]),
    ("TE", "Technical", &[("QCA", "Quality Controller"), ("SAF", "Safekeeper"), ("RES", "Restorer")]),
];

/// Two partners. The first has Dewi (1, assessed) and Agus (2, invited), the second Citra (3, archived).
struct Office(Legacy);

const ADMIN: &str = "admin@talents.test";
/// Of the first partner.
const PARTNER: &str = "partner@talents.test";

impl Office {
    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same with other settings.
    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::with(change).await;
        let db = app.domain.db.write();
        for row in partners() {
            partner::row::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
        }
        for row in clients() {
            let id = row.id;
            let assessed_at = row.assessed_at;
            client::row::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
            if let Some(assessed_at) = assessed_at {
                assess(&app, id, *assessed_at).await;
            }
        }
        account(&app, 1, ADMIN, Role::Admin, None).await;
        account(&app, 2, PARTNER, Role::Partner, Some(1)).await;
        Self(Legacy::over(app))
    }

    /// The application behind the API.
    fn app(&self) -> &TestApp {
        &self.0.app
    }

    /// A request to the documented base URL, `https://api.talentsmapping.id/api`.
    fn call(&self, method: &str, path: &str) -> Call<'_> {
        self.0.call(method, &format!("/api{path}")).header("host", "api.talentsmapping.id")
    }

    fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    /// The token of a log-in.
    async fn log_in(&self, email: &str) -> String {
        self.0.log_in("/talentsmapping/api/auth/login", email, "access_token").await
    }

    /// A token of the administrator.
    async fn admin(&self) -> String {
        self.log_in(ADMIN).await
    }

    /// A token of the first partner.
    async fn partner(&self) -> String {
        self.log_in(PARTNER).await
    }

    /// A token of a new user of another API.
    async fn stranger(&self, realm: Realm, role: Role) -> String {
        let user = self.0.app.user(realm, role).await;
        let (email, password, device_name) = (Some(user.email), PASSWORD.to_owned(), Some("tests".to_owned()));
        let input =
            LoginInput { realm, account: None, login: None, email, phone: None, username: None, password, device_name };
        let client = ClientInfo { ip: [203, 0, 113, 9].into(), user_agent: None, country: None };
        session::rules::login(&self.0.app.domain, &client, input).await.unwrap().token.content
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn partners() -> [partner::row::Model; 2] {
    let nusantara = partner::row::Model {
        id: 1,
        name: "PT Nusantara Karya".to_owned(),
        email: "sdm@nusantara.test".to_owned(),
        phone: Some("+62215550123".to_owned()),
        address: Some("Jl. Merdeka No. 1, Jakarta".to_owned()),
        created_at: time("2025-01-02T03:04:05.678901Z").into(),
        updated_at: time("2025-06-07T08:09:10Z").into(),
    };
    let bina = partner::row::Model {
        id: 2,
        name: "Yayasan Bina".to_owned(),
        email: "info@bina.test".to_owned(),
        phone: None,
        address: None,
        created_at: time("2025-02-03T00:00:00Z").into(),
        updated_at: time("2025-02-03T00:00:00Z").into(),
    };
    [nusantara, bina]
}

fn clients() -> [client::row::Model; 3] {
    let dewi = client::row::Model {
        id: 1,
        partner_id: 1,
        name: "Dewi Lestari".to_owned(),
        email: "dewi@contoh.test".to_owned(),
        phone: Some("08123456789".to_owned()),
        gender: Some(Gender::Female),
        birth_date: NaiveDate::from_ymd_opt(1990, 5, 17).map(Into::into),
        status: Status::Assessed,
        assessed_at: Some(time("2025-08-17T08:05:00Z").into()),
        created_at: time("2025-08-01T09:00:00Z").into(),
        updated_at: time("2025-08-17T08:05:00Z").into(),
    };
    let agus = client::row::Model {
        id: 2,
        name: "Agus".to_owned(),
        email: "agus@contoh.test".to_owned(),
        phone: None,
        gender: None,
        birth_date: None,
        status: Status::Invited,
        assessed_at: None,
        created_at: time("2025-10-02T00:00:00Z").into(),
        updated_at: time("2025-10-02T00:00:00Z").into(),
        ..dewi.clone()
    };
    let citra = client::row::Model {
        id: 3,
        partner_id: 2,
        name: "Citra Kusuma".to_owned(),
        email: "citra@example.test".to_owned(),
        status: Status::Archived,
        assessed_at: Some(time("2025-10-20T00:00:00Z").into()),
        ..agus.clone()
    };
    [dewi, agus, citra]
}

/// The scores of a client: 96.8 for the first typology of the vocabulary, 3.3 less for each that follows.
async fn assess(app: &TestApp, client_id: i64, assessed_at: DateTime<Utc>) {
    let result = assessment::result_row::Model {
        id: client_id,
        client_id,
        version: "2.1".to_owned(),
        assessed_at,
        created_at: assessed_at,
        updated_at: assessed_at,
    };
    assessment::result_row::Entity::insert(result.into_active_model()).exec(app.domain.db.write()).await.unwrap();
    let typologies = VOCABULARY.iter().flat_map(|(_, _, typologies)| typologies.iter());
    let scores = (1..).zip(typologies).map(|(rank, (code, _))| assessment::score_row::Model {
        result_id: client_id,
        typology_code: (*code).to_owned(),
        score_tenths: 1_001 - 33 * rank,
        rank,
    });
    InsertMany::<assessment::score_row::ActiveModel>::many(scores).exec(app.domain.db.write()).await.unwrap();
}

/// A user of Talents Mapping, as the legacy database numbered it.
async fn account(app: &TestApp, legacy_id: i64, email: &str, role: Role, partner_id: Option<i64>) -> user::row::Model {
    app.user_with(Realm::TalentsMapping, role, |row| {
        row.legacy_id = Set(legacy_id);
        row.name = Set("Rina Wijaya".to_owned());
        row.email = Set(email.to_owned());
        row.email_key = Set(email.to_owned());
        row.partner_id = Set(partner_id);
        row.created_at = Set(time("2025-01-05T10:11:12Z").into());
        row.updated_at = Set(time("2025-01-05T10:11:12Z").into());
    })
    .await
}

/// Clients 101 and on of the first partner, so many.
async fn add_clients(app: &TestApp, count: i64) {
    let [_, agus, _] = clients();
    let rows = (101..101 + count).map(|id| client::row::Model {
        id,
        name: format!("Klien {id}"),
        email: format!("klien{id}@contoh.test"),
        ..agus.clone()
    });
    InsertMany::<client::row::ActiveModel>::many(rows).exec(app.domain.db.write()).await.unwrap();
}

/// The first partner, as the API shows it.
fn nusantara() -> Value {
    json!({
        "id": 1,
        "name": "PT Nusantara Karya",
        "email": "sdm@nusantara.test",
        "phone": "+62215550123",
        "address": "Jl. Merdeka No. 1, Jakarta",
        "clients_count": 2,
        "created_at": "2025-01-02T03:04:05.678901Z",
        "updated_at": "2025-06-07T08:09:10.000000Z"
    })
}

/// The second partner, as the API shows it.
fn bina() -> Value {
    json!({
        "id": 2,
        "name": "Yayasan Bina",
        "email": "info@bina.test",
        "phone": null,
        "address": null,
        "clients_count": 1,
        "created_at": "2025-02-03T00:00:00.000000Z",
        "updated_at": "2025-02-03T00:00:00.000000Z"
    })
}

/// Dewi, as the API shows her.
fn dewi() -> Value {
    json!({
        "id": 1,
        "partner_id": 1,
        "name": "Dewi Lestari",
        "email": "dewi@contoh.test",
        "phone": "08123456789",
        "gender": "female",
        "birth_date": "1990-05-17",
        "status": "assessed",
        "assessed_at": "2025-08-17T08:05:00.000000Z",
        "created_at": "2025-08-01T09:00:00.000000Z",
        "updated_at": "2025-08-17T08:05:00.000000Z"
    })
}

/// Agus, as the API shows him.
fn agus() -> Value {
    json!({
        "id": 2,
        "partner_id": 1,
        "name": "Agus",
        "email": "agus@contoh.test",
        "phone": null,
        "gender": null,
        "birth_date": null,
        "status": "invited",
        "assessed_at": null,
        "created_at": "2025-10-02T00:00:00.000000Z",
        "updated_at": "2025-10-02T00:00:00.000000Z"
    })
}

/// Citra, as the API shows her.
fn citra() -> Value {
    json!({
        "id": 3,
        "partner_id": 2,
        "name": "Citra Kusuma",
        "email": "citra@example.test",
        "phone": null,
        "gender": null,
        "birth_date": null,
        "status": "archived",
        "assessed_at": "2025-10-20T00:00:00.000000Z",
        "created_at": "2025-10-02T00:00:00.000000Z",
        "updated_at": "2025-10-02T00:00:00.000000Z"
    })
}

/// The body of a list that fits on one page, at this path under `/api`.
fn one_page(path: &str, rows: Vec<Value>) -> Value {
    let url = format!("http://api.talentsmapping.id/api{path}");
    let count = rows.len();
    let (from, to) = if count == 0 { (Value::Null, Value::Null) } else { (json!(1), json!(count)) };
    json!({
        "data": rows,
        "links": { "first": format!("{url}?page=1"), "last": format!("{url}?page=1"), "prev": null, "next": null },
        "meta": {
            "current_page": 1,
            "from": from,
            "last_page": 1,
            "links": [
                { "url": null, "label": "&laquo; Previous", "active": false },
                { "url": format!("{url}?page=1"), "label": "1", "active": true },
                { "url": null, "label": "Next &raquo;", "active": false }
            ],
            "path": url,
            "per_page": 15,
            "to": to,
            "total": count
        }
    })
}

/// What a broken rule looks like: a field and its message.
fn invalid(field: &str, message: &str) -> Value {
    json!({ "message": "The given data was invalid.", "errors": { field: [message] } })
}
