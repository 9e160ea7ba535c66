//! The real program under attack, bounded: who is refused costs next to nothing, and everybody else is served.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    crash::{Program, client},
    graphql::introspection::attack,
    support::database::TestDatabase,
};

/// What memory may grow by, in bytes: the attack took a thousand times its own size, for each request.
const GROWTH: u64 = 48 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_introspection_queries_is_refused_quickly_in_bounded_memory() {
    let folder = TempDir::new().unwrap();
    let database = TestDatabase::new().await;
    database.migrated().await.close().await.unwrap();
    let client = client();
    let program = Program::start(folder.path(), &database, &client).await;
    let ask = async |body: &Value| {
        let began = Instant::now();
        let reply = client.post(program.url("/graphql")).header("content-type", "application/json");
        let reply = reply.body(body.to_string()).send().await.unwrap().text().await.unwrap();
        (began.elapsed(), reply)
    };
    let (one, ten) = (json!({ "query": attack() }), json!(vec![json!({ "query": attack() }); 10]));
    let whole = json!({ "query": crate::graphql::introspection::WHOLE });
    assert!(ask(&whole).await.1.starts_with(r#"{"data":{"__schema""#));
    ask(&one).await;
    let before = program.peak_memory();
    for _ in 0..10 {
        for (elapsed, reply) in join_all([&one, &ten, &one, &ten].map(&ask)).await {
            assert!(reply.contains("GRAPHQL_VALIDATION_FAILED"), "{reply}");
            assert!(reply.len() < 10_000 && elapsed < Duration::from_secs(2), "{} bytes in {elapsed:?}", reply.len());
        }
        let began = Instant::now();
        assert_eq!(client.get(program.url("/healthz")).send().await.unwrap().status(), 200);
        assert!(began.elapsed() < Duration::from_millis(250), "health took {:?}", began.elapsed());
    }
    // The kernel sums what its processors have counted up roughly, so a peak may be told a little lower than it was.
    let growth = program.peak_memory().saturating_sub(before);
    assert!(growth < GROWTH, "memory grew by {growth} bytes");
    program.kill();
}
