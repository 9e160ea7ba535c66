//! Generated and mutated requests to the whole product: none makes it panic, fail or think for long, and no answer is
//! one that the API's document does not know.
//!
//! `PROPTEST_CASES=1000000 cargo test --release --test it fuzz::` sends so many of each kind. A request that fails is
//! printed at its shortest; it becomes a test beside what was mended.

mod bodies;
mod graphql;
mod import;
mod inputs;
mod request;
mod routes;
mod tokens;
mod webhooks;

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    env,
    time::{Duration, Instant},
};

use axum::Router;
use gerbang::demo;
use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestRunner},
};
use sea_orm::ActiveEnum;
use tokio::{runtime::Runtime, time::timeout};

use self::request::Sent;
use crate::support::{
    TestApp,
    legacy::Legacy,
    openapi,
    protocol::{Reply, send},
};

/// What an answer may take.
const SOON: Duration = Duration::from_secs(1);

/// A server with the demo's data, and a token of everybody who has an account there.
struct Target {
    runtime: Runtime,
    // Holds the database and the files.
    _legacy: Legacy,
    router: Router,
    /// By the slug of their API.
    tokens: HashMap<String, Vec<String>>,
}

impl Target {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (legacy, tokens) = runtime.block_on(async {
            let app = TestApp::with(|config| config.limits.scale = 1_000_000).await;
            demo::fill(&app.domain).await.unwrap();
            let legacy = Legacy::over(app);
            let mut tokens: HashMap<String, Vec<String>> = HashMap::new();
            for account in demo::accounts() {
                let realm = async_graphql::InputType::to_value(&account.realm).to_string();
                let token = legacy.log_in_graphql(&realm, account.email).await;
                tokens.entry(account.realm.to_value().replace('_', "")).or_default().push(token);
            }
            (legacy, tokens)
        });
        let router = legacy.app.router();
        Self { runtime, _legacy: legacy, router, tokens }
    }

    /// Everybody's tokens.
    fn all_tokens(&self) -> Vec<String> {
        self.tokens.values().flatten().cloned().collect()
    }

    /// Sends what the strategy makes and says how often which status was answered.
    fn fuzz(&self, cases: u32, requests: impl Strategy<Value = Sent>) -> BTreeMap<u16, u32> {
        self.fuzz_and_check(cases, requests, |_, _| Ok(()))
    }

    /// The same with a look at each answer.
    fn fuzz_and_check(
        &self,
        cases: u32,
        requests: impl Strategy<Value = Sent>,
        check: impl Fn(&Sent, &Reply) -> Result<(), TestCaseError>,
    ) -> BTreeMap<u16, u32> {
        let cases = env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(cases);
        let settings = Config { cases, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
        let statuses = RefCell::new(BTreeMap::new());
        let outcome = TestRunner::new(settings).run(&requests, |sent| {
            // What hyper does not let through reaches nobody.
            if sent.request().is_none() {
                return Ok(());
            }
            let reply = self.runtime.block_on(self.answer(&sent))?;
            *statuses.borrow_mut().entry(reply.status.as_u16()).or_default() += 1;
            check(&sent, &reply)
        });
        outcome.unwrap_or_else(|error| panic!("{error}"));
        statuses.into_inner()
    }

    async fn answer(&self, sent: &Sent) -> Result<Reply, TestCaseError> {
        let mut quickest = Duration::MAX;
        // A busy machine may hold up one answer; a request that is hard to answer is so each time.
        for _ in 0..3 {
            let request = sent.request().expect("it was one a moment ago");
            let method = request.method().clone();
            let began = Instant::now();
            let reply = timeout(10 * SOON, send(&self.router, request)).await;
            let reply = reply.map_err(|_| TestCaseError::fail("there is no answer"))?;
            quickest = quickest.min(began.elapsed());
            if reply.status.is_server_error() {
                return Err(TestCaseError::fail(format!("{reply:?}")));
            }
            openapi::allows(&method, &reply);
            if quickest < SOON {
                return Ok(reply);
            }
        }
        Err(TestCaseError::fail(format!("the answer takes {quickest:?}")))
    }
}
