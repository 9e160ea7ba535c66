//! Clicks: how they are recorded, told apart and listed.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Actor, Fixture, PHONE, RECORD_CLICK};

async fn record(actor: Actor<'_>, input: Value) -> Value {
    actor.graphql_with(RECORD_CLICK, json!({ "input": input })).await.ok()["recordClick"].take()
}

#[tokio::test]
async fn recording_a_click_answers_its_device_and_destination() {
    let fixture = Fixture::new().await;
    let visit = json!({ "subId": "mine", "userAgent": PHONE, "countryCode": "id", "ip": "198.51.100.7", "referrer": "https://blog.test/" });
    let mut recorded = record(fixture.affiliate(), visit).await;
    let click_id = recorded["click"]["clickId"].take();
    let click_id = click_id.as_str().unwrap();
    assert_eq!(click_id.len(), 32);
    assert_eq!(
        recorded,
        json!({
            "destination": format!("https://shop.test/?clickid={click_id}"),
            "click": {
                "id": "click_1", "clickId": null, "subId": "mine", "countryCode": "ID", "deviceType": "MOBILE",
                "os": "Android", "browser": "Chrome", "isBot": false, "isUnique": true
            }
        })
    );
    let bot =
        record(fixture.affiliate(), json!({ "subId": "mine", "userAgent": "curl/8.4.0", "countryCode": "XX" })).await;
    assert_eq!(bot["click"]["deviceType"], "BOT");
    assert_eq!(bot["click"]["isBot"], true);
    assert_eq!(bot["click"]["countryCode"], Value::Null);
}

#[tokio::test]
async fn a_visitor_is_unique_on_a_link_once_a_day() {
    let fixture = Fixture::new().await;
    let is_unique = async |sub_id, ip, user_agent| {
        let visit = json!({ "subId": sub_id, "ip": ip, "userAgent": user_agent });
        record(fixture.admin(), visit).await["click"]["isUnique"].as_bool().unwrap()
    };
    assert!(is_unique("mine", "198.51.100.7", PHONE).await);
    assert!(!is_unique("mine", "198.51.100.7", PHONE).await, "the same");
    assert!(!is_unique("mine", "::ffff:198.51.100.7", PHONE).await, "the same address, written otherwise");
    assert!(is_unique("mine", "198.51.100.8", PHONE).await, "another address");
    assert!(is_unique("mine", "198.51.100.7", "another browser").await);
    assert!(is_unique("theirs", "198.51.100.7", PHONE).await, "another link");
    fixture.app.clock.advance(TimeDelta::hours(24));
    assert!(is_unique("mine", "198.51.100.7", PHONE).await, "the next day");
}

#[tokio::test]
async fn of_concurrent_first_visits_one_is_unique() {
    let fixture = Fixture::busy().await;
    let visits = (0..16).map(|_| {
        let visit = json!({ "subId": "mine", "ip": "2001:db8::1", "userAgent": PHONE });
        record(fixture.affiliate(), visit)
    });
    let recorded = futures_util::future::join_all(visits).await;
    assert_eq!(recorded.iter().filter(|recorded| recorded["click"]["isUnique"] == true).count(), 1);
}

#[tokio::test]
async fn affiliates_record_on_their_own_links_only() {
    let fixture = Fixture::new().await;
    let record = async |actor: Actor<'_>, input| actor.graphql_with(RECORD_CLICK, json!({ "input": input })).await;
    assert_eq!(record(fixture.app.anonymous(), json!({ "subId": "mine" })).await.code(), "UNAUTHENTICATED");
    assert_eq!(record(fixture.affiliate(), json!({ "subId": "theirs" })).await.code(), "NOT_FOUND");
    assert_eq!(record(fixture.affiliate(), json!({ "subId": "nobodys" })).await.code(), "NOT_FOUND");
    let wrong = json!({ "subId": "mine", "ip": "localhost", "countryCode": "IDN", "referrer": "x".repeat(5_001) });
    assert_eq!(
        record(fixture.affiliate(), wrong).await.broken_rules(),
        ["ip FORMAT", "countryCode FORMAT", "referrer MAX_LENGTH"]
    );
    fixture.admin().graphql("mutation { updateOffer(input: { id: 1, active: false }) { offer { id } } }").await.ok();
    assert_eq!(record(fixture.admin(), json!({ "subId": "mine" })).await.code(), "NOT_FOUND");
    let none = fixture.admin().graphql("{ clicks { totalCount } trackingDashboard { report { clicks } } }").await.ok();
    assert_eq!(none["clicks"]["totalCount"], 0);
    assert_eq!(none["trackingDashboard"]["report"], json!([{ "clicks": 0 }, { "clicks": 0 }]));
}

#[tokio::test]
async fn a_click_is_visible_to_its_affiliate_and_admins() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    fixture.convert(json!({ "clickId": click_id, "txid": "A" })).await;
    fixture.convert(json!({ "clickId": click_id, "txid": "B", "status": "pending" })).await;
    let query = r#"{
        click(id: "click_1") { legacyId clickId userAgent referrer offer { name } leads { id status click { id } } }
        node(id: "click_1") { ... on Click { subId } }
    }"#;
    let seen = json!({
        "click": {
            "legacyId": "1", "clickId": click_id, "userAgent": PHONE, "referrer": null, "offer": { "name": "Belanja" },
            "leads": [
                { "id": "lead_1", "status": "APPROVED", "click": { "id": "click_1" } },
                { "id": "lead_2", "status": "PENDING", "click": { "id": "click_1" } }
            ]
        },
        "node": { "subId": "mine" }
    });
    assert_eq!(fixture.affiliate().graphql(query).await.ok(), seen);
    assert_eq!(fixture.admin().graphql(query).await.ok(), seen);
    assert_eq!(fixture.other().graphql(query).await.ok(), json!({ "click": null, "node": null }));
    assert_eq!(fixture.app.anonymous().graphql("{ click(id: 1) { id } }").await.code(), "UNAUTHENTICATED");
    assert_eq!(fixture.app.anonymous().graphql("{ clicks { totalCount } }").await.code(), "UNAUTHENTICATED");
    assert_eq!(fixture.affiliate().graphql(r#"{ click(id: "lead_1") { id } }"#).await.ok(), json!({ "click": null }));
}

#[tokio::test]
async fn the_leads_of_a_click_are_paged() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    for txid in ["A", "B", "C"] {
        fixture.convert(json!({ "clickId": click_id, "txid": txid })).await;
    }
    let page = async |actor: Actor<'_>, which: &str| {
        let connection =
            format!("leadsConnection({which}) {{ totalCount nodes {{ txid }} pageInfo {{ endCursor startCursor }} }}");
        let answer = actor.graphql(&format!("{{ click(id: 1) {{ {connection} }} }}")).await.ok();
        let page = answer["click"]["leadsConnection"].clone();
        assert_eq!(page["totalCount"], 3);
        let txids: String =
            page["nodes"].as_array().unwrap().iter().map(|lead| lead["txid"].as_str().unwrap()).collect();
        (txids, page["pageInfo"].clone())
    };
    let (first, info) = page(fixture.affiliate(), "first: 2").await;
    assert_eq!(first, "AB");
    assert_eq!(page(fixture.admin(), &format!("first: 2, after: {}", info["endCursor"])).await.0, "C");
    let (last, info) = page(fixture.admin(), "last: 1").await;
    assert_eq!(last, "C");
    assert_eq!(page(fixture.admin(), &format!("last: 1, before: {}", info["startCursor"])).await.0, "B");
    assert_eq!(page(fixture.admin(), "page: 2, perPage: 2").await.0, "C");
}

#[tokio::test]
async fn clicks_are_paged_newest_first_and_filtered() {
    let fixture = Fixture::new().await;
    for (number, (country, user_agent)) in
        [("ID", PHONE), ("MY", PHONE), ("ID", "curl/8"), ("ID", PHONE), ("SG", PHONE)].into_iter().enumerate()
    {
        let visit = json!({ "subId": "mine", "countryCode": country, "userAgent": user_agent, "ip": format!("192.0.2.{}", number / 2) });
        record(fixture.affiliate(), visit).await;
        fixture.app.clock.advance(TimeDelta::minutes(1));
    }
    fixture.click("theirs").await;
    let page = async |arguments: &str| {
        let query = format!(
            "{{ clicks{arguments} {{ nodes {{ legacyId }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
        );
        let clicks = fixture.affiliate().graphql(&query).await.ok()["clicks"].take();
        let ids: String =
            clicks["nodes"].as_array().unwrap().iter().map(|row| row["legacyId"].as_str().unwrap()).collect();
        (ids, clicks["pageInfo"].clone())
    };
    let (ids, info) = page("(first: 2)").await;
    assert_eq!((ids.as_str(), &info["hasNextPage"]), ("54", &json!(true)));
    let (ids, _) = page(&format!("(first: 2, after: {})", info["endCursor"])).await;
    assert_eq!(ids, "32");
    assert_eq!(page("(last: 2)").await.0, "21");
    assert_eq!(page("(page: 2, perPage: 3)").await.0, "21");
    assert_eq!(page("(direction: ASC)").await.0, "12345");
    for (filter, expected) in [
        ("countryCode: \"id\"", "431"),
        ("deviceType: MOBILE", "5421"),
        ("isBot: true", "3"),
        ("isUnique: false", "2"),
        ("from: \"2026-02-03T04:07:00Z\", to: \"2026-02-03T04:08:06Z\"", "3"),
        ("subId: \"mine\", offerId: \"offer_1\"", "54321"),
        ("subId: \"theirs\"", ""),
        ("offerId: \"offer_99\"", ""),
    ] {
        assert_eq!(page(&format!("(filter: {{ {filter} }})")).await.0, expected, "{filter}");
    }
    assert_eq!(
        fixture.affiliate().graphql("{ clicks(first: 101) { totalCount } }").await.broken_rules(),
        ["first MAX"]
    );
}

#[tokio::test]
async fn a_page_of_clicks_takes_as_many_statements_as_one_click() {
    let fixture = Fixture::new().await;
    for _ in 0..8 {
        let click_id = fixture.click("mine").await;
        fixture.convert(json!({ "clickId": click_id })).await;
    }
    let statements = async |rows: usize| {
        let query = format!(
            "{{ clicks(first: {rows}) {{ totalCount nodes {{ offer {{ name network {{ name }} }} leads {{ id click {{ id }} }} }} }} }}"
        );
        let before = fixture.app.statements();
        let clicks = fixture.admin().graphql(&query).await.ok()["clicks"].take();
        assert_eq!(clicks["nodes"].as_array().unwrap().len(), rows);
        fixture.app.statements() - before
    };
    let one = statements(1).await;
    assert_eq!(statements(8).await, one);
    assert!(one <= 6, "{one} statements");
}
