//! Who did what, when and from where.

use std::{net::Ipv4Addr, time::Duration};

use async_graphql::Request;
use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role},
    audit::{
        keeping::prune_audit_entries,
        row::{AuditKind, Column, Entity, Model},
    },
    notary::service,
};
use gerbang_graphql::engine::Engine as _;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::json;

use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::Legacy,
    webhooks::{midtrans, xendit},
};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { user { id } token { content } } }";

/// All entries in the order in which they came, once there are so many: what is refused is stored behind the answer.
async fn entries(app: &TestApp, count: usize) -> Vec<Model> {
    for _ in 0..500 {
        let rows = Entity::find().order_by_asc(Column::Id).all(app.domain.db.write()).await.unwrap();
        if rows.len() >= count {
            assert_eq!(rows.len(), count, "{rows:?}");
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{count} entries did not come");
}

/// What happened, what became of it, who did it and to what.
fn told(entry: &Model) -> (AuditKind, &str, &str, Realm, Option<i64>, Option<&str>) {
    let Model { kind, action, outcome, realm, actor_id, subject, .. } = entry;
    (*kind, action, outcome, *realm, *actor_id, subject.as_deref())
}

#[tokio::test]
async fn every_mutation_of_an_admin_leaves_an_entry_and_nothing_else_does() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    let partner = app.partner("Andalan").await;
    let user = app.partner_user(partner).await;
    let rename = r#"mutation { updatePartner(input: { id: "partner_1", name: "Baru" }) { partner { name } } }"#;
    let create =
        r#"mutation { createPartner(input: { name: "Satu", email: "satu@partner.test" }) { partner { name } } }"#;
    let broken = r#"mutation { updatePartner(input: { id: "partner_1", name: "" }) { partner { name } } }"#;
    let missing = r#"mutation { deletePartner(input: { id: "partner_77" }) { partner { id } } }"#;
    app.as_user(&user).graphql("mutation { markAllNotificationsRead { marked } }").await.ok();
    assert_eq!(app.as_user(&user).graphql(rename).await.code(), "FORBIDDEN");
    app.as_user(&admin).graphql("{ partners { nodes { id } } }").await.ok();
    app.as_user(&admin).graphql(rename).await.ok();
    app.as_user(&admin).graphql(create).await.ok();
    assert_eq!(app.as_user(&admin).graphql(broken).await.code(), "VALIDATION_FAILED");
    assert_eq!(app.as_user(&admin).graphql(missing).await.code(), "NOT_FOUND");

    let rows = entries(&app, 4).await;
    let of = |action, outcome, subject| {
        (AuditKind::Admin, action, outcome, Realm::TalentsMapping, Some(admin.id), Some(subject))
    };
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [
            of("updatePartner", "OK", "partner_1"),
            of("createPartner", "OK", "partner_2"),
            of("updatePartner", "VALIDATION_FAILED", "partner_1"),
            of("deletePartner", "NOT_FOUND", "partner_77"),
        ]
    );
    assert_eq!(rows[0].ip.as_deref(), Some("203.0.113.7"));
    assert_eq!(rows[0].client.as_deref(), Some("gerbang-tests"));
    assert_eq!(*rows[0].created_at, app.clock.now());
}

#[tokio::test]
async fn admins_read_those_of_their_realm() {
    let app = TestApp::new().await;
    let (admin, notary) = (app.talents_admin().await, app.user(Realm::Notary, Role::Admin).await);
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    app.partner("Andalan").await;
    let rename = r#"mutation { updatePartner(input: { id: "partner_1", name: "Baru" }) { partner { name } } }"#;
    app.as_user(&admin).graphql(rename).await.ok();
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(app.as_user(&notary).graphql(rename).await.code(), "FORBIDDEN");

    let list =
        "{ auditEntries { totalCount nodes { id kind action outcome realm actor { id } subjectId ip client requestId
        createdAt } } }";
    let page = app.as_user(&admin).graphql(list).await.ok();
    let done = json!({
        "id": "auditEntry_1", "kind": "ADMIN", "action": "updatePartner", "outcome": "OK", "realm": "TALENTS_MAPPING",
        "actor": { "id": format!("user_{}", admin.id) }, "subjectId": "partner_1", "ip": "203.0.113.7",
        "client": "gerbang-tests", "requestId": null, "createdAt": "2026-02-03T04:05:06+00:00"
    });
    assert_eq!(page["auditEntries"], json!({ "totalCount": 1, "nodes": [done] }));
    let found = async |filter: &str| {
        let list = format!("{{ auditEntries(filter: {{ {filter} }}) {{ nodes {{ id }} }} }}");
        let page = app.as_user(&gateway_admin).graphql(&list).await.ok();
        let ids = page["auditEntries"]["nodes"].as_array().unwrap().clone();
        ids.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let (first, second) = ("auditEntry_1", "auditEntry_2");
    for (filter, expected) in [
        ("kind: ADMIN", format!("{second} {first}")),
        ("kinds: [LOGIN, LOGOUT]", String::new()),
        ("outcome: \"FORBIDDEN\"", second.to_owned()),
        ("action: \"updatePartner\", realm: TALENTS_MAPPING", first.to_owned()),
        (&format!("actorId: \"user_{}\"", notary.id), second.to_owned()),
        ("subjectId: \"partner_1\"", format!("{second} {first}")),
        ("from: \"2026-02-03T04:06:06Z\"", second.to_owned()),
        ("to: \"2026-02-03T04:06:06Z\"", first.to_owned()),
    ] {
        assert_eq!(found(filter).await, expected, "{filter}");
    }
    let node = r#"{ node(id: "auditEntry_1") { ... on AuditEntry { action } } }"#;
    assert_eq!(app.as_user(&admin).graphql(node).await.ok()["node"]["action"], "updatePartner");
    assert_eq!(app.as_user(&notary).graphql(node).await.ok(), json!({ "node": null }));
    let partner = app.partner_user(1).await;
    assert_eq!(app.as_user(&partner).graphql(list).await.code(), "FORBIDDEN");
    assert_eq!(app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn log_ins_and_log_outs_leave_entries() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Scholarship, Role::Applicant).await;
    let login = async |login: &str, password: &str| {
        let input = json!({ "realm": "SCHOLARSHIP", "login": login, "password": password });
        app.anonymous().graphql_with(LOGIN, json!({ "input": input })).await
    };
    let content = login(&user.email, PASSWORD).await.ok()["login"]["token"]["content"].as_str().unwrap().to_owned();
    assert_eq!(login(&user.email, "rahasia-yang-salah").await.code(), "UNAUTHENTICATED");
    entries(&app, 2).await;
    assert_eq!(login("siapa@example.test", "rahasia-yang-salah").await.code(), "UNAUTHENTICATED");
    entries(&app, 3).await;
    app.with_token(&content).await.graphql("mutation { logout { user { id } } }").await.ok();

    let rows = entries(&app, 4).await;
    let account = format!("user_{}", user.id);
    let (realm, account) = (Realm::Scholarship, Some(account.as_str()));
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [
            (AuditKind::Login, "login", "OK", realm, Some(user.id), account),
            (AuditKind::Login, "login", "UNAUTHENTICATED", realm, None, account),
            (AuditKind::Login, "login", "UNAUTHENTICATED", realm, None, None),
            (AuditKind::Logout, "logout", "OK", realm, Some(user.id), account),
        ]
    );
    // Nothing that was sent is in them.
    let written = format!("{rows:?}");
    for secret in [PASSWORD, "rahasia-yang-salah", &content, "siapa@", &user.email] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}

#[tokio::test]
async fn new_passwords_leave_entries() {
    let app = TestApp::new().await;
    let user = app.user(Realm::TalentsMapping, Role::Admin).await;
    let ask =
        "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresInMinutes } }";
    let input = json!({ "realm": "TALENTS_MAPPING", "email": user.email });
    app.anonymous().graphql_with(ask, json!({ "input": input })).await.ok();
    let body = app.message_to(&user.email).await.body.unwrap();
    let code = body.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap().to_owned();
    let reset = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } } }";
    let reset = async |token: &str| {
        let input =
            json!({ "realm": "TALENTS_MAPPING", "email": user.email, "token": token, "password": "rahasia-baru-123" });
        app.anonymous().graphql_with(reset, json!({ "input": input })).await
    };
    let wrong = if code == "123456" { "654321" } else { "123456" };
    assert_eq!(reset(wrong).await.code(), "VALIDATION_FAILED");
    entries(&app, 1).await;
    reset(&code).await.ok();
    let change = r#"mutation { changePassword(input: { currentPassword: "rahasia-baru-123", password: "rahasia-lain-123" })
        { user { id } } }"#;
    let user =
        gerbang::accounts::user::row::Entity::find_by_id(user.id).one(app.domain.db.write()).await.unwrap().unwrap();
    app.as_user(&user).graphql(change).await.ok();

    let rows = entries(&app, 3).await;
    let account = format!("user_{}", user.id);
    let (realm, account) = (Realm::TalentsMapping, Some(account.as_str()));
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [
            (AuditKind::Password, "resetPassword", "VALIDATION_FAILED", realm, None, account),
            (AuditKind::Password, "resetPassword", "OK", realm, Some(user.id), account),
            (AuditKind::Password, "changePassword", "OK", realm, Some(user.id), account),
        ]
    );
    let written = format!("{rows:?}");
    for secret in [&code, "rahasia", &user.email] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}

#[tokio::test]
async fn a_token_that_was_exchanged_before_leaves_an_entry() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Scholarship, Role::Applicant).await;
    let input = json!({ "realm": "SCHOLARSHIP", "login": user.email, "password": PASSWORD });
    let session = app.anonymous().graphql_with(LOGIN, json!({ "input": input })).await.ok();
    let token = session["login"]["token"]["content"].as_str().unwrap();
    let refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { token { content } } }";
    let refresh =
        async |token: &str| app.anonymous().graphql_with(refresh, json!({ "input": { "token": token } })).await;
    let next = refresh(token).await.ok();
    // A second tab.
    refresh(token).await.ok();
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(refresh(token).await.code(), "UNAUTHENTICATED");
    assert_eq!(refresh("nothing").await.code(), "UNAUTHENTICATED");

    let rows = entries(&app, 2).await;
    let account = format!("user_{}", user.id);
    let expected =
        (AuditKind::TokenReuse, "refreshToken", "UNAUTHENTICATED", Realm::Scholarship, None, Some(account.as_str()));
    assert_eq!(told(&rows[1]), expected);
    // One that was logged out is no sign of anything.
    let last = next["refreshToken"]["token"]["content"].as_str().unwrap();
    app.with_token(last).await.graphql("mutation { logout { user { id } } }").await.ok();
    assert_eq!(refresh(last).await.code(), "UNAUTHENTICATED");
    entries(&app, 3).await;
}

#[tokio::test]
async fn refused_webhooks_leave_entries() {
    let legacy = Legacy::demo().await;
    let app = &legacy.app;
    let before = Entity::find().count(app.domain.db.write()).await.unwrap();
    let before = usize::try_from(before).unwrap();
    let mut forged = midtrans("order-1", "settlement");
    forged.body = forged.body.replace("settlement", "capture").replace("150000", "1");
    forged.send(&legacy).await;
    entries(app, before + 1).await;
    xendit("order-1", "PAID", "w-1").with_header("x-callback-token", "a-secret-that-leaked").send(&legacy).await;
    entries(app, before + 2).await;
    let unknown = legacy.get("/apextrack/api/postback/conversion?clickid=nobody&secret=a-secret-that-leaked");
    assert_eq!(unknown.from(Ipv4Addr::new(198, 51, 100, 9)).send().await.status, 404);

    let rows = entries(app, before + 3).await.split_off(before);
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [
            (AuditKind::Webhook, "receiveMidtransNotification", "UNAUTHENTICATED", Realm::TalentsMapping, None, None),
            (AuditKind::Webhook, "receiveXenditNotification", "UNAUTHENTICATED", Realm::TalentsMapping, None, None),
            (AuditKind::Webhook, "recordConversion", "NOT_FOUND", Realm::Apextrack, None, None),
        ]
    );
    assert_eq!(rows[2].ip.as_deref(), Some("198.51.100.9"));
    assert!(rows.iter().all(|row| row.request_id.is_some()), "{rows:?}");
    assert!(!format!("{rows:?}").contains("leaked"));
}

#[tokio::test]
async fn a_log_in_by_each_legacy_api_leaves_one_entry() {
    let legacy = Legacy::empty().await;
    let app = &legacy.app;
    for (realm, role, path, name) in [
        (Realm::TalentsMapping, Role::Admin, "/talentsmapping/api/auth/login", "email"),
        (Realm::Apextrack, Role::Affiliate, "/apextrack/api/login", "email"),
        (Realm::Notary, Role::Customer, "/notary/api/v1/auth/signin", "email"),
        (Realm::Scholarship, Role::Applicant, "/scholarship/api/login", "email"),
        (Realm::Staff, Role::Employee, "/staff/api/v1/auth/login", "login"),
    ] {
        let before = usize::try_from(Entity::find().count(app.domain.db.write()).await.unwrap()).unwrap();
        let user = app.user(realm, role).await;
        let body = json!({ name: user.email, "password": PASSWORD, "device_name": "telepon" });
        let reply =
            legacy.post(path).header("x-request-id", "req-1").header("user-agent", "okhttp/4.9.1").json(&body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let rows = entries(app, before + 1).await;
        let account = format!("user_{}", user.id);
        let last = rows.last().unwrap();
        assert_eq!(told(last), (AuditKind::Login, "login", "OK", realm, Some(user.id), Some(account.as_str())));
        assert_eq!((last.request_id.as_deref(), last.client.as_deref()), (Some("req-1"), Some("okhttp/4.9.1")));
    }
}

#[tokio::test]
async fn a_legacy_route_of_an_admin_leaves_an_entry() {
    let legacy = Legacy::demo().await;
    let admin = legacy.app.user(Realm::Notary, Role::Admin).await;
    let service = service::row::Entity::find().one(legacy.app.domain.db.read()).await.unwrap().unwrap().id;
    let before = usize::try_from(Entity::find().count(legacy.app.domain.db.read()).await.unwrap()).unwrap();
    let sign_in = legacy.post("/notary/api/v1/auth/signin");
    let token = sign_in.json(json!({ "email": admin.email, "password": PASSWORD })).await.body["data"]["token"].clone();
    let close = legacy.call("PATCH", &format!("/notary/api/v1/office/service/{service}"));
    let reply = close.token(token.as_str().unwrap()).send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let rows = entries(&legacy.app, before + 2).await;
    let subject = format!("service_{service}");
    let expected = (AuditKind::Admin, "closeService", "OK", Realm::Notary, Some(admin.id), Some(subject.as_str()));
    assert_eq!(told(rows.last().unwrap()), expected);
}

#[tokio::test]
async fn a_flood_of_refusals_from_one_address_is_cut_off() {
    let legacy = Legacy::empty().await;
    let app = &legacy.app;
    for round in 0..2 {
        for _ in 0..80 {
            let postback = legacy.get("/apextrack/api/postback/conversion?clickid=nobody");
            assert_eq!(postback.from(Ipv4Addr::new(198, 51, 100, 9)).send().await.status, 404);
        }
        entries(app, 60 * (round + 1)).await;
        app.clock.advance(TimeDelta::hours(1));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    entries(app, 120).await;
}

#[tokio::test]
async fn an_entry_costs_the_request_no_statement_of_its_own() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    let user = app.partner_user(app.partner("Andalan").await).await;
    let cost = async |user| {
        let before = app.statements();
        app.as_user(user).graphql("mutation { markAllNotificationsRead { marked } }").await.ok();
        app.statements() - before
    };
    assert_eq!(cost(&admin).await, cost(&user).await);
    entries(&app, 1).await;
}

#[tokio::test]
async fn what_was_given_up_half_way_leaves_an_entry() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Andalan").await;
    let rename = r#"mutation { updatePartner(input: { id: "partner_1", name: "Baru" }) { partner { name } } }"#;
    let (gateway, caller) = (app.app.gateway.clone(), app.as_user(&admin).caller());
    // The row is somebody else's at the moment, and whoever asked goes away before they let go of it.
    let other = app.domain.db.begin().await.unwrap();
    other.execute_unprepared("UPDATE partners SET name = name").await.unwrap();
    let renamed = gateway.execute(Request::new(rename), caller);
    assert!(tokio::time::timeout(Duration::from_millis(200), renamed).await.is_err());
    other.rollback().await.unwrap();
    let rows = entries(&app, 1).await;
    let expected =
        (AuditKind::Admin, "updatePartner", "UNKNOWN", Realm::TalentsMapping, Some(admin.id), Some("partner_1"));
    assert_eq!(told(&rows[0]), expected);
}

#[tokio::test]
async fn entries_are_kept_for_the_days_of_the_setting() {
    let app = TestApp::with(|config| config.audit.days = 30).await;
    let admin = app.talents_admin().await;
    let log_out = "mutation { logoutEverywhere { user { id } } }";
    app.as_user(&admin).graphql(log_out).await.ok();
    app.clock.advance(TimeDelta::days(30));
    app.as_user(&admin).graphql(log_out).await.ok();
    assert_eq!(prune_audit_entries(&app.domain).await.unwrap(), 0);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(prune_audit_entries(&app.domain).await.unwrap(), 1);
    let rows = (0..2_500).map(|_| gerbang::audit::row::ActiveModel {
        kind: sea_orm::Set(AuditKind::Login),
        action: sea_orm::Set("login".to_owned()),
        outcome: sea_orm::Set("OK".to_owned()),
        realm: sea_orm::Set(Realm::Staff),
        created_at: sea_orm::Set((app.clock.now() - TimeDelta::days(31)).into()),
        ..Default::default()
    });
    Entity::insert_many(rows).exec_without_returning(app.domain.db.write()).await.unwrap();
    assert_eq!(prune_audit_entries(&app.domain).await.unwrap(), 2_500);
    entries(&app, 1).await;
}
