//! The whole application on a database of its own, with a clock that stands still.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use async_graphql::{
    Request, Response, Variables,
    parser::{parse_query, types::OperationType},
};
use axum::Router;
use chrono::{DateTime, Utc};
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use gerbang::{
    accounts::{
        Realm, Role,
        authenticate::authenticate,
        user::{self, row::Status},
    },
    app::App,
    config::{Config, JwtKey},
    domain::Domain,
    http::service::service,
    outbox,
    viewer::{TokenKind, Viewer},
};
use gerbang_graphql::{engine::Engine as _, errors, json::write, merged::merges, rows::Rendering};
use gerbang_kernel::{
    clock::Clock,
    identity::{Caller, ClientInfo},
    secret::Secret,
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait,
    IntoActiveModel, ModelTrait, QueryFilter, QueryOrder,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::database::TestDatabase;

/// The password of every user that tests make.
pub(crate) const PASSWORD: &str = "rahasia-demo-123";

/// How long a test waits for what must happen.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An application for one test.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) domain: Domain,
    pub(crate) clock: Clock,
    pub(crate) folder: TempDir,
    users: AtomicI64,
    /// Statements of operations that were run once more to compare.
    compared: AtomicU64,
    // Dropped last: the application still holds connections to it.
    _database: TestDatabase,
}

impl TestApp {
    /// An application with empty tables; the clock stands at 2026-02-03 04:05:06 UTC.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(TestDatabase::up_to_date().await, change).await
    }

    /// The same on a certain database.
    pub(crate) async fn on(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let clock = Clock::fixed("2026-02-03T04:05:06Z".parse::<DateTime<Utc>>().expect("a time"));
        let mut config = test_config(folder.path());
        config.database.url = Secret::new(database.url());
        change(&mut config);
        let app = App::build(config, clock.clone()).await.expect("the application starts");
        app.migrate().await.expect("migrations run");
        let domain = app.domain.clone();
        Self { app, domain, clock, folder, users: AtomicI64::new(1), compared: AtomicU64::new(0), _database: database }
    }

    /// Adds an active, verified user with [`PASSWORD`]. A PARTNER must be given `partner_id` by [`Self::user_with`].
    pub(crate) async fn user(&self, realm: Realm, role: Role) -> user::row::Model {
        self.user_with(realm, role, |_| ()).await
    }

    /// Adds a user and lets the test change the row before it is written.
    pub(crate) async fn user_with(
        &self,
        realm: Realm,
        role: Role,
        change: impl FnOnce(&mut user::row::ActiveModel),
    ) -> user::row::Model {
        let number = self.users.fetch_add(1, Ordering::SeqCst);
        // Far from the numbers that the counters give.
        let legacy_id = 9_000 + number;
        let now = self.clock.now();
        let email = format!("user{number}@example.test");
        let mut row = user::row::ActiveModel {
            realm: Set(realm),
            role: Set(role),
            legacy_id: Set(legacy_id),
            uuid: Set(uuid::Uuid::now_v7().into()),
            name: Set(format!("User {number}")),
            email: Set(email.clone()),
            email_key: Set(email),
            username: Set((realm == Realm::Staff).then(|| format!("user{number}"))),
            username_key: Set((realm == Realm::Staff).then(|| format!("user{number}"))),
            password_hash: Set(password_hash().to_owned()),
            status: Set(Status::Active),
            code: Set((realm == Realm::Staff).then(|| format!("USR{legacy_id:05}"))),
            email_verified_at: Set(Some(now.into())),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        change(&mut row);
        row.insert(self.domain.db.write()).await.expect("the user fits the table")
    }

    /// Adds a row as it is, its key included.
    pub(crate) async fn insert<M>(&self, row: M) -> M
    where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
        M::Entity: EntityTrait<Model = M>,
        <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    {
        row.into_active_model().reset_all().insert(self.domain.db.write()).await.expect("the row fits the table")
    }

    /// Changes the tables so that what needs them fails, as it would by a fault of ours.
    pub(crate) async fn break_down(&self, statement: &str) {
        self.domain.db.write().execute_unprepared(statement).await.expect("the database obeys");
    }

    /// The newest message to this address, which no worker has delivered yet.
    pub(crate) async fn message_to(&self, recipient: &str) -> outbox::row::Model {
        use outbox::row::{Column, Entity};
        let newest = Entity::find().filter(Column::Recipient.eq(recipient)).order_by_desc(Column::Id);
        let found = newest.one(self.domain.db.read()).await.expect("the database answers");
        found.unwrap_or_else(|| panic!("no message to {recipient}"))
    }

    /// Somebody logged in as this user.
    pub(crate) fn as_user(&self, user: &user::row::Model) -> Actor<'_> {
        let token = TokenKind::Sanctum { id: 0 };
        Actor { app: self, viewer: Viewer::logged_in(user.clone(), token) }
    }

    /// Somebody without a token.
    pub(crate) fn anonymous(&self) -> Actor<'_> {
        Actor { app: self, viewer: Viewer::anonymous() }
    }

    /// Whoever this token belongs to, if it is valid.
    pub(crate) async fn with_token(&self, token: &str) -> Actor<'_> {
        let viewer = authenticate(&self.domain, token).await.expect("the database answers");
        Actor { app: self, viewer }
    }

    /// All routes, as they are served.
    pub(crate) fn router(&self) -> Router {
        service(self.app.clone(), CancellationToken::new()).expect("the routes fit the schema").router
    }

    /// How many SQL statements requests have run so far. What was kept of constant tables is dropped, so that what is
    /// counted from here on does not depend on the time that has passed.
    pub(crate) fn statements(&self) -> u64 {
        self.domain.events.versions().change_all();
        self.domain.db.request_statements() - self.compared.load(Ordering::SeqCst)
    }
}

/// A hash of [`PASSWORD`] that is cheap to check; made once.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let cheap = Params::new(8, 1, 1, None).expect("parameters that argon2 allows");
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
        hasher.hash_password(PASSWORD.as_bytes()).expect("a hash").to_string()
    })
}

/// Settings for a test: messages and files in `folder`, a key to sign with.
pub(crate) fn test_config(folder: &Path) -> Config {
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    let mut config = Config::demo(folder, &folder.join("outbox"), listen).expect("the default settings are right");
    "http://gerbang.test".clone_into(&mut config.server.public_url);
    "http://app.gerbang.test".clone_into(&mut config.server.app_url);
    let secret = Secret::new("a secret for tests, 32 bytes long");
    config.auth.jwt_keys = vec![JwtKey { kid: "test".to_owned(), secret }];
    config.database.connections = 2;
    // There are none: reports are the same on every machine.
    folder.clone_into(&mut config.reports.fonts);
    config
}

/// Somebody who sends requests.
pub(crate) struct Actor<'app> {
    app: &'app TestApp,
    pub(crate) viewer: Viewer,
}

impl Actor<'_> {
    /// Runs a GraphQL operation.
    pub(crate) async fn graphql(&self, query: &str) -> Answer {
        self.graphql_with(query, json!({})).await
    }

    /// Runs a GraphQL operation with variables.
    pub(crate) async fn graphql_with(&self, query: &str, variables: Value) -> Answer {
        self.execute(Request::new(query).variables(Variables::from_json(variables))).await
    }

    /// Runs a prepared GraphQL request. A query is run by the engine, too, and once as it is for an answer that goes out
    /// as JSON: all three are the same to the byte.
    pub(crate) async fn execute(&self, request: Request) -> Answer {
        let copy = |request: &Request| {
            let mut copy = Request::new(&request.query).variables(request.variables.clone());
            copy.operation_name.clone_from(&request.operation_name);
            copy
        };
        let again = copy(&request);
        let response = self.run(request).await;
        let before = self.app.domain.db.request_statements();
        let mut expected = written(&response);
        for rendering in [Rendering::Fields, Rendering::Json].into_iter().filter(|way| rendered_as(&again, *way)) {
            let mut rendered = written(&self.run(copy(&again).data(rendering)).await);
            // Somebody else may be changing what is read.
            for _ in 0..5 {
                if rendered != expected {
                    expected = written(&self.run(copy(&again)).await);
                    rendered = written(&self.run(copy(&again).data(rendering)).await);
                }
            }
            assert_eq!(rendered, expected, "{rendering:?}: {}", again.query);
        }
        self.app.compared.fetch_add(self.app.domain.db.request_statements() - before, Ordering::SeqCst);
        response.into()
    }

    async fn run(&self, request: Request) -> Response {
        let gateway = self.app.app.gateway.clone();
        let caller = self.caller();
        // Inside a task of the runtime, as in the server: there requests share what they read.
        let response = tokio::spawn(async move {
            let mut document = Request::new(&request.query).variables(request.variables.clone());
            document.operation_name.clone_from(&request.operation_name);
            document.uploads.extend(request.uploads.iter().map(|file| file.try_clone().expect("a file")));
            match gateway.validate(document).await {
                errors if errors.is_empty() => gateway.execute(request, caller).await,
                errors => Response::from_errors(errors),
            }
        });
        response.await.expect("no panic")
    }

    /// Begins to watch a subscription; what happens from now on is not missed.
    pub(crate) fn subscribe(&self, query: &str) -> Watcher {
        let mut answers = self.app.app.gateway.subscribe(Request::new(query), self.caller());
        // A subscription begins when it is first asked.
        let first = answers.next().now_or_never().flatten();
        Watcher { answers, first }
    }

    /// Who this is, for requests that go around [`Self::graphql`].
    pub(crate) fn caller(&self) -> Caller<Viewer> {
        let client = ClientInfo {
            ip: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
            user_agent: Some("gerbang-tests".to_owned()),
            country: None,
        };
        Caller { viewer: self.viewer.clone(), client }
    }
}

/// Whether a document may be run so.
fn rendered_as(request: &Request, rendering: Rendering) -> bool {
    parse_query(&request.query).is_ok_and(|document| {
        let mut operations = document.operations.iter();
        operations.all(|(_, operation)| operation.node.ty == OperationType::Query)
            && (rendering != Rendering::Json || !merges(&document))
    })
}

/// An answer as JSON, its errors in the order of the alphabet: those of several fields come as they come.
fn written(response: &Response) -> (String, Vec<String>) {
    let mut data = Vec::new();
    write(&mut data, &response.data);
    let mut errors: Vec<_> = response.errors.iter().map(|error| serde_json::to_string(error).expect("JSON")).collect();
    errors.sort();
    (String::from_utf8(data).expect("JSON"), errors)
}

/// A subscription that is being watched.
pub(crate) struct Watcher {
    answers: BoxStream<'static, Response>,
    first: Option<Response>,
}

impl Watcher {
    /// The next answer; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Answer> {
        let response = match self.first.take() {
            Some(first) => Some(first),
            None => timeout(TIMEOUT, self.answers.next()).await.expect("something happens in time"),
        };
        response.map(Answer::from)
    }

    /// Whether nothing happens for so long, also nothing that has to be read first.
    pub(crate) async fn is_silent_for(&mut self, time: Duration) -> bool {
        self.first.is_none() && timeout(time, self.answers.next()).await.is_err()
    }

    /// Whether nothing has happened.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.first.is_none() && self.answers.next().now_or_never().is_none()
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) data: Value,
    pub(crate) errors: Value,
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        let response = errors::decorate(response, "test-request");
        let body = serde_json::to_value(&response).expect("an answer is JSON");
        crate::errors::assert_known(&body["errors"]);
        Self { data: body["data"].clone(), errors: body["errors"].clone() }
    }
}

impl Answer {
    /// The data of an operation that must have succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.errors.is_null(), "expected success: {self:#?}");
        self.data
    }

    /// The code of the first error.
    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        self.errors[0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("expected an error: {self:#?}"))
    }

    /// The broken rules by field, as `["name REQUIRED", "email TAKEN"]`.
    #[track_caller]
    pub(crate) fn broken_rules(&self) -> Vec<String> {
        assert_eq!(self.code(), "VALIDATION_FAILED", "{self:#?}");
        let fields = self.errors[0]["extensions"]["fields"].as_object().expect("fields");
        let rules = |(name, rules): (&String, &Value)| {
            let rules = rules.as_array().cloned().unwrap_or_default();
            rules.into_iter().map(|rule| format!("{name} {}", rule["rule"].as_str().unwrap_or_default())).collect()
        };
        fields.iter().flat_map(|field| -> Vec<String> { rules(field) }).collect()
    }
}
