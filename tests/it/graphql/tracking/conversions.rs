//! Conversions: what postbacks do, once and again, and what admins decide.

use chrono::TimeDelta;
use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use super::{Fixture, RECORD_CONVERSION};

#[tokio::test]
async fn a_postback_makes_a_lead_once() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    let (created, lead) = fixture.convert(json!({ "clickId": click_id, "payout": "4.50", "txid": "TX-1" })).await;
    let expected = json!({ "id": "lead_1", "status": "APPROVED", "payout": "4.50", "currency": "USD", "txid": "TX-1" });
    assert_eq!((created, &lead), (true, &expected));
    let again = json!({ "clickId": click_id, "payout": "1", "txid": "TX-1", "status": "approved" });
    assert_eq!(fixture.convert(again).await, (false, expected));
    let (created, second) = fixture.convert(json!({ "clickId": click_id, "txid": "TX-2" })).await;
    assert_eq!((created, &second["txid"], &second["payout"]), (true, &json!("TX-2"), &json!("5.00")));
    let (created, bare) = fixture.convert(json!({ "clickId": click_id })).await;
    assert_eq!((created, &bare["txid"]), (true, &Value::Null));
    assert_eq!(fixture.convert(json!({ "clickId": click_id, "txid": " " })).await, (false, bare));
}

#[tokio::test]
async fn a_lead_pays_the_offers_payout_at_most() {
    let fixture = Fixture::new().await;
    for (payout, expected) in [
        (json!(null), "5.00"),
        (json!(""), "5.00"),
        (json!("5.01"), "5.00"),
        (json!(1_000_000), "5.00"),
        (json!(2.5), "2.50"),
        (json!("0"), "0.00"),
        (json!("0.1234565"), "0.123457"),
    ] {
        let click_id = fixture.click("mine").await;
        let (_, lead) = fixture.convert(json!({ "clickId": click_id, "payout": payout })).await;
        assert_eq!(lead["payout"], expected, "{payout}");
    }
}

#[tokio::test]
async fn a_leads_status_moves_forward_only() {
    let fixture = Fixture::new().await;
    for (first, second, expected) in [
        ("pending", "pending", "PENDING"),
        ("pending", "approved", "APPROVED"),
        ("pending", "rejected", "REJECTED"),
        ("approved", "pending", "APPROVED"),
        ("approved", "approved", "APPROVED"),
        ("approved", "rejected", "REJECTED"),
        ("rejected", "pending", "REJECTED"),
        ("rejected", "approved", "REJECTED"),
        ("rejected", "rejected", "REJECTED"),
    ] {
        let click_id = fixture.click("mine").await;
        fixture.convert(json!({ "clickId": click_id, "status": first })).await;
        let (created, lead) = fixture.convert(json!({ "clickId": click_id, "status": second })).await;
        assert_eq!((created, &lead["status"]), (false, &json!(expected)), "{first} -> {second}");
    }
}

#[tokio::test]
async fn the_payout_is_fixed_at_approval() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    fixture.convert(json!({ "clickId": click_id, "status": "pending", "payout": "1" })).await;
    let (_, lead) = fixture.convert(json!({ "clickId": click_id, "status": "approved", "payout": "3" })).await;
    assert_eq!(lead["payout"], "3.00");
    let (_, lead) = fixture.convert(json!({ "clickId": click_id, "status": "rejected", "payout": "2" })).await;
    assert_eq!((&lead["status"], &lead["payout"]), (&json!("REJECTED"), &json!("3.00")));
    let totals = "{ trackingDashboard { summary { totalLeads totalPayout } } }";
    let totals = fixture.affiliate().graphql(totals).await.ok();
    assert_eq!(totals["trackingDashboard"]["summary"], json!({ "totalLeads": 1, "totalPayout": "0.00" }));
}

#[tokio::test]
async fn invalid_values_and_unreplaced_macros_are_refused() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    let refused = async |input| fixture.postback(input).await.broken_rules();
    assert_eq!(
        refused(json!({ "clickId": "{clickid}", "payout": "{payout}", "status": "{status}", "txid": "{txid}" })).await,
        ["clickId MACRO", "payout MACRO", "status MACRO", "txid MACRO"]
    );
    assert_eq!(
        refused(json!({ "clickId": " ", "payout": "-1", "status": "paid", "txid": "x".repeat(256) })).await,
        ["clickId REQUIRED", "payout MIN", "status IN", "txid MAX_LENGTH"]
    );
    for payout in [json!("abc"), json!("1,5"), json!("1e3"), json!("NaN")] {
        assert_eq!(refused(json!({ "clickId": click_id, "payout": payout })).await, ["payout NUMERIC"], "{payout}");
    }
    assert_eq!(fixture.postback(json!({ "clickId": "nobodys" })).await.code(), "NOT_FOUND");
    let leads = fixture.admin().graphql("{ leads { totalCount } }").await.ok();
    assert_eq!(leads["leads"]["totalCount"], 0);
}

#[tokio::test]
async fn a_network_with_a_secret_must_send_it() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    let rotate = "mutation { rotateNetworkSecret(input: { id: 1 }) { secret } }";
    let rotated = fixture.admin().graphql(rotate).await.ok();
    let secret = rotated["rotateNetworkSecret"]["secret"].as_str().unwrap();
    for wrong in [json!(null), json!(""), json!("guess"), json!(secret[1..]), json!(secret.to_uppercase())] {
        let answer = fixture.postback(json!({ "clickId": click_id, "secret": wrong })).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{wrong}");
    }
    assert!(fixture.convert(json!({ "clickId": click_id, "secret": secret })).await.0);
}

#[tokio::test]
async fn a_network_without_a_secret_must_be_set_to_need_none() {
    use gerbang::tracking::network;
    use sea_orm::{ActiveModelTrait, ActiveValue::Set};

    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    let network = network::row::ActiveModel { id: Set(1), allow_unsigned: Set(false), ..Default::default() };
    network.update(fixture.app.domain.db.write()).await.unwrap();
    assert_eq!(fixture.postback(json!({ "clickId": click_id })).await.code(), "FORBIDDEN");
    assert_eq!(fixture.postback(json!({ "clickId": click_id, "secret": "any" })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn concurrent_postbacks_make_one_lead() {
    let fixture = Fixture::busy().await;
    let click_id = fixture.click("mine").await;
    let postbacks = (0..16).map(|_| fixture.convert(json!({ "clickId": click_id, "txid": "TX-1" })));
    let answers = futures_util::future::join_all(postbacks).await;
    assert_eq!(answers.iter().filter(|(created, _)| *created).count(), 1);
    assert!(answers.iter().all(|(_, lead)| lead["id"] == answers[0].1["id"]));
    let seen = "{ leads { totalCount } trackingDashboard { report { subId clicks leads approvedLeads totalPayout } } }";
    let seen = fixture.affiliate().graphql(seen).await.ok();
    assert_eq!(seen["leads"]["totalCount"], 1);
    assert_eq!(
        seen["trackingDashboard"]["report"],
        json!([{ "subId": "mine", "clicks": 1, "leads": 1, "approvedLeads": 1, "totalPayout": "5.00" }])
    );
}

#[tokio::test]
async fn the_sender_of_a_postback_sees_the_lead_but_not_the_click() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    let convert = RECORD_CONVERSION.replace("txid }", "txid click { id } }");
    let answer = fixture.app.anonymous().graphql_with(&convert, json!({ "input": { "clickId": click_id } })).await.ok();
    assert_eq!(answer["recordConversion"]["lead"]["click"], Value::Null);
}

#[tokio::test]
async fn an_admin_may_set_the_status_of_a_lead() {
    let fixture = Fixture::new().await;
    let click_id = fixture.click("mine").await;
    fixture.convert(json!({ "clickId": click_id, "status": "pending" })).await;
    let set = |status| {
        format!(
            "mutation {{ setLeadStatus(input: {{ id: \"lead_1\", status: {status} }}) {{ lead {{ status payout }} }} }}"
        )
    };
    for status in ["REJECTED", "APPROVED", "APPROVED"] {
        let decided = fixture.admin().graphql(&set(status)).await.ok();
        assert_eq!(decided["setLeadStatus"]["lead"], json!({ "status": status, "payout": "5.00" }));
    }
    assert_eq!(fixture.admin().graphql(&set("PENDING")).await.broken_rules(), ["status TRANSITION"]);
    assert_eq!(fixture.affiliate().graphql(&set("REJECTED")).await.code(), "FORBIDDEN");
    assert_eq!(fixture.app.anonymous().graphql(&set("REJECTED")).await.code(), "UNAUTHENTICATED");
    let missing = "mutation { setLeadStatus(input: { id: 9, status: REJECTED }) { lead { id } } }";
    assert_eq!(fixture.admin().graphql(missing).await.code(), "NOT_FOUND");
    let report = "{ trackingDashboard { report { leads approvedLeads totalPayout } } }";
    let report = fixture.affiliate().graphql(report).await.ok();
    assert_eq!(
        report["trackingDashboard"]["report"],
        json!([{ "leads": 1, "approvedLeads": 1, "totalPayout": "5.00" }])
    );
}

#[tokio::test]
async fn leads_are_seen_by_their_affiliate_and_admins_paged_and_filtered() {
    let fixture = Fixture::new().await;
    for status in ["approved", "pending", "rejected", "approved"] {
        let click_id = fixture.click("mine").await;
        fixture.convert(json!({ "clickId": click_id, "status": status })).await;
        fixture.app.clock.advance(TimeDelta::minutes(1));
    }
    let click_id = fixture.click("theirs").await;
    fixture.convert(json!({ "clickId": click_id })).await;
    let ids = async |arguments: &str| {
        let query = format!("{{ leads{arguments} {{ nodes {{ legacyId }} }} }}");
        let leads = fixture.affiliate().graphql(&query).await.ok()["leads"].take();
        leads["nodes"].as_array().unwrap().iter().map(|row| row["legacyId"].as_str().unwrap()).collect::<String>()
    };
    assert_eq!(ids("").await, "4321");
    assert_eq!(ids("(first: 1)").await, "4");
    assert_eq!(ids("(page: 2, perPage: 3)").await, "1");
    assert_eq!(ids("(filter: { status: APPROVED })").await, "41");
    assert_eq!(ids("(filter: { subId: \"theirs\" })").await, "");
    assert_eq!(ids("(filter: { from: \"2026-02-03T04:06:06Z\", to: \"2026-02-03T04:07:06Z\" })").await, "2");
    let query = r#"{ own: lead(id: "lead_1") { subId countryCode click { subId } } other: lead(id: 5) { id } node(id: "lead_5") { id } }"#;
    assert_eq!(
        fixture.affiliate().graphql(query).await.ok(),
        json!({ "own": { "subId": "mine", "countryCode": "ID", "click": { "subId": "mine" } }, "other": null, "node": null })
    );
    assert_eq!(fixture.admin().graphql("{ leads { totalCount } }").await.ok()["leads"]["totalCount"], 5);
    assert_eq!(fixture.app.anonymous().graphql("{ leads { totalCount } }").await.code(), "UNAUTHENTICATED");
    let stranger = fixture.app.user(Realm::Scholarship, Role::Applicant).await;
    assert_eq!(fixture.app.as_user(&stranger).graphql("{ leads { totalCount } }").await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_page_of_leads_takes_as_many_statements_as_one_lead() {
    let fixture = Fixture::new().await;
    for _ in 0..8 {
        let click_id = fixture.click("mine").await;
        fixture.convert(json!({ "clickId": click_id })).await;
    }
    let statements = async |rows: usize| {
        let query = format!("{{ leads(first: {rows}) {{ nodes {{ click {{ offer {{ name }} leads {{ id }} }} }} }} }}");
        let before = fixture.app.statements();
        let leads = fixture.affiliate().graphql(&query).await.ok()["leads"].take();
        assert_eq!(leads["nodes"].as_array().unwrap().len(), rows);
        fixture.app.statements() - before
    };
    let one = statements(1).await;
    assert_eq!(statements(8).await, one);
}
