//! Subscriptions: everybody sees what they may see, as it happens.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use gerbang::{
    accounts::{
        Realm, Role,
        user::{self, row::Status},
    },
    app::App,
    events::Event,
    http::service::service,
};
use gerbang_graphql::engine::Engine as _;
use gerbang_kernel::identity::Caller;
use gerbang_server::server::{Timeouts, serve_until};
use sea_orm::{ActiveValue::Set, DbBackend, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;

use super::Fixture;
use crate::support::{TestApp, app::PASSWORD, database::TestDatabase};

const CLICKS: &str = "subscription { clickRecorded { id subId offer { name } } }";
const LEADS: &str = "subscription { leadUpdated { id status click { clickId } } }";

#[tokio::test]
async fn clicks_reach_their_affiliate_and_admins() {
    let fixture = Fixture::new().await;
    let (mut mine, mut all) = (fixture.affiliate().subscribe(CLICKS), fixture.admin().subscribe(CLICKS));
    fixture.click("theirs").await;
    assert!(mine.is_silent());
    fixture.click("mine").await;
    let click = |id: &str, sub_id: &str| json!({ "clickRecorded": { "id": id, "subId": sub_id, "offer": { "name": "Belanja" } } });
    assert_eq!(mine.next().await.unwrap().ok(), click("click_2", "mine"));
    assert_eq!(all.next().await.unwrap().ok(), click("click_1", "theirs"));
    assert_eq!(all.next().await.unwrap().ok(), click("click_2", "mine"));
    assert!(mine.is_silent());
}

#[tokio::test]
async fn lead_updates_are_published_only_on_changes() {
    let fixture = Fixture::new().await;
    let (mut mine, mut other) = (fixture.affiliate().subscribe(LEADS), fixture.other().subscribe(LEADS));
    let click_id = fixture.click("mine").await;
    let lead =
        |status: &str| json!({ "leadUpdated": { "id": "lead_1", "status": status, "click": { "clickId": click_id } } });
    fixture.convert(json!({ "clickId": click_id, "status": "pending" })).await;
    assert_eq!(mine.next().await.unwrap().ok(), lead("PENDING"));
    fixture.convert(json!({ "clickId": click_id, "status": "pending" })).await;
    assert!(mine.is_silent());
    fixture.convert(json!({ "clickId": click_id, "status": "approved" })).await;
    assert_eq!(mine.next().await.unwrap().ok(), lead("APPROVED"));
    fixture
        .admin()
        .graphql("mutation { setLeadStatus(input: { id: 1, status: REJECTED }) { lead { id } } }")
        .await
        .ok();
    assert_eq!(mine.next().await.unwrap().ok(), lead("REJECTED"));
    assert!(other.is_silent());
}

#[tokio::test]
async fn subscriptions_require_permission() {
    let fixture = Fixture::new().await;
    let stranger = fixture.app.user(Realm::Notary, Role::Customer).await;
    for subscription in [CLICKS, LEADS] {
        let mut nobody = fixture.app.anonymous().subscribe(subscription);
        assert_eq!(nobody.next().await.unwrap().code(), "UNAUTHENTICATED");
        let mut stranger = fixture.app.as_user(&stranger).subscribe(subscription);
        assert_eq!(stranger.next().await.unwrap().code(), "FORBIDDEN");
    }
}

/// Nobody tells of the change here, as when another server has made it a moment ago.
#[tokio::test]
async fn a_subscriber_receives_nothing_after_losing_access() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        let (mut mine, mut all) = (fixture.affiliate().subscribe(CLICKS), fixture.admin().subscribe(CLICKS));
        fixture.click("mine").await;
        assert!(mine.next().await.is_some() && all.next().await.is_some());
        for (user, role, status) in [
            (&fixture.admin, Role::Affiliate, Status::Active),
            (&fixture.affiliate, Role::Affiliate, Status::Suspended),
        ] {
            let mut row = user.clone().into_active_model();
            (row.role, row.status) = (Set(role), Set(status));
            user::row::Entity::update(row).exec(fixture.app.domain.db.write()).await.unwrap();
        }
        fixture.click("mine").await;
        assert!(mine.is_silent_for(Duration::from_millis(200)).await);
        assert!(all.is_silent_for(Duration::from_millis(200)).await);
    }
}

#[tokio::test]
async fn a_subscriber_that_falls_behind_is_disconnected() {
    let fixture = Fixture::new().await;
    fixture.click("mine").await;
    let mut slow = fixture.affiliate().subscribe(CLICKS);
    for _ in 0..2_000 {
        fixture.app.domain.events.publish(Event::ClickRecorded { id: 1, affiliate_id: fixture.affiliate.id });
    }
    assert_eq!(slow.next().await.unwrap().code(), "UNAVAILABLE");
    assert!(slow.next().await.is_none());
}

#[tokio::test]
async fn a_burst_of_events_is_read_by_few_statements() {
    let fixture = Fixture::new().await;
    fixture.click("mine").await;
    let mut watcher = fixture.affiliate().subscribe("subscription { clickRecorded { id } }");
    let before = fixture.app.statements();
    for _ in 0..500 {
        fixture.app.domain.events.publish(Event::ClickRecorded { id: 1, affiliate_id: fixture.affiliate.id });
    }
    for _ in 0..500 {
        assert_eq!(watcher.next().await.unwrap().ok()["clickRecorded"]["id"], "click_1");
    }
    let statements = fixture.app.statements() - before;
    assert!(statements <= 5, "{statements} statements");
    fixture.app.domain.events.publish(Event::ClickRecorded { id: 1, affiliate_id: fixture.other.id });
    assert!(watcher.is_silent());
}

/// A socket that takes events more slowly than they happen is closed with a code that says so; clients of the protocol
/// connect again then.
#[tokio::test]
async fn a_slow_socket_is_closed_with_a_code() {
    let fixture = Fixture::new().await;
    fixture.click("mine").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/graphql", listener.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let routes = service(fixture.app.app.clone(), shutdown.clone()).unwrap();
    let timeouts =
        Timeouts { head: Duration::from_secs(5), write: Duration::from_secs(5), drain: Duration::from_secs(5) };
    let serving = tokio::spawn(serve_until(listener, routes, shutdown.clone(), timeouts));

    let login = "mutation($login: String!, $password: String!) {
        login(input: { realm: APEXTRACK, login: $login, password: $password }) { token { content } } }";
    let variables = json!({ "login": fixture.affiliate.email, "password": PASSWORD });
    let token = fixture.app.anonymous().graphql_with(login, variables).await.ok();
    let token = token["login"]["token"]["content"].as_str().unwrap();

    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    let say = |message: Value| Message::Text(message.to_string().into());
    let payload = json!({ "Authorization": format!("Bearer {token}") });
    socket.send(say(json!({ "type": "connection_init", "payload": payload }))).await.unwrap();
    let subscription = json!({ "query": "subscription { clickRecorded { id } }" });
    socket.send(say(json!({ "id": "1", "type": "subscribe", "payload": subscription }))).await.unwrap();

    // The first click shows that the subscription has begun.
    let mut heard = Vec::new();
    while heard.len() < 2 {
        fixture.click("mine").await;
        while let Ok(Some(Ok(Message::Text(text)))) = timeout(Duration::from_millis(50), socket.next()).await {
            heard.push(serde_json::from_str::<Value>(&text).unwrap());
        }
    }
    // On this one thread the server gets no turn before all have happened.
    for _ in 0..2_000 {
        fixture.app.domain.events.publish(Event::ClickRecorded { id: 1, affiliate_id: fixture.affiliate.id });
    }
    let closed = loop {
        match timeout(Duration::from_secs(5), socket.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(text) => heard.push(serde_json::from_str(&text).unwrap()),
            Message::Close(frame) => break frame.unwrap(),
            _ => {}
        }
    };
    assert_eq!(u16::from(closed.code), 1013);
    assert_eq!(closed.reason.as_str(), "Fell behind: connect again, then read what was missed");
    assert_eq!(heard[0], json!({ "type": "connection_ack" }));
    assert_eq!(heard.last().unwrap()["payload"]["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    shutdown.cancel();
    serving.await.unwrap();
}

/// Replicas share a PostgreSQL database; SQLite has one process.
#[tokio::test]
async fn events_reach_the_subscribers_of_other_replicas() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        if fixture.app.domain.db.backend() != DbBackend::Postgres {
            continue;
        }
        let replica = App::build(fixture.app.domain.config.clone(), fixture.app.clock.clone()).await.unwrap();
        let watch = |query: &str| {
            let Caller { viewer, client } = fixture.affiliate().caller();
            replica.gateway.subscribe(async_graphql::Request::new(query), Caller { viewer, client })
        };
        let (mut clicks, mut leads) = (watch("subscription { clickRecorded { subId } }"), watch(LEADS));
        // Again and again, since nobody says when the subscriptions have begun.
        let happen = async {
            loop {
                fixture.click("theirs").await;
                let click_id = fixture.click("mine").await;
                fixture.convert(json!({ "clickId": click_id, "status": "pending" })).await;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let both = async { tokio::join!(clicks.next(), leads.next()) };
        let told = async {
            tokio::select! { told = both => told, () = happen => unreachable!() }
        };
        let (click, lead) = timeout(Duration::from_secs(20), told).await.expect("the other replica is told");
        let data = |answer: async_graphql::Response| serde_json::to_value(answer.into_result().unwrap().data).unwrap();
        assert_eq!(data(click.unwrap()), json!({ "clickRecorded": { "subId": "mine" } }));
        assert_eq!(data(lead.unwrap())["leadUpdated"]["status"], "PENDING");
    }
}
