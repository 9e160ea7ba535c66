//! The dashboard: its numbers, whose they are, and that they stay right when much happens at once.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use gerbang::entity::{
    accounts::{Realm, Role},
    tracking::{click, click_summary, lead},
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{Actor, Ground};

const DASHBOARD: &str = "{ trackingDashboard {
    summary { liveClicksLast30Seconds clicksToday totalLeads totalPayout }
    report { subId clicks leads approvedLeads totalPayout conversionRate }
    recentClicks { clickId countryCode deviceType createdAt }
    recentLeads { status payout createdAt subId countryCode }
} }";

#[tokio::test]
async fn the_dashboard_shows_the_viewers_own_numbers() {
    let ground = Ground::new().await;
    ground.sub_id(&ground.affiliate, "unused").await;
    let yesterday = ground.click("mine").await;
    ground.convert(json!({ "clickId": yesterday, "payout": "1.25" })).await;
    ground.app.clock.advance(TimeDelta::days(1));
    let pending = ground.click("mine").await;
    ground.convert(json!({ "clickId": pending, "status": "pending" })).await;
    ground.app.clock.advance(TimeDelta::seconds(30));
    let live = ground.click("mine").await;
    let others = ground.click("theirs").await;
    ground.convert(json!({ "clickId": others })).await;

    let seen = ground.affiliate().graphql(DASHBOARD).await.ok()["trackingDashboard"].take();
    assert_eq!(
        seen["summary"],
        json!({ "liveClicksLast30Seconds": 1, "clicksToday": 2, "totalLeads": 2, "totalPayout": "1.25" })
    );
    assert_eq!(
        seen["report"],
        json!([
            { "subId": "mine", "clicks": 3, "leads": 2, "approvedLeads": 1, "totalPayout": "1.25", "conversionRate": 33.3 },
            { "subId": "unused", "clicks": 0, "leads": 0, "approvedLeads": 0, "totalPayout": "0.00", "conversionRate": 0.0 }
        ])
    );
    let recent =
        |id: &str, at: &str| json!({ "clickId": id, "countryCode": "ID", "deviceType": "MOBILE", "createdAt": at });
    assert_eq!(
        seen["recentClicks"],
        json!([
            recent(&live, "2026-02-04T04:05:36+00:00"),
            recent(&pending, "2026-02-04T04:05:06+00:00"),
            recent(&yesterday, "2026-02-03T04:05:06+00:00")
        ])
    );
    assert_eq!(seen["recentLeads"][0]["status"], "PENDING");
    assert_eq!(seen["recentLeads"].as_array().unwrap().len(), 2);

    let all = ground.admin().graphql(DASHBOARD).await.ok()["trackingDashboard"].take();
    assert_eq!(
        all["summary"],
        json!({ "liveClicksLast30Seconds": 2, "clicksToday": 3, "totalLeads": 3, "totalPayout": "6.25" })
    );
    assert_eq!(all["report"].as_array().unwrap().len(), 3);
    assert_eq!(ground.app.anonymous().graphql(DASHBOARD).await.code(), "UNAUTHENTICATED");
    let stranger = ground.app.user(Realm::TalentsMapping, Role::Admin).await;
    assert_eq!(ground.app.as_user(&stranger).graphql(DASHBOARD).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_dashboard_without_anything_is_all_zeros() {
    let ground = Ground::new().await;
    let newcomer = ground.app.user(Realm::Apextrack, Role::Affiliate).await;
    let seen = ground.app.as_user(&newcomer).graphql(DASHBOARD).await.ok()["trackingDashboard"].take();
    assert_eq!(
        seen,
        json!({
            "summary": { "liveClicksLast30Seconds": 0, "clicksToday": 0, "totalLeads": 0, "totalPayout": "0.00" },
            "report": [], "recentClicks": [], "recentLeads": []
        })
    );
}

#[tokio::test]
async fn a_period_of_days_narrows_the_numbers_and_days_can_be_rows() {
    let ground = Ground::new().await;
    for _ in 0..3 {
        let click_id = ground.click("mine").await;
        ground.convert(json!({ "clickId": click_id })).await;
        ground.app.clock.advance(TimeDelta::days(1));
    }
    let by_day = r#"{ trackingDashboard(from: "2026-02-04", to: "2026-02-05", groupBy: DAY) {
        summary { totalLeads } report { subId day clicks totalPayout } recentClicks { legacyId } recentLeads { legacyId }
    } }"#;
    assert_eq!(
        ground.affiliate().graphql(by_day).await.ok()["trackingDashboard"],
        json!({
            "summary": { "totalLeads": 2 },
            "report": [
                { "subId": null, "day": "2026-02-05", "clicks": 1, "totalPayout": "5.00" },
                { "subId": null, "day": "2026-02-04", "clicks": 1, "totalPayout": "5.00" }
            ],
            "recentClicks": [{ "legacyId": "3" }, { "legacyId": "2" }],
            "recentLeads": [{ "legacyId": "3" }, { "legacyId": "2" }]
        })
    );
    let none = r#"{ trackingDashboard(from: "2027-01-01") { report { subId day clicks } } }"#;
    assert_eq!(
        ground.affiliate().graphql(none).await.ok()["trackingDashboard"]["report"],
        json!([{ "subId": "mine", "day": null, "clicks": 0 }])
    );
    let backwards = r#"{ trackingDashboard(from: "2026-02-05", to: "2026-02-04") { report { clicks } } }"#;
    assert_eq!(ground.affiliate().graphql(backwards).await.broken_rules(), ["to BEFORE_START"]);
}

#[tokio::test]
async fn the_statements_of_a_dashboard_do_not_grow_with_it() {
    let ground = Ground::new().await;
    let query = "{ trackingDashboard {
        summary { liveClicksLast30Seconds clicksToday totalLeads totalPayout } report { subId clicks }
        recentClicks { clickId offer { name } leads { id } } recentLeads { status click { clickId } }
    } }";
    let statements = async || {
        let before = ground.app.statements();
        let seen = ground.affiliate().graphql(query).await.ok()["trackingDashboard"].take();
        (ground.app.statements() - before, seen["recentClicks"].as_array().unwrap().len())
    };
    let click_id = ground.click("mine").await;
    ground.convert(json!({ "clickId": click_id })).await;
    let (few, shown) = statements().await;
    assert_eq!(shown, 1);
    assert!(few <= 9, "{few} statements");
    for _ in 0..14 {
        let click_id = ground.click("mine").await;
        ground.convert(json!({ "clickId": click_id })).await;
    }
    assert_eq!(statements().await, (few, 10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sums_are_right_after_a_storm() {
    let ground = Ground::busy().await;
    let storm = |number: usize| {
        let ground = &ground;
        async move {
            let click_id = ground.click(if number.is_multiple_of(3) { "theirs" } else { "mine" }).await;
            if number.is_multiple_of(8) {
                ground.app.clock.advance(TimeDelta::minutes(20));
            }
            let statuses =
                [["pending", "approved"], ["approved", "rejected"], ["rejected", "approved"], ["approved", "approved"]];
            let postback = |status: &str, payout: usize| {
                ground.convert(json!({ "clickId": click_id, "txid": "T", "status": status, "payout": payout }))
            };
            let [first, second] = statuses[number % 4];
            futures_util::join!(postback(first, number % 6), postback(second, 2), postback(first, 1));
        }
    };
    futures_util::future::join_all((0..40).map(storm)).await;

    let db = ground.app.domain.db.read();
    let hour = |at: DateTime<Utc>| at.duration_trunc(TimeDelta::hours(1)).unwrap();
    let mut sums: BTreeMap<(String, DateTime<Utc>), [i64; 4]> = BTreeMap::new();
    for row in click::Entity::find().all(db).await.unwrap() {
        sums.entry((row.sub_id, hour(row.created_at))).or_default()[0] += 1;
    }
    for row in lead::Entity::find().all(db).await.unwrap() {
        let sum = sums.entry((row.sub_id, hour(row.created_at))).or_default();
        sum[1] += 1;
        if row.status == lead::Status::Approved {
            sum[2] += 1;
            sum[3] += row.payout_micros;
        }
    }
    let kept: BTreeMap<_, _> = click_summary::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| ((row.sub_id, row.hour), [row.clicks, row.leads, row.approved_leads, row.payout_micros]))
        .collect();
    assert_eq!(kept, sums);
    assert!(sums.len() > 2, "the storm goes on for hours");
    assert_eq!(sums.values().map(|sum| sum[1]).sum::<i64>(), 40);
    let actors: [Actor<'_>; 2] = [ground.affiliate(), ground.other()];
    for actor in actors {
        actor.graphql(DASHBOARD).await.ok();
    }
}
