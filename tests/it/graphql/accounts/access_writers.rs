//! Whoever changes what somebody may do, or what opens their account, tells of it. The database itself watches here: its
//! triggers note whose access each statement changes.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::FutureExt;
use gerbang::accounts::{
    Realm, Role,
    access::{AccessChanges, AccessWatch},
    retention,
    user::{self, rules::roles_of},
};
use sea_orm::{ActiveEnum, ActiveValue::Set, ConnectionTrait, DbBackend, Iterable, Statement};
use serde_json::{Value, json};

use super::{
    access::{Change, UPDATE, office, somebody},
    global_id, login, token_of,
};
use crate::support::{TestApp, app::PASSWORD, database::TestDatabase, legacy::Legacy, streams::Server};

const TRIGGERS: [&str; 7] = [
    "CREATE TABLE noted (user_id INTEGER NOT NULL)",
    "CREATE TRIGGER user_changed AFTER UPDATE ON users WHEN old.role IS NOT new.role
        OR old.partner_id IS NOT new.partner_id OR old.status IS NOT new.status OR old.realm IS NOT new.realm
        OR old.password_hash IS NOT new.password_hash OR old.sessions_valid_from IS NOT new.sessions_valid_from
        BEGIN INSERT INTO noted VALUES (new.id); END",
    "CREATE TRIGGER user_removed AFTER DELETE ON users BEGIN INSERT INTO noted VALUES (old.id); END",
    "CREATE TRIGGER session_changed AFTER UPDATE ON jwt_sessions WHEN old.current_jti IS NOT new.current_jti
        OR old.revoked_at IS NOT new.revoked_at OR old.user_id IS NOT new.user_id
        BEGIN INSERT INTO noted VALUES (old.user_id); END",
    "CREATE TRIGGER session_removed AFTER DELETE ON jwt_sessions WHEN old.revoked_at IS NULL
        BEGIN INSERT INTO noted VALUES (old.user_id); END",
    "CREATE TRIGGER token_changed AFTER UPDATE ON access_tokens WHEN old.token_hash IS NOT new.token_hash
        OR old.expires_at IS NOT new.expires_at OR old.user_id IS NOT new.user_id
        BEGIN INSERT INTO noted VALUES (old.user_id); END",
    "CREATE TRIGGER token_removed AFTER DELETE ON access_tokens BEGIN INSERT INTO noted VALUES (old.user_id); END",
];

/// An application whose database notes changes of access.
struct Watched {
    app: TestApp,
    admin: user::row::Model,
    told: AccessWatch,
}

impl Watched {
    async fn new() -> Self {
        // SQLite: what is written is the same everywhere, and one language of triggers is enough.
        let database = TestDatabase::each().await.into_iter().next().unwrap();
        let (app, admin) = office(database).await;
        assert_eq!(app.domain.db.backend(), DbBackend::Sqlite);
        for statement in TRIGGERS {
            app.domain.db.write().execute_unprepared(statement).await.unwrap();
        }
        let told = AccessChanges::new(app.domain.events.clone()).of_everybody();
        Self { app, admin, told }
    }

    /// Whose access was changed since the last look.
    async fn noted(&self) -> BTreeSet<i64> {
        let db = self.app.domain.db.write();
        let taken = Statement::from_string(DbBackend::Sqlite, "DELETE FROM noted RETURNING user_id");
        let rows = db.query_all_raw(taken).await.unwrap();
        rows.iter().map(|row| row.try_get("", "user_id").unwrap()).collect()
    }

    /// Makes sure that all changes since the last look were told of, and that there were some.
    async fn check(&mut self, what: &str) {
        let noted = self.noted().await;
        let mut told = BTreeSet::new();
        while let Some(users) = self.told.next().now_or_never() {
            told.extend(users.expect("nothing was missed"));
        }
        assert!(!noted.is_empty(), "{what} changes nobody's access");
        assert!(noted.is_subset(&told), "{what} changes the access of {noted:?} and tells of {told:?}");
    }
}

#[tokio::test]
async fn every_change_of_access_is_published() {
    let mut watched = Watched::new().await;
    for realm in Realm::iter() {
        for role in roles_of(realm).iter().copied() {
            for change in Change::ALL.into_iter().filter(|change| change.concerns(realm, role)) {
                let user = somebody(&watched.app, realm, role).await;
                let token = token_of(&watched.app, &user).await;
                change.make(&watched.app, &watched.admin, &user, &token).await;
                watched.check(&format!("{change:?} of {} {}", realm.to_value(), role.to_value())).await;
            }
        }
    }
}

#[tokio::test]
async fn the_rarer_changes_of_access_are_published_too() {
    let mut watched = Watched::new().await;
    let user = somebody(&watched.app, Realm::Apextrack, Role::Affiliate).await;
    Change::Suspend.make(&watched.app, &watched.admin, &user, "").await;
    watched.check("suspendUser").await;
    let reinstate = "mutation($id: ID!) { reinstateUser(input: { id: $id }) { user { id } } }";
    watched.app.as_user(&watched.admin).graphql_with(reinstate, json!({ "id": global_id(&user) })).await.ok();
    watched.check("reinstateUser").await;

    // A new address is not verified, and the account waits until it is.
    let input = json!({ "id": global_id(&user), "email": "new@example.test" });
    watched.app.as_user(&watched.admin).graphql_with(UPDATE, json!({ "input": input })).await.ok();
    watched.check("a new address").await;
    watched.app.as_user(&user).graphql("mutation { resendVerification { user { id } } }").await.ok();
    let code = watched.app.message_to("new@example.test").await.code.unwrap();
    let verify = "mutation($code: String!) { verifyEmail(input: { code: $code }) { user { status } } }";
    let verified = watched.app.as_user(&user).graphql_with(verify, json!({ "code": code })).await.ok();
    assert_eq!(verified["verifyEmail"]["user"]["status"], "ACTIVE");
    watched.check("verifyEmail").await;

    // A hash of the old system is replaced when its owner logs in.
    let outdated = bcrypt::hash(PASSWORD, 4).unwrap();
    let old = watched.app.user_with(Realm::Staff, Role::Employee, |user| user.password_hash = Set(outdated)).await;
    login(&watched.app, json!({ "realm": "STAFF", "email": old.email, "password": PASSWORD })).await.ok();
    watched.check("a log-in with a hash of the old system").await;
}

#[tokio::test]
async fn cleaning_up_ends_no_valid_session() {
    let watched = Watched::new().await;
    let user = somebody(&watched.app, Realm::Scholarship, Role::Applicant).await;
    let token = token_of(&watched.app, &user).await;
    // Exchanged in the last second of the fourteen days.
    watched.app.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    let refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { token { content } } }";
    let token = json!({ "input": { "token": token } });
    let refreshed = watched.app.anonymous().graphql_with(refresh, token).await.ok();
    let token = refreshed["refreshToken"]["token"]["content"].as_str().unwrap();
    watched.noted().await;
    watched.app.clock.advance(TimeDelta::minutes(59));
    retention::prune(&watched.app.domain).await.unwrap();
    assert!(watched.noted().await.is_empty());
    assert!(watched.app.with_token(token).await.viewer.user().is_some());
    watched.app.clock.advance(TimeDelta::minutes(2));
    assert!(watched.app.with_token(token).await.viewer.user().is_none());
    retention::prune(&watched.app.domain).await.unwrap();
    assert!(!watched.noted().await.is_empty(), "the session is removed once its last token is dead");
}

/// Legacy routes are views of the same operations, so they end the same streams.
#[tokio::test]
async fn legacy_routes_that_change_access_end_streams() {
    let (app, _) = office(TestDatabase::up_to_date().await).await;
    let legacy = Legacy::over(app);
    let server = Server::start(legacy.app.app.clone()).await;
    for (host, log_in, log_out, realm, role) in [
        ("api.talentsmapping.id", "/api/auth/login", "/api/auth/logout", Realm::TalentsMapping, Role::Partner),
        ("api.talentsmapping.id", "/api/auth/login", "/api/auth/refresh", Realm::TalentsMapping, Role::Admin),
        ("www3.apextrack.site", "/api/login", "/api/logout", Realm::Apextrack, Role::Affiliate),
        ("gerbang.test", "/api/login", "/api/logout", Realm::Scholarship, Role::Applicant),
        ("gerbang.test", "/api/v1/auth/login", "/api/v1/auth/logout", Realm::Staff, Role::Employee),
    ] {
        let user = somebody(&legacy.app, realm, role).await;
        let mut body = json!({ "email": user.email, "login": user.email, "password": PASSWORD });
        if realm == Realm::Apextrack {
            body["device_name"] = "web_browser".into();
        }
        let logged_in = legacy.post(log_in).header("host", host).json(&body).await;
        let token = find_token(&logged_in.body).unwrap_or_else(|| panic!("no token: {logged_in:?}"));
        let stream = server.events(&token, "subscription { notificationReceived { id } }").await;
        let mut socket = server.socket(&token).await;
        let done = legacy.post(log_out).header("host", host).token(&token).send().await;
        assert!(done.status.is_success(), "{log_out}: {done:?}");
        assert_eq!(socket.receive().await, Err(4403), "{host}{log_out}");
        let rest = stream.rest().await;
        assert_eq!(rest[0]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{host}{log_out}");
    }

    // The scholarship's users set a new password in the place of a forgotten one.
    let (phone, key) = ("081234567890", "+6281234567890");
    let user = legacy
        .app
        .user_with(Realm::Scholarship, Role::Applicant, |user| {
            user.phone = Set(Some(phone.to_owned()));
            user.phone_key = Set(Some(key.to_owned()));
        })
        .await;
    let mut socket = server.socket(&token_of(&legacy.app, &user).await).await;
    assert_eq!(legacy.post("/api/forgot-password").json(json!({ "phone": phone })).await.status, 200);
    let code = legacy.app.code_to(phone).await;
    let reset = json!({
        "phone": phone, "token": code, "password": "sandi baru", "password_confirmation": "sandi baru"
    });
    assert_eq!(legacy.post("/api/reset-password").json(reset).await.status, 200);
    assert_eq!(socket.receive().await, Err(4403));
}

/// The access token somewhere in an answer.
fn find_token(body: &Value) -> Option<String> {
    let own = ["token", "access_token"].iter().find_map(|name| body[name].as_str().map(str::to_owned));
    own.or_else(|| body.as_object()?.values().find_map(|member| member.is_object().then(|| find_token(member))?))
}
