//! The endpoint over the small schema, behind everything that a request passes in the server.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64},
    },
    time::Duration,
};

use axum::{Router, body::Body, http::Request};
use gerbang_graphql::{
    constants::Constants,
    http::{DocumentDefect, Endpoint, KnownDocuments, Schema, TrustedDocuments},
    settings::{Audience, Limits, Settings},
};
use gerbang_kernel::{clock::Clock, identity::Authenticator};
use gerbang_server::{
    connections::{ConnectionLimits, Connections},
    metrics,
    middleware::{
        body::BodyLimits,
        client::TrustedProxies,
        headers::{self, IsSecure},
        overload::Concurrency,
    },
    open_files,
    probes::{Counted, Readiness},
    router::{Parts, router},
    server::Service,
};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::{
    engine::TestEngine,
    identity::Tokens,
    reply::{Reply, get, post, send},
    schema::Ticks,
};

/// A document that the endpoint knows from the start.
pub(crate) const TRUSTED: &str = "{ hello one }";

/// What an operator may decide.
pub(crate) struct TestSettings {
    /// Its origins are those that may call from a browser, too.
    pub(crate) graphql: Settings,
    /// Documents of their own clients.
    pub(crate) trusted: TrustedDocuments,
    pub(crate) cors_headers: Vec<String>,
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) bodies_per_address: usize,
    pub(crate) concurrent: usize,
    pub(crate) body_seconds: u64,
}

impl Default for TestSettings {
    fn default() -> Self {
        let limits = Limits {
            depth: 20,
            complexity: 100_000,
            aliases: 200,
            tokens: 30_000,
            answer_bytes: 8_388_608,
            timeout_seconds: 10,
            introspection: Audience::All,
            documents: Vec::new(),
            only_trusted: false,
            max_age: 60,
        };
        let graphql = Settings {
            limits,
            streams_per_address: 500,
            body_bytes: 1_048_576,
            file_bytes: 5_242_880,
            origins: Vec::new(),
            public_url: "http://gerbang.test".to_owned(),
            page: "/explorer",
            without_session: &["count", "fail"],
        };
        Self {
            graphql,
            trusted: TrustedDocuments::default(),
            cors_headers: vec!["*".to_owned()],
            trusted_proxies: Vec::new(),
            bodies_per_address: 100,
            concurrent: 1_000,
            body_seconds: 120,
        }
    }
}

/// The documents that these files list, checked against the small schema.
pub(crate) async fn trusted(files: &[&Path]) -> Result<TrustedDocuments, Vec<DocumentDefect>> {
    let ticks = Ticks { open: Arc::default(), news: broadcast::Sender::new(1) };
    let mut limits = TestSettings::default().graphql.limits;
    limits.documents = files.iter().map(|file| file.to_path_buf()).collect();
    let schema = Schema { engine: &TestEngine::new(ticks), limits: &limits, constants: &Constants::default() };
    TrustedDocuments::load(schema).await
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
    changes: broadcast::Sender<()>,
}

impl TestEndpoint {
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut TestSettings)) -> Self {
        let mut settings = TestSettings::default();
        change(&mut settings);
        let TestSettings {
            graphql,
            trusted,
            cors_headers,
            trusted_proxies,
            bodies_per_address,
            concurrent,
            body_seconds,
        } = settings;
        let (shutdown, news) = (CancellationToken::new(), broadcast::Sender::new(100));
        let ticks = Ticks { open: Arc::default(), news: news.clone() };
        let open = Arc::clone(&ticks.open);
        let engine = TestEngine::new(ticks);
        let (validated, resolved) = (Arc::clone(&engine.validated), Arc::clone(&engine.resolved.0));
        let tokens = Tokens {
            valid: Arc::new(Mutex::new(vec!["alice"])),
            is_away: Arc::default(),
            changes: broadcast::Sender::new(100),
        };
        let authenticator = Authenticator::new(tokens.clone(), Clock::system());
        let cors = headers::cors(&graphql.origins, headers::allowed_headers(&cors_headers).unwrap());
        let documents = KnownDocuments { own: vec![TRUSTED.to_owned()], trusted };
        let endpoint = Endpoint::new(engine, graphql, authenticator.clone(), documents, shutdown.clone());
        let endpoint = endpoint.expect("the SDL parses");
        let tasks = endpoint.tasks().clone();
        let proxies = TrustedProxies::new(&trusted_proxies, "").unwrap();
        let limits = ConnectionLimits::new(1_000, 1, open_files::limit());
        let connections = Connections::new(limits, proxies.clone());
        let longest = Duration::from_secs(body_seconds);
        let router = router(Parts {
            endpoint,
            rest: Router::new(),
            authenticator,
            body_limits: BodyLimits::new(bodies_per_address, 1, longest, limits),
            concurrency: Concurrency::new(concurrent),
            proxies,
            readiness: Readiness::new(|| async { Ok(()) }),
            metrics: Some(Counted::new(metrics::install().unwrap(), || ())),
            cors,
            is_secure: IsSecure(true),
            on_legacy_call: Arc::new(|_| ()),
        });
        let Tokens { valid: valid_tokens, is_away, changes } = tokens;
        let service = Service { router, tasks, connections };
        Self { service, shutdown, validated, resolved, open, valid_tokens, is_away, news, changes }
    }

    /// Tells that somebody whose token is valid has other rights, or none.
    pub(crate) fn publish_access_change(&self) {
        // Nobody need be listening.
        let _ = self.changes.send(());
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
