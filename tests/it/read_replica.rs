//! A standby that answers queries. A server at `GERBANG_TEST_POSTGRES_READ_URL` is needed where a test says so, which repeats the one
//! at `GERBANG_TEST_POSTGRES_URL` two seconds late (`recovery_min_apply_delay`); `.ci/run` starts one.

use std::{
    env,
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use async_graphql::{Request, Variables};
use gerbang::{
    accounts::{Realm, Role, user},
    app::App,
};
use gerbang_graphql::engine::Engine as _;
use gerbang_kernel::{identity::Caller, secret::Secret};
use sea_orm::{ActiveValue::Set, Database};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{TestApp, database::TestDatabase, proxy::Proxy};

const RENAME: &str = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id name } } }";
const NAMES: &str = "query($id: ID!) { user(id: $id) { name } users { nodes { name } } }";

/// A server whose database has a standby, and three admins of one realm at addresses of their own.
struct Fixture {
    app: TestApp,
    one: user::row::Model,
    other: user::row::Model,
    third: user::row::Model,
    /// Whose name is changed.
    colleague: user::row::Model,
    way: Proxy,
}

impl Fixture {
    async fn new() -> Self {
        let standby =
            env::var("GERBANG_TEST_POSTGRES_READ_URL").expect("GERBANG_TEST_POSTGRES_READ_URL names a server");
        let database = TestDatabase::on_server().await.expect("GERBANG_TEST_POSTGRES_URL names a server");
        let name = database.url().rsplit_once('/').unwrap().1;
        let read_url = format!("{}/{name}", standby.trim_end_matches('/'));
        until("the standby has the database", async || Database::connect(&read_url).await.is_ok()).await;
        let way = Proxy::to(&read_url);
        let read_url = Secret::new(way.url(&read_url));
        let app = TestApp::on(database, |config| config.database.read_url = read_url).await;
        let admin = async || app.user(Realm::Staff, Role::Admin).await;
        let (one, other, third) = (admin().await, admin().await, admin().await);
        let colleague = app.user_with(Realm::Staff, Role::Employee, |user| user.name = Set("Lama".to_owned())).await;
        has_what_is_there_now(&app.app).await;
        Self { app, one, other, third, colleague, way }
    }

    fn caller(&self, user: &user::row::Model) -> Caller<gerbang::viewer::Viewer> {
        let mut caller = self.app.as_user(user).caller();
        let last = u8::try_from(user.id % 250).unwrap();
        caller.client.ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
        caller
    }

    async fn ask(&self, server: &App, user: &user::row::Model, query: &str, variables: Value) -> Value {
        let request = Request::new(query).variables(Variables::from_json(variables));
        let answer = server.gateway.execute_trusted(request, self.caller(user)).await;
        serde_json::to_value(answer).unwrap()
    }

    /// The colleague's name as this user sees it.
    async fn name(&self, server: &App, user: &user::row::Model) -> String {
        let answer = self.ask(server, user, NAMES, json!({ "id": format!("user_{}", self.colleague.id) })).await;
        let name = answer["data"]["user"]["name"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        // A list is read from the same place.
        let mut listed = answer["data"]["users"]["nodes"].as_array().unwrap().iter();
        assert!(listed.any(|user| user["name"] == *name), "{answer}");
        name
    }

    async fn rename(&self, name: &str) {
        let input = json!({ "input": { "id": format!("user_{}", self.colleague.id), "name": name } });
        let answer = self.ask(&self.app.app, &self.one, RENAME, input).await;
        assert_eq!(answer["data"]["updateUser"]["user"]["name"], name, "{answer}");
    }
}

async fn has_what_is_there_now(server: &App) {
    let now = Instant::now();
    let lag = || server.domain.db.replica_lag();
    until("the standby has what is there now", async || lag().is_some_and(|lag| lag < now.elapsed())).await;
}

async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is().await {
        assert!(began.elapsed() < Duration::from_secs(30), "it never happens that {what}");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
#[ignore = "needs a standby at GERBANG_TEST_POSTGRES_READ_URL"]
async fn who_wrote_reads_it_at_once_and_others_when_the_standby_has_it() {
    let fixture = Fixture::new().await;
    let server = &fixture.app.app;
    fixture.rename("Baru").await;
    assert_eq!(fixture.name(server, &fixture.one).await, "Baru");
    assert_eq!(fixture.name(server, &fixture.other).await, "Lama", "it is read from the standby");
    // What changes something reads no old rows: it answers with the colleague's name of now.
    let input = json!({ "input": { "id": format!("user_{}", fixture.colleague.id), "phone": "0812345678" } });
    let answer = fixture.ask(server, &fixture.other, RENAME, input).await;
    assert_eq!(answer["data"]["updateUser"]["user"]["name"], "Baru", "{answer}");
    assert_eq!(fixture.name(server, &fixture.other).await, "Baru", "from now on this admin has written, too");
    assert_eq!(fixture.name(server, &fixture.third).await, "Lama");
    until("the standby has it", async || fixture.name(server, &fixture.third).await == "Baru").await;
}

#[tokio::test]
#[ignore = "needs a standby at GERBANG_TEST_POSTGRES_READ_URL"]
async fn other_servers_know_who_wrote() {
    let fixture = Fixture::new().await;
    let second = App::build(fixture.app.domain.config.clone(), fixture.app.clock.clone()).await.unwrap();
    has_what_is_there_now(&second).await;
    fixture.rename("Baru").await;
    // As long as a word between servers may take.
    sleep(Duration::from_millis(300)).await;
    assert_eq!(fixture.name(&second, &fixture.one).await, "Baru");
    assert_eq!(fixture.name(&second, &fixture.other).await, "Lama");
}

#[tokio::test]
#[ignore = "needs a standby at GERBANG_TEST_POSTGRES_READ_URL"]
async fn nobody_notices_that_the_standby_is_away() {
    let mut fixture = Fixture::new().await;
    fixture.rename("Baru").await;
    assert_eq!(fixture.name(&fixture.app.app, &fixture.other).await, "Lama");
    fixture.way.cut();
    for _ in 0..20 {
        assert_eq!(fixture.name(&fixture.app.app, &fixture.other).await, "Baru", "the server itself is asked");
    }
    fixture.way.open();
    until("it is read from again", async || {
        fixture.rename("Baru lagi").await;
        let late = fixture.name(&fixture.app.app, &fixture.other).await == "Baru";
        fixture.rename("Baru").await;
        late
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a standby at GERBANG_TEST_POSTGRES_READ_URL"]
async fn a_server_that_repeats_none_is_no_standby() {
    let database = TestDatabase::on_server().await.expect("GERBANG_TEST_POSTGRES_URL names a server");
    let fixture = TestApp::on(database, |_| ()).await;
    let mut config = fixture.domain.config.clone();
    config.database.read_url = config.database.url.clone();
    let refused = App::build(config, fixture.clock.clone()).await.err().expect("it is refused").to_string();
    assert!(refused.contains("[database] read_url") && refused.contains("standby"), "{refused}");
}
