//! Open sockets and event streams when their user may do something else, or nothing any more: each kind of change, for
//! each role, by GraphQL and by REST, on the server that makes the change and (on PostgreSQL) on another.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use gerbang::{
    accounts::{
        Realm, Role, token,
        user::{self, rules::roles_of},
    },
    app::App,
};
use sea_orm::{ActiveEnum, ActiveValue::Set, DbBackend, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait};
use serde_json::{Value, json};

use super::{global_id, token_of, word};
use crate::support::{
    TestApp,
    app::PASSWORD,
    database::{TestDatabase, end_others},
    legacy::Legacy,
    streams::{EventStream, Server, Socket},
};

/// Within this time every replica has to know.
const SOON: Duration = Duration::from_secs(1);
/// A subscription that every user may begin.
const NOTIFICATIONS: &str = "subscription { notificationReceived { id } }";
pub(super) const UPDATE: &str = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }";
const CREATE: &str = "mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }";

/// What ends or changes what a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    LogOut,
    LogOutEverywhere,
    Refresh,
    NewPassword,
    ResetPassword,
    Suspend,
    NewRole,
    NewPartner,
}

impl Change {
    pub(super) const ALL: [Self; 8] = [
        Self::LogOut,
        Self::LogOutEverywhere,
        Self::Refresh,
        Self::NewPassword,
        Self::ResetPassword,
        Self::Suspend,
        Self::NewRole,
        Self::NewPartner,
    ];

    /// Whether it can happen to a user like this.
    pub(super) fn concerns(self, realm: Realm, role: Role) -> bool {
        match self {
            Self::Refresh => matches!(realm, Realm::TalentsMapping | Realm::Notary | Realm::Scholarship),
            Self::NewPartner => role == Role::Partner,
            _ => true,
        }
    }

    pub(super) async fn make(self, app: &TestApp, admin: &user::row::Model, user: &user::row::Model, token: &str) {
        let (admin, owner) = (app.as_user(admin), app.with_token(token).await);
        let id = global_id(user);
        match self {
            Self::LogOut => owner.graphql("mutation { logout { user { id } } }").await.ok(),
            Self::LogOutEverywhere => owner.graphql("mutation { logoutEverywhere { user { id } } }").await.ok(),
            Self::Refresh => {
                let refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { token { kind } } }";
                let input = json!({ "token": token });
                app.anonymous().graphql_with(refresh, json!({ "input": input })).await.ok()
            }
            Self::NewPassword => owner.graphql_with(CHANGE_PASSWORD, json!({ "input": new_password() })).await.ok(),
            Self::ResetPassword => {
                let account = json!({ "realm": word(user.realm), "email": user.email });
                let request = "mutation($input: RequestPasswordResetInput!) {
                    requestPasswordReset(input: $input) { expiresInMinutes } }";
                app.anonymous().graphql_with(request, json!({ "input": account })).await.ok();
                let code = app.message_to(&user.email).await.code.unwrap();
                let input = json!({
                    "realm": word(user.realm), "email": user.email, "token": code, "password": "kata-sandi-baru",
                    "passwordConfirmation": "kata-sandi-baru",
                });
                let reset = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } } }";
                app.anonymous().graphql_with(reset, json!({ "input": input })).await.ok()
            }
            Self::Suspend => {
                let suspend = "mutation($id: ID!) { suspendUser(input: { id: $id }) { user { id } } }";
                admin.graphql_with(suspend, json!({ "id": id })).await.ok()
            }
            Self::NewRole => {
                let role = *roles_of(user.realm).iter().find(|role| **role != user.role).unwrap();
                let partner = (role == Role::Partner).then_some("partner_1");
                let mut input = json!({ "id": id, "role": word(role) });
                if let Some(partner) = partner {
                    input["partnerId"] = partner.into();
                }
                admin.graphql_with(UPDATE, json!({ "input": input })).await.ok()
            }
            Self::NewPartner => {
                let input = json!({ "id": id, "partnerId": "partner_2" });
                admin.graphql_with(UPDATE, json!({ "input": input })).await.ok()
            }
        };
    }
}

const CHANGE_PASSWORD: &str =
    "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { token { content } } }";

fn new_password() -> Value {
    json!({ "currentPassword": PASSWORD, "password": "kata-sandi-baru", "passwordConfirmation": "kata-sandi-baru" })
}

/// An application with two partners and an admin of everything.
pub(super) async fn office(database: TestDatabase) -> (TestApp, user::row::Model) {
    let app = TestApp::on(database, |config| {
        config.database.connections = 8;
        config.limits.scale = 1_000;
    })
    .await;
    app.partner("Satu").await;
    app.partner("Dua").await;
    let admin = app.user(Realm::Staff, Role::Admin).await;
    (app, admin)
}

/// A user of each role there is.
pub(super) async fn somebody(app: &TestApp, realm: Realm, role: Role) -> user::row::Model {
    let bound = |user: &mut user::row::ActiveModel| user.partner_id = Set((role == Role::Partner).then_some(1));
    app.user_with(realm, role, bound).await
}

/// The server of the application and, where replicas can share its database, another one.
async fn replicas(app: &TestApp) -> Vec<Server> {
    let mut servers = vec![Server::start(app.app.clone()).await];
    if app.domain.db.backend() == DbBackend::Postgres {
        let replica = App::build(app.domain.config.clone(), app.clock.clone()).await.unwrap();
        servers.push(Server::start(replica).await);
    }
    servers
}

/// What one user has open.
struct Open {
    sockets: Vec<Socket>,
    streams: Vec<EventStream>,
}

impl Open {
    async fn on(servers: &[Server], token: &str) -> Self {
        let (mut sockets, mut streams) = (Vec::new(), Vec::new());
        for server in servers {
            let mut socket = server.socket(token).await;
            socket.begin("1", NOTIFICATIONS, json!({})).await;
            sockets.push(socket);
            streams.push(server.events(token, NOTIFICATIONS).await);
        }
        Self { sockets, streams }
    }

    /// Makes sure that everything ends within a second after `changed` and says why.
    async fn ends(self, changed: Instant, what: &str) {
        for (server, mut socket) in self.sockets.into_iter().enumerate() {
            assert_eq!(socket.receive().await, Err(4403), "{what}: a socket of server {server}");
            assert!(changed.elapsed() < SOON, "{what}: a socket of server {server} after {:?}", changed.elapsed());
        }
        for (server, stream) in self.streams.into_iter().enumerate() {
            let rest = stream.rest().await;
            assert!(changed.elapsed() < SOON, "{what}: a stream of server {server} after {:?}", changed.elapsed());
            assert_eq!(rest.len(), 1, "{what}: {rest:?}");
            assert_eq!(rest[0]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{what}: {rest:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_access_ends_the_users_streams_on_every_server() {
    for database in TestDatabase::each().await {
        let (app, admin) = office(database).await;
        let servers = replicas(&app).await;
        let bystander = somebody(&app, Realm::Notary, Role::Ppat).await;
        let bystander = token_of(&app, &bystander).await;
        let (mut socket, mut stream) =
            (servers[0].socket(&bystander).await, servers[0].events(&bystander, NOTIFICATIONS).await);
        for realm in Realm::iter() {
            for role in roles_of(realm).iter().copied() {
                for change in Change::ALL.into_iter().filter(|change| change.concerns(realm, role)) {
                    let user = somebody(&app, realm, role).await;
                    let token = token_of(&app, &user).await;
                    let open = Open::on(&servers, &token).await;
                    change.make(&app, &admin, &user, &token).await;
                    let what = format!("{change:?} of {} {}", realm.to_value(), role.to_value());
                    open.ends(Instant::now(), &what).await;
                }
            }
        }
        assert!(stream.is_silent().await);
        assert_eq!(socket.ask("{ me { role } }", json!({})).await, Ok(json!({ "data": { "me": { "role": "PPAT" } } })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_ends_its_streams() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |config| config.auth.access_ttl_seconds = 1).await;
        let servers = replicas(&app).await;
        let applicant = somebody(&app, Realm::Scholarship, Role::Applicant).await;
        let affiliate = somebody(&app, Realm::Apextrack, Role::Affiliate).await;
        let (jwt, sanctum) = (token_of(&app, &applicant).await, token_of(&app, &affiliate).await);
        let row = token::row::Entity::find().one(app.domain.db.read()).await.unwrap().unwrap();
        let mut row = row.into_active_model();
        row.expires_at = Set(Some(app.clock.now() + TimeDelta::seconds(1)));
        token::row::Entity::update(row).exec(app.domain.db.write()).await.unwrap();
        let opened = Instant::now();
        let (one, other) = (Open::on(&servers, &jwt).await, Open::on(&servers, &sanctum).await);
        // The clock of a test stands still, and what waits for the second to be over waits on a real one.
        app.clock.advance(TimeDelta::seconds(1));
        let over = opened + Duration::from_secs(1);
        one.ends(over, "the end of a JSON Web Token").await;
        other.ends(over, "the end of a Sanctum-style token").await;
    }
}

#[tokio::test]
async fn a_demoted_admin_cannot_create_admins_over_an_open_socket() {
    for database in TestDatabase::each().await {
        let (app, admin) = office(database).await;
        let servers = replicas(&app).await;
        let demoted = somebody(&app, Realm::Notary, Role::Admin).await;
        let token = token_of(&app, &demoted).await;
        let mut sockets = Vec::new();
        for server in &servers {
            sockets.push(server.socket(&token).await);
        }
        let create = |email: &str| {
            let input = json!({
                "realm": "NOTARY", "role": "ADMIN", "name": "Baru", "email": email, "password": "rahasia-baru-1"
            });
            json!({ "input": input })
        };
        let created = sockets[0].ask(CREATE, create("first@office.test")).await.unwrap();
        assert!(created.get("errors").is_none(), "{created}");
        let users = user::row::Entity::find().count(app.domain.db.read()).await.unwrap();

        // Written past the program, so that nobody is told.
        let mut row = demoted.clone().into_active_model();
        row.role = Set(Role::Customer);
        user::row::Entity::update(row).exec(app.domain.db.write()).await.unwrap();
        for socket in &mut sockets {
            let refused = socket.ask(CREATE, create("second@office.test")).await.unwrap();
            assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
        }
        // By the program: refused, too, or too late.
        let mut row = demoted.clone().into_active_model();
        row.role = Set(Role::Admin);
        user::row::Entity::update(row).exec(app.domain.db.write()).await.unwrap();
        Change::NewRole.make(&app, &admin, &demoted, &token).await;
        for socket in &mut sockets {
            match socket.ask(CREATE, create("third@office.test")).await {
                Ok(refused) => assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}"),
                Err(code) => assert_eq!(code, 4403),
            }
        }
        assert_eq!(user::row::Entity::find().count(app.domain.db.read()).await.unwrap(), users);
        // The log-in still stands, for what the role allows.
        let mut again = servers[0].socket(&token).await;
        let me = again.ask("{ me { role } }", json!({})).await.unwrap();
        assert_ne!(me["data"]["me"]["role"], "ADMIN");
    }
}

#[tokio::test]
async fn operations_after_a_log_out_in_a_batch_are_refused() {
    let app = TestApp::new().await;
    let admin = app.user(Realm::Staff, Role::Admin).await;
    let token = token_of(&app, &admin).await;
    let legacy = Legacy::over(app);
    let input = json!({
        "realm": "STAFF", "role": "ADMIN", "name": "Baru", "email": "baru@office.test", "password": "rahasia-baru-1"
    });
    let batch = json!([
        { "query": "{ users { totalCount } }" },
        { "query": "mutation { logout { user { id } } }" },
        { "query": "{ users { totalCount } }" },
        { "query": CREATE, "variables": { "input": input } },
        { "query": "{ services { id } }" },
    ]);
    let reply = legacy.post("/graphql").token(&token).json(batch).await;
    let codes = reply.body.as_array().unwrap().iter().map(|answer| answer["errors"][0]["extensions"]["code"].as_str());
    let refused = Some("UNAUTHENTICATED");
    assert_eq!(codes.collect::<Vec<_>>(), [None, None, refused, refused, refused], "{reply:?}");
    assert_eq!(user::row::Entity::find().count(legacy.app.domain.db.read()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_password_change_is_answered_before_its_socket_ends() {
    let (app, _) = office(TestDatabase::up_to_date().await).await;
    let server = Server::start(app.app.clone()).await;
    for (realm, role) in [(Realm::Scholarship, Role::Applicant), (Realm::Staff, Role::Employee)] {
        let user = somebody(&app, realm, role).await;
        let mut socket = server.socket(&token_of(&app, &user).await).await;
        let changed = socket.ask(CHANGE_PASSWORD, json!({ "input": new_password() })).await.unwrap();
        assert_eq!(socket.receive().await, Err(4403));
        let token = changed["data"]["changePassword"]["token"]["content"].as_str().unwrap();
        server.socket(token).await;
    }
}

#[tokio::test]
async fn a_change_that_affects_no_access_ends_no_stream() {
    let (app, admin) = office(TestDatabase::up_to_date().await).await;
    let server = Server::start(app.app.clone()).await;
    let user = somebody(&app, Realm::Apextrack, Role::Affiliate).await;
    let token = token_of(&app, &user).await;
    let (mut socket, mut stream) = (server.socket(&token).await, server.events(&token, NOTIFICATIONS).await);
    let second = token_of(&app, &user).await;
    Change::LogOut.make(&app, &admin, &user, &second).await;
    let input = json!({ "id": global_id(&user), "name": "Nama Baru" });
    app.as_user(&admin).graphql_with(UPDATE, json!({ "input": input })).await.ok();
    assert!(stream.is_silent().await);
    let me = socket.ask("{ me { name } }", json!({})).await;
    assert_eq!(me, Ok(json!({ "data": { "me": { "name": "Nama Baru" } } })), "an operation sees its user as they are");
}

/// Needs a database that replicas can share: `GERBANG_TEST_POSTGRES_URL`.
#[tokio::test(flavor = "multi_thread")]
async fn who_missed_what_replicas_said_is_looked_up_and_stays() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let url = database.url().to_owned();
    let (app, _) = office(database).await;
    let servers = replicas(&app).await;
    let ppat = somebody(&app, Realm::Notary, Role::Ppat).await;
    let token = token_of(&app, &ppat).await;
    let mut socket = servers[0].socket(&token).await;
    let mut stream = servers[0].events(&token, NOTIFICATIONS).await;
    assert!(stream.is_silent().await, "it has begun");
    let other = sea_orm::Database::connect(url).await.unwrap();
    end_others(&other).await;
    let rest = stream.rest().await;
    assert_eq!(rest[0]["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{rest:?}");
    assert_eq!(socket.ask("{ me { role } }", json!({})).await, Ok(json!({ "data": { "me": { "role": "PPAT" } } })));
}
