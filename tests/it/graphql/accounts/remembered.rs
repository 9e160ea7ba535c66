//! Tokens whose viewers are known: that they cost no statement, and that they end as all tokens do, at once where the change
//! is made and within a second on another server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body, http::Request};
use chrono::TimeDelta;
use gerbang::{
    accounts::{
        Realm, Role,
        authenticate::{authenticate, recall},
        token,
        user::{self, rules::roles_of},
    },
    app::App,
    http::service::service,
};
use gerbang_kernel::secret::Secret;
use sea_orm::{ActiveEnum, ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Iterable};
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    access::{Change, office, somebody},
    global_id, token_of,
};
use crate::support::{
    TestApp,
    database::TestDatabase,
    protocol::{Reply, post, send},
    proxy::Proxy,
};

/// Within this time every replica has to know.
const SOON: Duration = Duration::from_secs(1);
const ME: &str = r#"{"query":"{ me { id role } }"}"#;

fn routes(app: &App) -> Router {
    service(app.clone(), CancellationToken::new()).unwrap().router
}

fn ask(token: &str) -> Request<Body> {
    let authorization = format!("Bearer {token}");
    post(ME, &[("content-type", "application/json"), ("authorization", &authorization)])
}

/// What the server says of the owner of this token: id and role, or null where it is nobody's and nothing is answered.
async fn me(router: &Router, token: &str) -> Value {
    let reply: Reply = send(router, ask(token)).await;
    if reply.body.get("data").is_none() {
        assert_eq!(reply.refused(), "UNAUTHENTICATED", "{reply:?}");
        return Value::Null;
    }
    reply.data()["me"].clone()
}

/// The server of the application and, where replicas can share its database, another one.
async fn servers(app: &TestApp) -> Vec<(App, Router)> {
    let mut servers = vec![app.app.clone()];
    if app.domain.db.backend() == DbBackend::Postgres {
        servers.push(App::build(app.domain.config.clone(), app.clock.clone()).await.unwrap());
    }
    servers.into_iter().map(|app| (app.clone(), routes(&app))).collect()
}

/// Has a server look a token up, unless it knows it.
async fn remember(app: &App, token: &str) {
    assert!(authenticate(&app.domain, token).await.unwrap().user().is_some());
    assert!(recall(&app.domain, token).is_some(), "a viewer that was just looked up is known");
}

/// Waits until a server has forgotten a token, which must be soon.
async fn forgets(app: &App, token: &str, changed: Instant, what: &str) {
    while recall(&app.domain, token).is_some() {
        assert!(changed.elapsed() < SOON, "{what}: remembered after {:?}", changed.elapsed());
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_known_token_is_not_looked_up() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let router = app.router();
        for (realm, role) in [(Realm::Notary, Role::Customer), (Realm::Staff, Role::Employee)] {
            let token = token_of(&app, &somebody(&app, realm, role).await).await;
            let statements = async || {
                let before = app.statements();
                let reply = send(&router, ask(&token)).await;
                assert_eq!(reply.data()["me"]["role"], super::word(role), "{reply:?}");
                app.statements() - before
            };
            let first = statements().await;
            assert_eq!(statements().await, first - 1, "what was asked about the token is not asked again");
        }
    }
}

#[tokio::test]
async fn an_invalid_token_is_looked_up_each_time() {
    let app = TestApp::new().await;
    let router = app.router();
    let before = app.statements();
    for _ in 0..3 {
        assert_eq!(me(&router, "1|nobodys").await, Value::Null);
    }
    assert_eq!(app.statements() - before, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_access_ends_known_viewers_on_every_server() {
    for database in TestDatabase::each().await {
        let (app, admin) = office(database).await;
        let servers = servers(&app).await;
        let bystander = token_of(&app, &somebody(&app, Realm::Notary, Role::Ppat).await).await;
        for realm in Realm::iter() {
            for role in roles_of(realm).iter().copied() {
                for change in Change::ALL.into_iter().filter(|change| change.concerns(realm, role)) {
                    let what = format!("{change:?} of {} {}", realm.to_value(), role.to_value());
                    let user = somebody(&app, realm, role).await;
                    let token = token_of(&app, &user).await;
                    let asked = Instant::now();
                    for (server, router) in &servers {
                        remember(server, &bystander).await;
                        assert_eq!(me(router, &token).await["id"], global_id(&user), "{what}");
                        assert!(recall(&server.domain, &token).is_some(), "{what}");
                    }
                    change.make(&app, &admin, &user, &token).await;
                    let changed = Instant::now();
                    assert!(recall(&servers[0].0.domain, &token).is_none(), "{what}: remembered where it was made");
                    for (server, router) in &servers {
                        forgets(server, &token, changed, &what).await;
                        let now = me(router, &token).await;
                        match change {
                            Change::NewRole => assert_ne!(now["role"], super::word(role), "{what}"),
                            Change::NewPartner => assert_eq!(now["id"], global_id(&user), "{what}"),
                            _ => assert_eq!(now, Value::Null, "{what}"),
                        }
                    }
                    // Not because a second was over.
                    let is_known = servers.iter().all(|(server, _)| recall(&server.domain, &bystander).is_some());
                    assert!(is_known || asked.elapsed() >= SOON, "{what}: a bystander was forgotten");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_known_token_ends_when_it_expires() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |config| config.auth.access_ttl_seconds = 30).await;
        let router = app.router();
        let jwt = token_of(&app, &somebody(&app, Realm::Scholarship, Role::Applicant).await).await;
        let sanctum = token_of(&app, &somebody(&app, Realm::Apextrack, Role::Affiliate).await).await;
        let row = token::row::Entity::find().one(app.domain.db.read()).await.unwrap().unwrap();
        let mut row = row.into_active_model();
        row.expires_at = Set(Some(app.clock.now() + TimeDelta::seconds(30)));
        token::row::Entity::update(row).exec(app.domain.db.write()).await.unwrap();
        for token in [&jwt, &sanctum] {
            remember(&app.app, token).await;
        }
        app.clock.advance(TimeDelta::seconds(29));
        for token in [&jwt, &sanctum] {
            assert!(recall(&app.domain, token).is_some());
        }
        app.clock.advance(TimeDelta::seconds(1));
        for token in [&jwt, &sanctum] {
            assert!(recall(&app.domain, token).is_none());
            assert_eq!(me(&router, token).await, Value::Null);
        }
    }
}

#[tokio::test]
async fn the_use_of_a_known_token_is_noted_once_a_minute() {
    let app = TestApp::new().await;
    let router = app.router();
    let token = token_of(&app, &somebody(&app, Realm::Apextrack, Role::Affiliate).await).await;
    let last_used = async || {
        sleep(Duration::from_millis(50)).await;
        token::row::Entity::find().one(app.domain.db.read()).await.unwrap().unwrap().last_used_at
    };
    let first = app.clock.now();
    me(&router, &token).await;
    assert_eq!(last_used().await, Some(first));
    app.clock.advance(TimeDelta::seconds(59));
    me(&router, &token).await;
    assert_eq!(last_used().await, Some(first));
    app.clock.advance(TimeDelta::seconds(1));
    me(&router, &token).await;
    assert_eq!(last_used().await, Some(app.clock.now()));
}

/// Nobody tells of what is written past the program: a user who is deleted, for one, which it never does.
#[tokio::test]
async fn without_another_server_nothing_is_remembered_for_longer_than_a_second() {
    // SQLite, which one process has for itself but for commands and what an operator does by hand.
    let database = TestDatabase::each().await.into_iter().next().unwrap();
    let app = TestApp::on(database, |_| ()).await;
    let router = app.router();
    let user = somebody(&app, Realm::Staff, Role::Employee).await;
    let token = token_of(&app, &user).await;
    remember(&app.app, &token).await;
    let written = Instant::now();
    app.domain.db.write().execute_unprepared(&format!("DELETE FROM users WHERE id = {}", user.id)).await.unwrap();
    sleep(SOON.saturating_sub(written.elapsed())).await;
    assert!(recall(&app.domain, &token).is_none());
    assert_eq!(me(&router, &token).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_changes_are_told_viewers_are_known_for_longer() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let app = TestApp::on(database, |_| ()).await;
    let token = token_of(&app, &somebody(&app, Realm::Staff, Role::Employee).await).await;
    let asked = Instant::now();
    remember(&app.app, &token).await;
    while asked.elapsed() < 2 * SOON {
        assert!(recall(&app.domain, &token).is_some(), "forgotten after {:?}", asked.elapsed());
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_nothing_remembers_nothing_for_longer_than_a_second() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let url = database.url().to_owned();
    let (app, _) = office(database).await;
    for is_silent in [true, false] {
        let mut proxy = Proxy::to(&url);
        let mut config = app.domain.config.clone();
        config.database.url = Secret::new(proxy.url(&url));
        let other = App::build(config, app.clock.clone()).await.unwrap();
        let user = somebody(&app, Realm::Staff, Role::Employee).await;
        let token = token_of(&app, &user).await;
        remember(&other, &token).await;
        // Until the other server relies on being told.
        let asked = Instant::now();
        while asked.elapsed() < 3 * SOON / 2 {
            assert!(recall(&other.domain, &token).is_some());
            sleep(Duration::from_millis(20)).await;
        }
        // A connection that is dead and not known to be, and one that is lost.
        if is_silent {
            proxy.be_silent(true);
        } else {
            proxy.cut();
        }
        app.with_token(&token).await.graphql("mutation { logout { user { id } } }").await.ok();
        let changed = Instant::now();
        assert!(recall(&app.domain, &token).is_none());
        forgets(&other, &token, changed, "a server that is cut off").await;
    }
}

/// Requests that are under way when a token ends may have read that it is valid; none that comes later may believe them.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_after_a_log_out_is_taken_for_the_user() {
    for database in TestDatabase::each().await {
        let (app, _) = office(database).await;
        let router = app.router();
        let users: [user::row::Model; 2] =
            [somebody(&app, Realm::Notary, Role::Customer).await, somebody(&app, Realm::Staff, Role::Employee).await];
        for round in 0..60 {
            let token = token_of(&app, &users[round % 2]).await;
            let is_over = Arc::new(AtomicBool::new(false));
            let requests = (0..4).map(|_| {
                let (router, token, is_over) = (router.clone(), token.clone(), Arc::clone(&is_over));
                tokio::spawn(async move {
                    for _ in 0..40 {
                        let was_over = is_over.load(Ordering::SeqCst);
                        let found = me(&router, &token).await;
                        assert!(!was_over || found.is_null(), "{found} after the log-out");
                    }
                })
            });
            let requests: Vec<_> = requests.collect();
            let body = r#"{"query":"mutation { logout { user { id } } }"}"#;
            let authorization = format!("Bearer {token}");
            let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
            send(&router, post(body, &headers)).await.data();
            is_over.store(true, Ordering::SeqCst);
            for request in requests {
                request.await.unwrap();
            }
            assert!(recall(&app.domain, &token).is_none());
        }
    }
}
