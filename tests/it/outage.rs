//! What callers see of a database server that goes away and comes back. Needs one: `GERBANG_TEST_POSTGRES_URL`.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use gerbang::{
    accounts::{Realm, Role},
    tracking::{network, offer, sub_id},
};
use gerbang_kernel::secret::Secret;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    TestApp,
    database::{TestDatabase, end_others},
    legacy::Legacy,
    protocol::Reply,
    proxy::Proxy,
    webhooks,
};

/// How soon a caller is told.
const SOON: Duration = Duration::from_secs(1);

/// A server whose database is reached over a way that can be cut; `None` without a database server.
async fn server() -> Option<(Legacy, Proxy, String)> {
    let database = TestDatabase::on_server().await?;
    let url = database.url().to_owned();
    let proxy = Proxy::to(&url);
    let by_proxy = proxy.url(&url);
    let app = TestApp::on(database, |config| {
        config.database.url = Secret::new(by_proxy);
        config.limits.scale = 1_000;
    })
    .await;
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let now = app.clock.now();
    let name = "Satu".to_owned();
    app.insert(network::row::Model {
        id: 1,
        name,
        secret: None,
        allow_unsigned: true,
        created_at: now.into(),
        updated_at: now.into(),
    })
    .await;
    app.insert(offer::row::Model {
        id: 1,
        name: "Belanja".to_owned(),
        url: "https://shop.test/?clickid={click_id}".to_owned(),
        payout_micros: 5_000_000,
        currency: "USD".to_owned(),
        network_id: 1,
        active: true,
        created_at: now.into(),
        updated_at: now.into(),
    })
    .await;
    let (id, affiliate_id) = ("link".to_owned(), affiliate.id);
    app.insert(sub_id::row::Model { id, affiliate_id, offer_id: 1, created_at: now.into(), updated_at: now.into() })
        .await;
    Some((Legacy::over(app), proxy, url))
}

/// Every way to the database: reads and writes, of each front, with a token and without.
const WAYS: [&str; 10] = [
    "a query",
    "a mutation",
    "a batch",
    "a query with a token",
    "a legacy read",
    "a legacy write",
    "a legacy read with a token",
    "a click",
    "a look at a link",
    "a notification",
];

async fn ask(server: &Legacy, way: &str) -> Reply {
    // Nothing that is kept for a moment answers in the database's place.
    server.app.domain.events.versions().change_all();
    let sanctum = "1|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let query = json!({ "query": "{ services { id } }" });
    let report = r#"mutation { logClientError(input: { message: "m" }) { clientError { id } } }"#;
    match way {
        "a query" => server.post("/graphql").json(query).await,
        "a mutation" => server.post("/graphql").json(json!({ "query": report })).await,
        "a batch" => server.post("/graphql").json(json!([query, query])).await,
        "a query with a token" => server.post("/graphql").token(sanctum).json(query).await,
        "a legacy read" => server.get("/notary/api/v1/office/service").send().await,
        "a legacy write" => server.post("/talentsmapping/api/log-client-error").json(json!({ "message": "m" })).await,
        "a legacy read with a token" => server.get("/apextrack/api/dashboard-data").token(sanctum).send().await,
        "a click" => server.get("/c/link").send().await,
        "a look at a link" => server.call("HEAD", "/c/link").send().await,
        "a notification" => webhooks::midtrans("ORDER-1", "settlement").send(server).await,
        other => panic!("{other}"),
    }
}

/// Whether the answer says that the database is away, in the words of its front.
#[track_caller]
fn says_unavailable(way: &str, reply: &Reply) {
    assert_ne!(reply.status.as_u16(), 500, "{way}: {reply:?}");
    assert!(!reply.text.contains("INTERNAL"), "{way}: {reply:?}");
    let is_graphql = reply.text.contains(r#""code":"UNAVAILABLE""#);
    assert!(reply.status.as_u16() == 503 || is_graphql, "{way}: {reply:?}");
}

async fn wait_until_ready(server: &Legacy) {
    let began = Instant::now();
    while server.get("/readyz").send().await.status.as_u16() != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not come back by itself");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn all_is_well(server: &Legacy) {
    for way in WAYS {
        let before = Instant::now();
        let replies = join_all((0..8).map(|_| ask(server, way))).await;
        for reply in replies {
            let well = !matches!(reply.status.as_u16(), 500 | 503) && !reply.text.contains("UNAVAILABLE");
            assert!(well, "{way}: {reply:?}");
        }
        assert!(before.elapsed() < Duration::from_secs(5), "{way}");
    }
}

#[tokio::test]
async fn a_database_that_refuses_connections_answers_503_at_once() {
    let Some((server, mut proxy, _)) = server().await else { return };
    all_is_well(&server).await;
    proxy.cut();
    for way in WAYS {
        let before = Instant::now();
        let replies = join_all((0..20).map(|_| ask(&server, way))).await;
        for reply in &replies {
            says_unavailable(way, reply);
        }
        assert!(before.elapsed() < SOON, "{way} took {:?}", before.elapsed());
    }
    proxy.open();
    wait_until_ready(&server).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_database_that_stops_responding_answers_503_soon() {
    let Some((server, proxy, _)) = server().await else { return };
    all_is_well(&server).await;
    proxy.be_silent(true);
    let before = Instant::now();
    let replies = join_all(WAYS.iter().map(|way| ask(&server, way))).await;
    WAYS.iter().zip(&replies).for_each(|(way, reply)| says_unavailable(way, reply));
    // Half a second until somebody asks, and one for the answer that doesn't come.
    assert!(before.elapsed() < Duration::from_secs(4), "{:?}", before.elapsed());
    let before = Instant::now();
    let replies = join_all(WAYS.iter().map(|way| ask(&server, way))).await;
    WAYS.iter().zip(&replies).for_each(|(way, reply)| says_unavailable(way, reply));
    assert!(before.elapsed() < SOON, "{:?}", before.elapsed());
    proxy.be_silent(false);
    wait_until_ready(&server).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn requests_under_way_when_the_database_fails_answer_503() {
    let Some((server, mut proxy, url)) = server().await else { return };
    all_is_well(&server).await;
    // What is asked waits for these tables, on another way than the one that is cut.
    let other = sea_orm::Database::connect(url).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared("LOCK TABLE sub_ids, services, client_errors, webhook_events IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let ways =
        ["a query", "a mutation", "a legacy read", "a legacy write", "a click", "a look at a link", "a notification"];
    let waiting = join_all(ways.iter().map(|way| ask(&server, way)));
    let cut = async {
        sleep(Duration::from_millis(300)).await;
        proxy.cut();
        Instant::now()
    };
    let (replies, cut) = tokio::join!(waiting, cut);
    ways.iter().zip(&replies).for_each(|(way, reply)| says_unavailable(way, reply));
    assert!(cut.elapsed() < SOON, "{:?}", cut.elapsed());
    held.rollback().await.unwrap();
    proxy.open();
    wait_until_ready(&server).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn after_a_quick_restart_no_request_meets_a_dead_connection() {
    let Some((server, mut proxy, _)) = server().await else { return };
    for way in WAYS {
        all_is_well(&server).await;
        proxy.restart().await;
        let reply = ask(&server, way).await;
        let well = !matches!(reply.status.as_u16(), 500 | 503) && !reply.text.contains("UNAVAILABLE");
        assert!(well, "{way}: {reply:?}");
    }
}

#[tokio::test]
async fn connections_closed_by_the_database_fail_no_request() {
    let Some((server, _proxy, url)) = server().await else { return };
    let other = sea_orm::Database::connect(url).await.unwrap();
    for way in WAYS {
        all_is_well(&server).await;
        end_others(&other).await;
        // They are told to end, which takes a moment; who asks meanwhile is one of those under way.
        sleep(Duration::from_millis(200)).await;
        let reply = ask(&server, way).await;
        let well = !matches!(reply.status.as_u16(), 500 | 503) && !reply.text.contains("UNAVAILABLE");
        assert!(well, "{way}: {reply:?}");
    }
}
