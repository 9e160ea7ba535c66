//! SQLite and PostgreSQL answer the same. What SQLite takes and PostgreSQL refuses, or orders, folds, rounds or counts in
//! another way, shows in the answers to one generated set of requests, sent to a server on each in the same order.
//!
//! Needs a PostgreSQL server: `GERBANG_TEST_POSTGRES_URL`. `GERBANG_TEST_SEED` asks for another set.

mod generate;
mod normal;

use std::{collections::BTreeMap, env};

use async_graphql::resolver_utils::enum_value;
use gerbang::{accounts::user, demo};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait};
use serde_json::{Value, json};

use self::{
    generate::{Asked, Generator},
    normal::Normal,
};
use crate::support::{TestApp, app::PASSWORD, database::TestDatabase, legacy::Legacy, protocol::Reply};

/// Requests between two log-ins: some of them log out, or change a password.
const BETWEEN_LOG_INS: usize = 25;

/// PostgreSQL leaves out the number of a row that was refused, and SQLite gives it to the next.
const GIVE_BACK_NUMBERS: &str = r"DO $$
DECLARE
    numbered record;
    highest bigint;
BEGIN
    CREATE TABLE IF NOT EXISTS test_highest (name text PRIMARY KEY, number bigint);
    FOR numbered IN
        SELECT c.relname AS name, pg_get_serial_sequence(c.relname::text, 'id') AS sequence
        FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND EXISTS (
            SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped
        )
    LOOP
        CONTINUE WHEN numbered.sequence IS NULL;
        EXECUTE format('SELECT max(id) FROM %I', numbered.name) INTO highest;
        INSERT INTO test_highest VALUES (numbered.name, highest)
            ON CONFLICT (name) DO UPDATE SET number = greatest(test_highest.number, excluded.number)
            RETURNING number INTO highest;
        PERFORM setval(numbered.sequence, coalesce(highest, 1), highest IS NOT NULL);
    END LOOP;
END $$";

/// A server, and what was made of its answers.
struct Server {
    legacy: Legacy,
    tokens: Vec<String>,
    normal: Normal,
    password_hash: String,
}

impl Server {
    async fn on(database: TestDatabase) -> Self {
        let app = TestApp::on(database, |config| {
            config.limits.scale = 100_000;
            // What is compared is what is answered, reports of every client among it, however busy the machine is.
            config.graphql.timeout_seconds = 60;
        })
        .await;
        demo::fill(&app.domain).await.unwrap();
        let somebody = user::row::Entity::find().one(app.domain.db.read()).await.unwrap().unwrap();
        let password_hash = somebody.password_hash.clone();
        Self { legacy: Legacy::over(app), tokens: Vec::new(), normal: Normal::default(), password_hash }
    }

    /// Everybody logs in, whatever became of their passwords.
    async fn log_in(&mut self) {
        self.tokens.clear();
        let emails: Vec<String> = demo::accounts().iter().map(|account| format!("'{}'", account.email)).collect();
        let (hash, emails) = (&self.password_hash, emails.join(", "));
        let sql = format!("UPDATE users SET password_hash = '{hash}', status = 'active' WHERE email IN ({emails})");
        self.legacy.app.domain.db.write().execute_unprepared(&sql).await.unwrap();
        for account in demo::accounts() {
            let query = "mutation($input: LoginInput!) { login(input: $input) { token { content } } }";
            let input = json!({ "realm": enum_value(account.realm).into_json().unwrap(), "login": account.email, "password": PASSWORD });
            let body = json!({ "query": query, "variables": { "input": input } });
            let reply = self.legacy.post("/graphql").json(body).await;
            let token = reply.body["data"]["login"]["token"]["content"].as_str().unwrap_or_default();
            self.tokens.push(token.to_owned());
        }
    }

    async fn ask(&mut self, asked: &Asked) -> (Reply, String) {
        let mut call = self.legacy.call(asked.method, &asked.path);
        if let Some(token) =
            asked.account.and_then(|account| self.tokens.get(account)).filter(|token| !token.is_empty())
        {
            call = call.token(token);
        }
        let reply = match &asked.body {
            Value::Null => call.send().await,
            body => call.json(body).await,
        };
        let db = self.legacy.app.domain.db.write();
        if db.get_database_backend() == DbBackend::Postgres && asked.method != "GET" {
            db.execute_unprepared(GIVE_BACK_NUMBERS).await.unwrap();
        }
        let normal = self.normal.of(&reply);
        (reply, normal)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_answer_the_same() {
    let Some(postgres) = TestDatabase::on_server().await else { return };
    let seed = env::var("GERBANG_TEST_SEED").map_or(17, |seed| seed.parse().expect("a number"));
    let mut generator = Generator::new(seed);
    let mut one = Server::on(TestDatabase::embedded()).await;
    let mut other = Server::on(postgres).await;
    generator.learn(&one.legacy).await;
    let (mut outcomes, mut differences) = (BTreeMap::<String, u32>::new(), Vec::new());
    for number in 0..1_500 {
        if number % BETWEEN_LOG_INS == 0 {
            one.log_in().await;
            other.log_in().await;
        }
        let asked = generator.next();
        let (reply, expected) = one.ask(&asked).await;
        let (_, found) = other.ask(&asked).await;
        assert!(reply.status.as_u16() < 500, "{asked:#?}\n{reply:?}");
        *outcomes.entry(outcome(&reply)).or_default() += 1;
        if expected != found {
            differences.push(format!("{asked:?}\nSQLite:     {expected:.1500}\nPostgreSQL: {found:.1500}\n"));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences[..differences.len().min(8)].join("\n")
    );
    assert!(outcomes["answered"] > 600, "most requests were refused: {outcomes:?}");
}

/// Whether a request was answered, or the code it was refused with.
fn outcome(reply: &Reply) -> String {
    match reply.body["errors"][0]["extensions"]["code"].as_str() {
        Some(code) => code.to_owned(),
        None if reply.status.is_success() => "answered".to_owned(),
        None => reply.status.as_str().to_owned(),
    }
}
