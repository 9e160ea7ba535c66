//! The endpoint over a small schema of its own, for tests of the protocol: what the product's fields do is
//! not their business, and no field of the product is slow, fails or counts on demand.

use std::{
    fmt,
    io::Read,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use async_graphql::{
    Context, EmptyMutation, Enum, ID, InputObject, Interface, Object, Request as Operation, Response as Executed,
    Schema, SchemaBuilder, ServerError, SimpleObject, Subscription, Upload, ValidationMode,
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::DateTime;
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use gerbang::{
    accounts::{
        Realm, Role,
        access::AccessChanges,
        user::{self, row::Status},
    },
    config::Config,
    events::{Event, Events},
    http::service::graphql_settings,
    viewer::{TokenKind, Viewer},
};
use gerbang_graphql::{
    budget::Bounded, deadline::WithDeadline, engine::Engine, http::Endpoint, validate_only::ValidateOnly,
};
use gerbang_kernel::{
    clock::Clock,
    error::Error,
    identity::{Authenticate, Authenticator, Caller},
};
use gerbang_rest::MatchedRoute;
use gerbang_server::{
    connections::{ConnectionLimits, Connections},
    metrics,
    middleware::{body::BodyLimits, client::TrustedProxies, headers},
    open_files,
    probes::Readiness,
    router::{Parts, router},
    server::Service,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::app::test_config;

/// A document that the endpoint knows from the start.
pub(crate) const TRUSTED: &str = "{ hello one }";

/// How fast something is done.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum Speed {
    Slow,
    Fast,
}

#[derive(InputObject)]
struct Inner {
    number: i32,
    speed: Option<Speed>,
}

#[derive(InputObject)]
struct EchoInput {
    text: String,
    inner: Option<Inner>,
    #[graphql(default = 7)]
    with_default: i32,
}

#[derive(SimpleObject)]
struct ThingConnection {
    nodes: Vec<Thing>,
    total_count: i32,
}

#[derive(Clone, Copy)]
struct Thing;

/// Counts the fields that cost something.
#[derive(Clone, Default)]
struct Resolved(Arc<AtomicI64>);

#[derive(Interface)]
#[graphql(field(name = "name", ty = "String"))]
enum Named {
    Thing(Thing),
}

#[Object]
impl Thing {
    async fn name(&self) -> String {
        "thing".to_owned()
    }

    async fn text(&self, ctx: &Context<'_>, bytes: usize) -> String {
        ctx.data_unchecked::<Resolved>().0.fetch_add(1, Ordering::SeqCst);
        "x".repeat(bytes)
    }

    /// Works without waiting for anything.
    async fn busy(&self, ctx: &Context<'_>, microseconds: u32) -> bool {
        ctx.data_unchecked::<Resolved>().0.fetch_add(1, Ordering::SeqCst);
        let until = Instant::now() + Duration::from_micros(microseconds.into());
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        true
    }

    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        2
    }

    async fn nullable_failure(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err("no".into()))
    }

    async fn failure(&self) -> async_graphql::Result<i32> {
        Err("no".into())
    }

    async fn thing(&self) -> Thing {
        Thing
    }

    async fn maybe(&self) -> Option<Thing> {
        Some(Thing)
    }

    async fn things(&self, first: Option<i32>) -> ThingConnection {
        let rows = usize::try_from(first.unwrap_or(1)).unwrap_or_default();
        ThingConnection { nodes: vec![Thing; rows], total_count: 1 }
    }
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn one(&self) -> i32 {
        1
    }

    async fn thing(&self) -> Thing {
        Thing
    }

    async fn maybe(&self) -> Option<Thing> {
        Some(Thing)
    }

    async fn named(&self) -> Named {
        Named::Thing(Thing)
    }

    async fn things(&self, first: Option<i32>) -> ThingConnection {
        Thing.things_of(first)
    }

    async fn by_id(&self, id: ID) -> String {
        id.0
    }

    async fn speed(&self, speed: Option<Speed>) -> Option<Speed> {
        speed
    }

    async fn echo(&self, input: EchoInput) -> String {
        let inner = input.inner.map(|inner| (inner.number, inner.speed));
        format!("{} {inner:?} {}", input.text, input.with_default)
    }

    async fn sum(&self, numbers: Vec<i32>) -> i32 {
        numbers.iter().sum()
    }

    async fn who(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_unchecked::<Viewer>().user().map(|user| user.name.clone())
    }

    async fn ip(&self, ctx: &Context<'_>) -> String {
        ctx.data_unchecked::<gerbang_kernel::identity::ClientInfo>().ip.to_string()
    }

    async fn text(&self, bytes: usize) -> String {
        "x".repeat(bytes)
    }

    async fn quotes(&self, count: usize) -> Vec<&str> {
        vec!["\""; count]
    }

    async fn sleep(&self, milliseconds: u32) -> bool {
        tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
        true
    }

    async fn panic(&self) -> bool {
        "nonsense".parse().expect("on purpose")
    }
}

impl Thing {
    fn things_of(self, first: Option<i32>) -> ThingConnection {
        let rows = usize::try_from(first.unwrap_or(1)).unwrap_or_default();
        ThingConnection { nodes: vec![self; rows], total_count: 1 }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Mutation(Arc<AtomicI64>);

#[Object]
impl Mutation {
    async fn count(&self) -> i64 {
        self.count_up()
    }

    /// Counts after a while.
    async fn count_slowly(&self, milliseconds: u64) -> i64 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        self.count_up()
    }

    async fn fail(&self) -> async_graphql::Result<i64> {
        Err("no".into())
    }

    async fn upload(&self, ctx: &Context<'_>, file: Upload) -> async_graphql::Result<String> {
        describe(ctx, file)
    }

    async fn upload_all(&self, ctx: &Context<'_>, files: Vec<Upload>) -> async_graphql::Result<Vec<String>> {
        files.into_iter().map(|file| describe(ctx, file)).collect()
    }
}

impl Mutation {
    fn count_up(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

fn describe(ctx: &Context<'_>, file: Upload) -> async_graphql::Result<String> {
    let mut file = file.value(ctx)?;
    let mut text = String::new();
    file.content.read_to_string(&mut text)?;
    let kind = file.content_type.unwrap_or_default();
    Ok(format!("{} {kind} {} {}", file.filename, text.len(), text.chars().take(10).collect::<String>()))
}

#[derive(Clone)]
pub(crate) struct Ticks {
    open: Arc<AtomicI64>,
    news: broadcast::Sender<i32>,
}

#[Subscription]
impl Ticks {
    /// Counts to `to`, then ends.
    async fn ticks(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    /// What the test says from now on.
    async fn news(&self) -> impl Stream<Item = i32> + use<> {
        let news = self.news.subscribe();
        stream::unfold(news, async |mut news| Some((news.recv().await.ok()?, news)))
    }

    /// Texts of these sizes, then nothing more.
    async fn texts(&self, sizes: Vec<usize>) -> impl Stream<Item = String> {
        stream::iter(sizes.into_iter().map(|size| "x".repeat(size)))
    }

    /// Says who listens, once, and stays open.
    async fn forever(&self, ctx: &Context<'_>) -> impl Stream<Item = Option<String>> + use<> {
        let open = Open::new(&self.open);
        let name = ctx.data_unchecked::<Viewer>().user().map(|user| user.name.clone());
        stream::once(async move { name }).chain(stream::pending()).map(move |name| {
            let _open = &open;
            name
        })
    }
}

/// Counts open subscriptions.
struct Open(Arc<AtomicI64>);

impl Open {
    fn new(count: &Arc<AtomicI64>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

type TestSchema = Schema<Query, WithDeadline<Mutation>, Ticks>;

#[derive(Clone)]
pub(crate) struct TestEngine {
    validator: TestSchema,
    schema: TestSchema,
    pub(crate) validated: Arc<AtomicI64>,
    resolved: Resolved,
}

impl Engine for TestEngine {
    type Identity = Viewer;

    fn sdl(&self) -> String {
        self.schema.sdl()
    }

    fn validate(&self, request: Operation) -> BoxFuture<'_, Vec<ServerError>> {
        self.validated.fetch_add(1, Ordering::SeqCst);
        async { self.validator.execute(request).await.errors }.boxed()
    }

    fn execute(&self, request: Operation, caller: Caller<Viewer>) -> BoxFuture<'_, Executed> {
        self.schema.execute(request.data(caller.viewer).data(caller.client).data(self.resolved.clone())).boxed()
    }

    fn execute_trusted(&self, request: Operation, caller: Caller<Viewer>) -> BoxFuture<'_, Executed> {
        self.execute(request, caller)
    }

    fn subscribe(&self, request: Operation, caller: Caller<Viewer>) -> BoxStream<'static, Executed> {
        self.schema.execute_stream(request.data(caller.viewer).data(caller.client))
    }
}

/// Each token is its user's name.
struct Tokens {
    valid: Arc<Mutex<Vec<&'static str>>>,
    is_away: Arc<AtomicBool>,
    events: Events,
}

impl Authenticate<Viewer> for Tokens {
    fn authenticate(&self, token: Arc<str>) -> BoxFuture<'static, gerbang_kernel::error::Result<Viewer>> {
        let valid = self.valid.lock().unwrap().iter().any(|valid| *valid == &*token);
        let viewer = || Viewer::logged_in(user_named(&token), TokenKind::Sanctum { id: 1 });
        let answer = match (self.is_away.load(Ordering::SeqCst), valid) {
            (true, _) => Err(Error::unavailable(1)),
            (false, true) => Ok(viewer()),
            (false, false) => Ok(Viewer::anonymous()),
        };
        async { answer }.boxed()
    }

    fn changes(&self, viewer: &Viewer) -> BoxStream<'static, ()> {
        let user = viewer.user().expect("somebody");
        let changes = AccessChanges::new(self.events.clone()).of_user(user.id);
        stream::unfold(changes, async |mut changes| changes.next().await.map(|_| ((), changes))).boxed()
    }
}

/// A schema like the endpoint's, for tests of the engine itself.
pub(crate) fn schema() -> SchemaBuilder<Query, EmptyMutation, async_graphql::EmptySubscription> {
    Schema::build(Query, EmptyMutation, async_graphql::EmptySubscription)
}

/// The endpoint for one test.
pub(crate) struct TestEndpoint {
    pub(crate) service: Service,
    pub(crate) shutdown: CancellationToken,
    /// How many documents were validated so far.
    pub(crate) validated: Arc<AtomicI64>,
    /// How many fields that cost something were resolved so far.
    pub(crate) resolved: Arc<AtomicI64>,
    /// How many subscriptions are open.
    pub(crate) open: Arc<AtomicI64>,
    /// Whose tokens are valid: each token is its user's name.
    pub(crate) valid_tokens: Arc<Mutex<Vec<&'static str>>>,
    /// Whether nothing can be found out about tokens.
    pub(crate) is_away: Arc<AtomicBool>,
    /// What the subscription `news` sends.
    pub(crate) news: broadcast::Sender<i32>,
    events: Events,
    _folder: TempDir,
}

impl TestEndpoint {
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = test_config(folder.path());
        change(&mut config);
        let news = broadcast::Sender::new(100);
        let mutation = WithDeadline(Mutation::default());
        let ticks = Ticks { open: Arc::default(), news: news.clone() };
        let open = Arc::clone(&ticks.open);
        let engine = TestEngine {
            validator: Schema::build(Query, mutation.clone(), ticks.clone()).extension(ValidateOnly).finish(),
            schema: Schema::build(Query, mutation, ticks)
                .extension(Bounded)
                .validation_mode(ValidationMode::Fast)
                .finish(),
            validated: Arc::default(),
            resolved: Resolved::default(),
        };
        let (validated, resolved) = (Arc::clone(&engine.validated), Arc::clone(&engine.resolved.0));
        let valid_tokens = Arc::new(Mutex::new(vec!["alice"]));
        let (events, is_away) = (Events::default(), Arc::new(AtomicBool::new(false)));
        let tokens = Tokens { valid: Arc::clone(&valid_tokens), is_away: Arc::clone(&is_away), events: events.clone() };
        let authenticator = Authenticator::new(tokens, Clock::system());
        let shutdown = CancellationToken::new();
        let endpoint = Endpoint::new(
            engine,
            graphql_settings(&config),
            authenticator.clone(),
            vec![TRUSTED.to_owned()],
            shutdown.clone(),
        )
        .expect("the SDL parses");
        let tasks = endpoint.tasks().clone();
        let limits = &config.limits;
        let (scale, longest) = (limits.scale as usize, Duration::from_secs(limits.body_seconds));
        let proxies = TrustedProxies::new(&config.server.trusted_proxies, &config.server.country_header).unwrap();
        let connection_limits = ConnectionLimits::new(limits.connections_per_address, scale, open_files::limit());
        let connections = Connections::new(connection_limits, proxies.clone());
        let router = router(Parts {
            endpoint,
            rest: Router::new(),
            authenticator,
            body_limits: BodyLimits::new(limits.bodies_per_address, scale, longest, connection_limits, proxies.clone()),
            proxies,
            readiness: Readiness::new(|| async { Ok(()) }),
            metrics: metrics::install().unwrap(),
            cors: headers::cors(
                &config.server.cors_origins,
                headers::allowed_headers(&config.server.cors_headers).unwrap(),
            ),
        });
        let service = Service { router, tasks, connections };
        Self { service, shutdown, validated, resolved, open, valid_tokens, is_away, news, events, _folder: folder }
    }

    /// Tells that somebody whose token is valid has other rights, or none.
    pub(crate) fn publish_access_change(&self) {
        self.events.publish(Event::AccessChanged { user_id: 1 });
    }

    /// Takes everybody's rights away, and tells of it.
    pub(crate) fn revoke(&self) {
        self.valid_tokens.lock().unwrap().clear();
        self.publish_access_change();
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        send(&self.service.router, request).await
    }

    /// Posts JSON, as `fetch` would, with an `Accept` header.
    pub(crate) async fn post_as(&self, accept: &str, body: Value) -> Reply {
        self.send(post(body.to_string(), &[("content-type", "application/json"), ("accept", accept)])).await
    }

    /// Posts JSON and wants `application/graphql-response+json`.
    pub(crate) async fn post(&self, body: Value) -> Reply {
        self.post_as("application/graphql-response+json", body).await
    }

    /// Posts a document without variables.
    pub(crate) async fn query(&self, query: &str) -> Reply {
        self.post(json!({ "query": query })).await
    }

    /// Gets `/graphql` with parameters.
    pub(crate) async fn get(&self, parameters: &[(&str, &str)]) -> Reply {
        self.send(get(parameters)).await
    }
}

/// A request that posts `body` to `/graphql`.
pub(crate) fn post(body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let builder = Request::builder().method(Method::POST).uri("/graphql");
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).unwrap()
}

/// A request that gets `/graphql` with parameters.
pub(crate) fn get(parameters: &[(&str, &str)]) -> Request<Body> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let builder = Request::builder().uri(format!("/graphql?{query}"));
    builder.header(header::ACCEPT, "application/graphql-response+json").body(Body::empty()).unwrap()
}

/// Calls the routes without a socket.
pub(crate) async fn send(router: &Router, request: Request<Body>) -> Reply {
    // Inside a task of the runtime, as in the server: there loaders collect what belongs together.
    let response = tokio::spawn(router.clone().oneshot(request)).await.expect("no panic").unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Reply {
        status: parts.status,
        headers: parts.headers,
        matched: parts.extensions.get::<MatchedRoute>().cloned(),
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
        bytes: bytes.into(),
    }
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The legacy route that answered, if one did.
    pub(crate) matched: Option<MatchedRoute>,
    /// The body, if it is JSON.
    pub(crate) body: Value,
    /// The body, where it is text.
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:#?} {}", self.status, self.headers, self.text.chars().take(2_000).collect::<String>())
    }
}

impl Reply {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the first error of an operation that was not run.
    #[track_caller]
    pub(crate) fn refused(&self) -> &str {
        assert!(self.body.get("data").is_none(), "a refused operation has no data: {self:#?}");
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {self:#?}"))
    }

    /// The message of the first error.
    #[track_caller]
    pub(crate) fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error: {self:#?}"))
    }

    /// The data of an operation that must have succeeded.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        assert!(self.status == StatusCode::OK && self.body.get("errors").is_none(), "expected success: {self:#?}");
        &self.body["data"]
    }
}

fn user_named(name: &str) -> user::row::Model {
    let at = DateTime::from_timestamp_nanos(0);
    user::row::Model {
        id: 1,
        uuid: uuid::Uuid::nil().into(),
        realm: Realm::Staff,
        role: if name == "admin" { Role::Admin } else { Role::Employee },
        legacy_id: 1,
        name: name.to_owned(),
        email: format!("{name}@example.test"),
        email_key: format!("{name}@example.test"),
        username: None,
        username_key: None,
        phone: None,
        phone_key: None,
        password_hash: String::new(),
        status: Status::Active,
        partner_id: None,
        code: None,
        position_code: None,
        address: None,
        email_verified_at: None,
        sessions_valid_from: None,
        created_at: at,
        updated_at: at,
    }
}
