//! One row of every table with every column set.

mod content;
mod payments;

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use gerbang::{
    accounts::{
        Realm, Role, invitation, session, sign_up, token,
        user::{self, realm_counter},
        verification,
    },
    notary::{order, service},
    outbox,
    scholarship::{additional_upload, applicant, application, document, period, upload_type},
    talents::{assessment, client, dictionary, partner},
    tracking::{click, lead, network, offer, sub_id, summary},
    usage::announced_end,
};
use gerbang_platform::db::Db;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, EntityName, IntoActiveModel, ModelTrait, prelude::*};

/// Inserts the `n`th row of every table and reads it back. No two rows share a unique value.
/// Gives the names of the tables, in alphabetical order.
pub(crate) async fn insert(db: &Db, n: u8) -> Vec<String> {
    let mut rows = Rows { db, tables: Vec::new() };
    rows.talents(n).await;
    rows.accounts(n).await;
    rows.tracking(n).await;
    rows.notary(n).await;
    rows.scholarship(n).await;
    rows.payments(n).await;
    rows.content(n).await;
    rows.tables.sort();
    rows.tables
}

struct Rows<'a> {
    db: &'a Db,
    tables: Vec<String>,
}

fn at(n: u8) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_770_091_506_789_012).unwrap() + TimeDelta::minutes(n.into())
}

fn birthday() -> NaiveDate {
    NaiveDate::from_ymd_opt(1999, 12, 31).unwrap()
}

fn uuid(n: u8) -> TextUuid {
    TextUuid(Uuid::from_u128(n.into()))
}

fn s(word: &str, n: u8) -> String {
    format!("{word} {n}")
}

impl Rows<'_> {
    async fn keep<M>(&mut self, row: M)
    where
        M: ModelTrait + PartialEq + Debug + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + Clone,
        M::Entity: EntityTrait<Model = M>,
        <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    {
        let table = M::Entity::default().table_name().to_owned();
        let inserted = row.clone().into_active_model().reset_all().insert(self.db.write()).await;
        assert_eq!(inserted.unwrap_or_else(|error| panic!("{table}: {error}")), row);
        assert!(M::Entity::find().all(self.db.read()).await.unwrap().contains(&row), "{table} changed the row");
        self.tables.push(table);
    }

    async fn talents(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(partner::row::Model {
            id,
            name: s("name", n),
            email: s("email", n),
            phone: Some(s("phone", n)),
            address: Some(s("address", n)),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(client::row::Model {
            id,
            partner_id: id,
            name: s("name", n),
            email: s("email", n),
            phone: Some(s("phone", n)),
            gender: Some(client::row::Gender::Female),
            birth_date: Some(birthday().into()),
            status: client::row::Status::Archived,
            assessed_at: Some(at(n).into()),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(assessment::result_row::Model {
            id,
            client_id: id,
            version: s("version", n),
            assessed_at: at(n),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
        self.keep(dictionary::cluster_row::Model {
            code: s("C", n),
            name: s("name", n),
            position: 100 + i32::from(n),
            description_id: s("description", n),
            description_en: s("description", n),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
        self.keep(dictionary::typology_row::Model {
            code: s("T", n),
            cluster_code: s("C", n),
            name: s("name", n),
            position: 100 + i32::from(n),
            description_id: s("description", n),
            description_en: s("description", n),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
        self.keep(assessment::score_row::Model {
            result_id: id,
            typology_code: s("T", n),
            score_tenths: 875,
            rank: n.into(),
        })
        .await;
    }

    async fn accounts(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(user::row::Model {
            id,
            uuid: uuid(n),
            realm: Realm::TalentsMapping,
            role: Role::Partner,
            legacy_id: id,
            name: s("name", n),
            email: s("email", n),
            email_key: s("email", n),
            username: Some(s("username", n)),
            username_key: Some(s("username", n)),
            phone: Some(s("phone", n)),
            phone_key: Some(s("phone", n)),
            password_hash: s("password", n),
            status: user::row::Status::Suspended,
            partner_id: Some(id),
            code: Some(s("code", n)),
            position_code: Some(s("position", n)),
            address: Some(s("address", n)),
            email_verified_at: Some(at(n).into()),
            sessions_valid_from: Some(at(n).into()),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(realm_counter::Model { realm: Realm::Staff, name: s("name", n), value: id * 1_000_000_007 }).await;
        self.keep(token::row::Model {
            id,
            user_id: id,
            name: s("name", n),
            token_hash: s("token", n),
            abilities: r#"["*"]"#.to_owned(),
            last_used_at: Some(at(n)),
            expires_at: Some(at(n)),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
        self.keep(session::row::Model {
            id: uuid(n).to_string(),
            user_id: id,
            current_jti: s("current", n),
            previous_jti: Some(s("previous", n)),
            exchanged_at: Some(at(n)),
            logged_in_at: at(n),
            refreshable_until: at(n),
            revoked_at: Some(at(n)),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
        self.keep(verification::row::Model {
            id,
            user_id: Some(id),
            purpose: verification::row::Purpose::PasswordReset,
            target: s("target", n),
            code_hash: s("code", n),
            attempts: n.into(),
            max_attempts: n.into(),
            sent_at: at(n),
            expires_at: at(n),
            used_at: Some(at(n)),
            created_at: at(n),
        })
        .await;
        self.keep(sign_up::row::Model {
            id,
            realm: Realm::Scholarship,
            email: s("email", n),
            email_key: s("email", n),
            name: s("name", n),
            phone: Some(s("phone", n)),
            phone_key: Some(s("phone", n)),
            password_hash: s("password", n),
            code_hash: s("code", n),
            token_id: s("token", n),
            attempts: n.into(),
            sent_at: at(n),
            expires_at: at(n),
            status: sign_up::row::Status::Replaced,
            user_id: Some(id),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
        self.keep(invitation::row::Model {
            id,
            realm: Realm::Scholarship,
            email: s("email", n),
            email_key: s("email", n),
            role: Role::Ppat,
            code_hash: s("code", n),
            invited_by: id,
            expires_in_minutes: n.into(),
            expires_at: at(n).into(),
            accepted_at: Some(at(n).into()),
            accepted_by: Some(id),
            revoked_at: Some(at(n).into()),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(outbox::row::Model {
            id,
            channel: outbox::row::Channel::Sms,
            recipient: s("recipient", n),
            sender: Some(s("sender", n)),
            subject: Some(s("subject", n)),
            body: Some(s("body", n)),
            html: Some(s("html", n)),
            code: Some(s("code", n)),
            link: Some(s("link", n)),
            status: outbox::row::Status::Failed,
            attempts: n.into(),
            next_attempt_at: at(n),
            last_error: Some(s("last", n)),
            sent_at: Some(at(n)),
            created_at: at(n),
            updated_at: at(n),
        })
        .await;
    }

    async fn tracking(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(network::row::Model {
            id,
            name: s("name", n),
            secret: Some(s("secret", n)),
            allow_unsigned: true,
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(offer::row::Model {
            id,
            name: s("name", n),
            url: format!("https://shop.test/{n}?click={{click_id}}"),
            payout_micros: id * 1_000_000_007,
            currency: "IDR".to_owned(),
            network_id: id,
            active: true,
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(sub_id::row::Model {
            id: s("sub", n),
            affiliate_id: id,
            offer_id: id,
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(click::row::Model {
            id,
            click_id: s("click", n),
            sub_id: s("sub", n),
            affiliate_id: id,
            offer_id: id,
            visitor_hash: Some(s("visitor", n)),
            user_agent: Some(s("user", n)),
            country_code: Some("ID".to_owned()),
            device_type: click::row::DeviceType::Other,
            os: Some(s("os", n)),
            browser: Some(s("browser", n)),
            referrer: Some(s("referrer", n)),
            is_bot: true,
            is_unique: true,
            created_at: at(n).into(),
        })
        .await;
        self.keep(lead::row::Model {
            id,
            click_id: id,
            affiliate_id: id,
            sub_id: s("sub", n),
            network_id: id,
            txid: s("txid", n),
            status: lead::row::Status::Rejected,
            payout_micros: id * 1_000_000_007,
            currency: "IDR".to_owned(),
            country_code: Some("ID".to_owned()),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(summary::row::Model {
            sub_id: s("sub", n),
            hour: at(n),
            affiliate_id: id,
            clicks: id * 1_000_000_007,
            leads: id * 1_000_000_007,
            approved_leads: id * 1_000_000_007,
            payout_micros: id * 1_000_000_007,
        })
        .await;
        let cleared_before = Some(at(n));
        self.keep(click::retention_row::Model { id: n.into(), removed_before: at(n), cleared_before }).await;
        self.keep(announced_end::Model { name: s("name", n), first_seen_at: at(n) }).await;
    }

    async fn notary(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(service::row::Model {
            id: s("service", n),
            name: s("name", n),
            description: s("description", n),
            fees: service::row::Fees(vec![service::row::Fee { name: s("fee", n), amount: 150_000 }]),
            tasks: service::row::Tasks(vec![s("task", n), s("another", n)]),
            fee_form: service::row::FeeForm::Number,
            status: service::row::Status::Deleted,
            position: id * 1_000_000_007,
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(order::row::Model {
            id,
            service_id: s("service", n),
            customer_id: id,
            status: order::row::Status::Cancelled,
            notes: Some(s("notes", n)),
            total: id * 1_000_000_007,
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
    }

    async fn scholarship(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(period::row::Model {
            id: uuid(n),
            year: format!("200{n}/202{n}"),
            registration_opens_at: at(n).into(),
            registration_closes_at: at(n + 1).into(),
            starts_at: at(n).into(),
            ends_at: at(n).into(),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(applicant::row::Model {
            id: uuid(n),
            user_id: id,
            birth_place: s("birth", n),
            birth_date: birthday().into(),
            father_name: s("father", n),
            father_occupation: s("father", n),
            mother_name: s("mother", n),
            mother_occupation: s("mother", n),
            parents_income: id * 1_000_000_007,
            address: s("address", n),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(upload_type::row::Model {
            id: uuid(n),
            name: s("name", n),
            position: n.into(),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(document::row::Model {
            id: uuid(n),
            applicant_id: uuid(n),
            name: s("name", n),
            file_path: s("file", n),
            content_type: s("content", n),
            size: id * 1_000_000_007,
            description: Some(s("description", n)),
            published: true,
            review_status: document::row::ReviewStatus::Rejected,
            review_note: Some(s("review", n)),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(additional_upload::row::Model {
            id: uuid(n),
            applicant_id: uuid(n),
            upload_type_id: uuid(n),
            file_path: s("file", n),
            content_type: s("content", n),
            size: id * 1_000_000_007,
            description: Some(s("description", n)),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(application::row::Model {
            id: uuid(n),
            period_id: uuid(n),
            applicant_id: uuid(n),
            status: application::row::Status::Rejected,
            decision_note: Some(s("decision", n)),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
    }
}
