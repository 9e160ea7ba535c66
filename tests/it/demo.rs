//! The data of the `demo` command: what it promises, and that it is the same every time.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang::{
    accounts::{
        Realm, Role,
        session::{self, rules::LoginInput},
        user::{self, realm_counter},
    },
    content::{faq, setting, testimonial},
    demo,
    notary::{order, service},
    notifications,
    payments::order::{
        self as payment,
        row::{Provider, Status},
    },
    scholarship::{additional_upload, applicant, application, document, period, upload_type},
    talents::{assessment, client, partner},
    tracking::{click, lead, network, sub_id, summary},
};
use gerbang_kernel::identity::ClientInfo;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JsonValue, PaginatorTrait, QueryFilter, QueryOrder, Statement,
};

use crate::support::TestApp;

/// Every table that the demo fills, with the columns that put its rows in order.
const TABLES: [(&str, &str); 29] = [
    ("additional_uploads", "id"),
    ("applicants", "id"),
    ("assessment_results", "id"),
    ("assessment_scores", "result_id, rank"),
    ("audit_entries", "id"),
    ("click_summaries", "sub_id, hour"),
    ("clicks", "id"),
    ("client_errors", "id"),
    ("clients", "id"),
    ("documents", "id"),
    ("faqs", "id"),
    ("invitations", "id"),
    ("leads", "id"),
    ("networks", "id"),
    ("notifications", "id"),
    ("offers", "id"),
    ("orders", "id"),
    ("partners", "id"),
    ("payment_orders", "id"),
    ("realm_counters", "realm, name"),
    ("scholarship_applications", "id"),
    ("scholarship_periods", "id"),
    ("services", "id"),
    ("settings", "key"),
    ("sub_ids", "id"),
    ("testimonials", "id"),
    ("upload_types", "id"),
    ("users", "id"),
    ("webhook_events", "id"),
];

async fn demo() -> TestApp {
    let app = TestApp::new().await;
    demo::fill(&app.domain).await.unwrap();
    app
}

async fn demo_user(app: &TestApp, email: &str) -> user::row::Model {
    let found =
        user::row::Entity::find().filter(user::row::Column::Email.eq(email)).one(app.domain.db.read()).await.unwrap();
    found.unwrap_or_else(|| panic!("there is no {email}"))
}

async fn rows(app: &TestApp, sql: String) -> Vec<JsonValue> {
    let db = app.domain.db.read();
    JsonValue::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await.unwrap()
}

#[tokio::test]
async fn the_demo_data_is_the_same_every_time() {
    let (one, other) = (demo().await, demo().await);
    for (table, order) in TABLES {
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        let (mut one, mut other) = (rows(&one, sql.clone()).await, rows(&other, sql).await);
        assert!(!one.is_empty(), "{table} is empty");
        for row in one.iter_mut().chain(&mut other) {
            // Hashed with a new salt each time.
            row.as_object_mut().unwrap().remove("password_hash");
        }
        assert!(one == other, "{table} differs");
    }
}

#[tokio::test]
async fn the_demo_data_fits_at_any_time_and_has_no_future_dates() {
    for now in ["2024-02-29T00:00:00Z", "2026-01-01T00:00:05Z", "2026-12-31T23:59:59.999999Z"] {
        let app = TestApp::new().await;
        let now: DateTime<Utc> = now.parse().unwrap();
        app.clock.advance(now - app.clock.now());
        demo::fill(&app.domain).await.unwrap();
        let db = app.domain.db.read();
        for (table, _) in TABLES {
            let rows = rows(&app, format!("SELECT * FROM {table}")).await;
            for row in rows {
                let time = |column: &str| row[column].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap());
                let (created, updated) = (time("created_at"), time("updated_at"));
                assert!(created <= Some(now) && updated <= Some(now), "{now}, {table}: {row}");
                assert!(updated.is_none() || updated >= created, "{now}, {table}: {row}");
            }
        }
        let today = click::row::Column::CreatedAt
            .gte(now - (now - now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc()));
        assert!(click::row::Entity::find().filter(today).count(db).await.unwrap() >= 40, "{now}");
    }
}

#[tokio::test]
async fn the_documented_accounts_are_there_and_every_role_and_state_besides() {
    let app = demo().await;
    let users = user::row::Entity::find().order_by_asc(user::row::Column::Id).all(app.domain.db.read()).await.unwrap();
    let documented: Vec<_> =
        demo::accounts().iter().map(|account| (account.realm, account.email, account.role)).collect();
    assert_eq!(
        documented,
        [
            (Realm::Staff, "admin@staff.test", Role::Admin),
            (Realm::Staff, "budi@staff.test", Role::Employee),
            (Realm::TalentsMapping, "admin@talents.test", Role::Admin),
            (Realm::TalentsMapping, "partner@talents.test", Role::Partner),
            (Realm::Apextrack, "affiliate@apex.test", Role::Affiliate),
            (Realm::Notary, "admin@notary.test", Role::Admin),
            (Realm::Scholarship, "applicant@yiss.test", Role::Applicant),
        ]
    );
    for (realm, email, role) in documented {
        let found = users.iter().find(|user| user.email == email).unwrap();
        assert_eq!((found.realm, found.role, found.status), (realm, role, user::row::Status::Active), "{email}");
        assert!(found.email_verified_at.is_some(), "{email}");
    }
    assert_eq!(demo_user(&app, "partner@talents.test").await.partner_id, Some(1));
    assert_eq!(demo_user(&app, "applicant@yiss.test").await.phone_key.as_deref(), Some("+6281234567890"));
    assert_eq!(demo_user(&app, "admin@staff.test").await.username.as_deref(), Some("admin"));
    let budi = demo_user(&app, "budi@staff.test").await;
    assert_eq!(
        (budi.username.as_deref(), budi.code.as_deref(), budi.legacy_id),
        (Some("budi123"), Some("USR00002"), 2)
    );

    let roles = users.iter().map(|user| format!("{:?}", user.role)).collect::<BTreeSet<_>>();
    assert_eq!(roles.len(), 8, "{roles:?}");
    assert!(users.iter().any(|user| user.status == user::row::Status::Suspended));
    assert!(users.iter().any(|user| user.status == user::row::Status::Pending));
    assert!(users.windows(2).all(|pair| pair[0].password_hash == pair[1].password_hash));
}

#[tokio::test]
async fn every_documented_account_can_log_in() {
    let app = demo().await;
    let client = ClientInfo { ip: [203, 0, 113, 7].into(), user_agent: None, country: None };
    for account in demo::accounts() {
        let names = [(Some(account.email.to_owned()), None), (None, account.username.map(ToOwned::to_owned))];
        for (email, username) in names.into_iter().filter(|names| *names != (None, None)) {
            let (realm, password) = (account.realm, "rahasia-demo-123".to_owned());
            let input = LoginInput {
                realm,
                account: None,
                login: None,
                email,
                phone: None,
                username,
                password,
                device_name: None,
            };
            let session = session::rules::login(&app.domain, &client, input).await.unwrap();
            assert_eq!(session.user.email, account.email);
        }
    }
}

#[tokio::test]
async fn users_are_numbered_without_gaps_and_the_counters_go_on_from_there() {
    let app = demo().await;
    let db = app.domain.db.read();
    for counter in realm_counter::Entity::find().all(db).await.unwrap() {
        let users = user::row::Entity::find().filter(user::row::Column::Realm.eq(counter.realm));
        let users = users.order_by_asc(user::row::Column::LegacyId).all(db).await.unwrap();
        let numbers: Vec<_> = users.iter().map(|user| user.legacy_id).collect();
        assert_eq!(numbers, (1..=counter.value).collect::<Vec<_>>(), "{counter:?}");
        for user in users {
            let code = (counter.realm == Realm::Staff).then(|| format!("USR{:05}", user.legacy_id));
            assert_eq!(user.code, code);
        }
    }
}

#[tokio::test]
async fn there_are_partners_with_clients_and_results() {
    let app = demo().await;
    let db = app.domain.db.read();
    assert!(partner::row::Entity::find().count(db).await.unwrap() >= 3);
    let clients = client::row::Entity::find().order_by_asc(client::row::Column::Id).all(db).await.unwrap();
    assert_eq!(clients.len(), 60);
    for status in [client::row::Status::Invited, client::row::Status::Assessed, client::row::Status::Archived] {
        assert!(clients.iter().any(|client| client.status == status), "{status:?}");
    }
    let results = assessment::result_row::Entity::find().all(db).await.unwrap();
    assert_eq!(results.len(), 50);
    for client in &clients {
        let result = results.iter().find(|result| result.client_id == client.id);
        assert_eq!(result.map(|result| result.assessed_at), client.assessed_at.map(Into::into));
        assert_eq!(result.is_none(), client.status == client::row::Status::Invited);
    }
    for result in results {
        let scores =
            assessment::score_row::Entity::find().filter(assessment::score_row::Column::ResultId.eq(result.id));
        let scores = scores.order_by_asc(assessment::score_row::Column::Rank).all(db).await.unwrap();
        assert_eq!(scores.len(), 30);
        assert!(scores.windows(2).all(|pair| pair[0].score_tenths > pair[1].score_tenths));
        assert!((1..).zip(&scores).all(|(rank, score)| score.rank == rank));
    }
}

#[tokio::test]
async fn the_affiliate_has_a_month_of_clicks_and_leads() {
    let app = demo().await;
    let db = app.domain.db.read();
    let now = app.clock.now();
    let affiliate = demo_user(&app, "affiliate@apex.test").await.id;
    let networks = network::row::Entity::find().all(db).await.unwrap();
    assert_eq!(
        networks.iter().map(|network| (network.name.as_str(), &network.secret)).collect::<Vec<_>>(),
        [("demo", &None)]
    );
    assert!(networks[0].allow_unsigned);

    let own = sub_id::row::Entity::find().filter(sub_id::row::Column::AffiliateId.eq(affiliate));
    assert_eq!(own.count(db).await.unwrap(), 5);
    let clicks =
        click::row::Entity::find().filter(click::row::Column::AffiliateId.eq(affiliate)).all(db).await.unwrap();
    assert_eq!(clicks.len(), 2_000);
    assert!(clicks.iter().all(|click| click.created_at > now - TimeDelta::days(30)));
    assert!(clicks.iter().filter(|click| click.created_at > now - TimeDelta::seconds(30)).count() >= 5);
    assert!(clicks.iter().any(|click| click.is_bot) && clicks.iter().any(|click| !click.is_unique));
    let leads = lead::row::Entity::find().filter(lead::row::Column::AffiliateId.eq(affiliate)).all(db).await.unwrap();
    assert_eq!(leads.len(), 300);
    for lead in &leads {
        let click = clicks.iter().find(|click| click.id == lead.click_id).unwrap();
        assert!(lead.created_at >= click.created_at && lead.sub_id == click.sub_id && !click.is_bot);
    }
    assert!(
        click::row::Entity::find().filter(click::row::Column::AffiliateId.ne(affiliate)).count(db).await.unwrap() > 0
    );
}

#[tokio::test]
async fn the_hourly_sums_agree_with_clicks_and_leads() {
    let app = demo().await;
    let db = app.domain.db.read();
    let mut expected: BTreeMap<String, (i64, i64, i64, i64)> = BTreeMap::new();
    for click in click::row::Entity::find().all(db).await.unwrap() {
        expected.entry(click.sub_id).or_default().0 += 1;
    }
    for lead in lead::row::Entity::find().all(db).await.unwrap() {
        let sums = expected.entry(lead.sub_id).or_default();
        sums.1 += 1;
        if lead.status == lead::row::Status::Approved {
            sums.2 += 1;
            sums.3 += lead.payout_micros;
        }
    }
    let mut found: BTreeMap<String, (i64, i64, i64, i64)> = BTreeMap::new();
    for hour in summary::row::Entity::find().all(db).await.unwrap() {
        let sums = found.entry(hour.sub_id).or_default();
        sums.0 += hour.clicks;
        sums.1 += hour.leads;
        sums.2 += hour.approved_leads;
        sums.3 += hour.payout_micros;
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_office_has_open_services_a_closed_one_and_orders() {
    let app = demo().await;
    let db = app.domain.db.read();
    let services = service::row::Entity::find().all(db).await.unwrap();
    let open: Vec<_> = services.iter().filter(|service| service.status == service::row::Status::Open).collect();
    assert_eq!(open.len(), 4);
    assert!(services.iter().any(|service| service.status == service::row::Status::Closed));
    assert!(services.iter().all(|service| !service.fees.0.is_empty() && !service.tasks.0.is_empty()));
    let orders = order::row::Entity::find().all(db).await.unwrap();
    assert!(orders.iter().all(|order| {
        let service = services.iter().find(|service| service.id == order.service_id).unwrap();
        order.total == service.fees.0.iter().map(|fee| fee.amount).sum::<i64>()
    }));
    assert!(open.iter().any(|service| orders.iter().all(|order| order.service_id != service.id)));
}

#[tokio::test]
async fn one_period_is_open_and_the_applicant_can_still_apply() {
    let app = demo().await;
    let db = app.domain.db.read();
    let now = app.clock.now();
    let periods = period::row::Entity::find().all(db).await.unwrap();
    let is_open =
        |period: &&period::row::Model| period.registration_opens_at <= now && now <= *period.registration_closes_at;
    let (open, closed): (Vec<_>, Vec<_>) = periods.iter().partition(is_open);
    assert_eq!((open.len(), closed.len()), (1, 1));
    assert!(closed[0].registration_closes_at < now);
    assert_eq!(upload_type::row::Entity::find().count(db).await.unwrap(), 3);

    let user = demo_user(&app, "applicant@yiss.test").await.id;
    let profile =
        applicant::row::Entity::find().filter(applicant::row::Column::UserId.eq(user)).one(db).await.unwrap().unwrap();
    let own = application::row::Entity::find().filter(application::row::Column::ApplicantId.eq(profile.id));
    let own = own.all(db).await.unwrap();
    assert_eq!(own.iter().map(|application| application.period_id).collect::<Vec<_>>(), [closed[0].id]);
}

#[tokio::test]
async fn the_applicant_has_twenty_notifications_and_eight_are_unread() {
    let app = demo().await;
    let db = app.domain.db.read();
    let user = demo_user(&app, "applicant@yiss.test").await.id;
    let own = notifications::row::Entity::find().filter(notifications::row::Column::UserId.eq(user));
    let own = own.order_by_desc(notifications::row::Column::CreatedAt).all(db).await.unwrap();
    assert_eq!(own.len(), 20);
    assert_eq!(own.iter().filter(|notification| notification.read_at.is_none()).count(), 8);
    assert!(own.windows(2).all(|pair| pair[0].created_at > pair[1].created_at));
    assert!(notifications::row::Entity::find().count(db).await.unwrap() > 20);
}

#[tokio::test]
async fn payments_are_in_every_state_and_nine_are_open_to_try() {
    let app = demo().await;
    let db = app.domain.db.read();
    let payments = payment::row::Entity::find().order_by_asc(payment::row::Column::Id).all(db).await.unwrap();
    for status in <Status as sea_orm::Iterable>::iter() {
        assert!(payments.iter().any(|payment| payment.status == status), "{status:?}");
    }
    let open: Vec<_> = payments.iter().filter(|payment| payment.order_id.starts_with("DEMO-ORDER-")).collect();
    let providers = [Provider::Midtrans, Provider::Doku, Provider::Xendit];
    assert_eq!(open.len(), 9);
    for (place, payment) in open.iter().enumerate() {
        assert_eq!(payment.order_id, format!("DEMO-ORDER-{}", place + 1));
        assert_eq!((payment.provider, payment.status), (providers[place / 3], Status::Pending));
        assert_eq!((payment.amount, payment.currency.as_str()), (150_000, "IDR"));
    }
}

#[tokio::test]
async fn the_website_has_its_texts() {
    let app = demo().await;
    let db = app.domain.db.read();
    assert_eq!(setting::row::Entity::find().count(db).await.unwrap(), 11);
    assert_eq!(faq::row::Entity::find().count(db).await.unwrap(), 5);
    assert_eq!(testimonial::row::Entity::find().count(db).await.unwrap(), 3);
}

#[tokio::test]
async fn every_file_is_really_there() {
    let app = demo().await;
    let db = app.domain.db.read();
    let mut files = Vec::new();
    for document in document::row::Entity::find().all(db).await.unwrap() {
        files.push((document.file_path, Some(document.size)));
    }
    for upload in additional_upload::row::Entity::find().all(db).await.unwrap() {
        files.push((upload.file_path, Some(upload.size)));
    }
    for testimonial in testimonial::row::Entity::find().all(db).await.unwrap() {
        files.push((testimonial.photo_path, None));
    }
    assert_eq!(files.len(), 8);
    for (path, size) in files {
        let stored = app.domain.files.get(&path).await.unwrap().unwrap_or_else(|| panic!("{path} is missing"));
        assert!(size.is_none_or(|size| size.unsigned_abs() == stored.size), "{path}");
    }
}

#[tokio::test]
async fn a_database_with_users_is_left_alone() {
    let app = TestApp::new().await;
    app.user(Realm::Staff, Role::Admin).await;
    demo::fill_if_empty(&app.domain).await.unwrap();
    assert_eq!(user::row::Entity::find().count(app.domain.db.read()).await.unwrap(), 1);
}

#[tokio::test]
async fn the_demo_data_is_written_quickly() {
    let app = TestApp::new().await;
    let begin = Instant::now();
    demo::fill(&app.domain).await.unwrap();
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
}
