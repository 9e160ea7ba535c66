//! The dashboard: its numbers, whose they are, and that they stay right when much happens at once.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use gerbang::{
    accounts::{Realm, Role},
    demo::clicks::{Generate, generate_clicks},
    tracking::{
        click::{self, retention::prune_clicks},
        lead,
        summary::{
            self,
            repair::{Repaired, repair_summaries},
        },
    },
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::json;

use super::{Actor, Fixture};
use crate::support::{TestApp, database::TestDatabase};

const DASHBOARD: &str = "{ trackingDashboard {
    summary { liveClicksLast30Seconds clicksToday totalLeads totalPayout }
    report { subId clicks leads approvedLeads totalPayout conversionRate }
    recentClicks { clickId countryCode deviceType createdAt }
    recentLeads { status payout createdAt subId countryCode }
} }";

#[tokio::test]
async fn the_dashboard_shows_the_viewers_own_numbers() {
    let fixture = Fixture::new().await;
    fixture.sub_id(&fixture.affiliate, "unused").await;
    let yesterday = fixture.click("mine").await;
    fixture.convert(json!({ "clickId": yesterday, "payout": "1.25" })).await;
    fixture.app.clock.advance(TimeDelta::days(1));
    let pending = fixture.click("mine").await;
    fixture.convert(json!({ "clickId": pending, "status": "pending" })).await;
    fixture.app.clock.advance(TimeDelta::seconds(30));
    let live = fixture.click("mine").await;
    let others = fixture.click("theirs").await;
    fixture.convert(json!({ "clickId": others })).await;

    let seen = fixture.affiliate().graphql(DASHBOARD).await.ok()["trackingDashboard"].take();
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

    let all = fixture.admin().graphql(DASHBOARD).await.ok()["trackingDashboard"].take();
    assert_eq!(
        all["summary"],
        json!({ "liveClicksLast30Seconds": 2, "clicksToday": 3, "totalLeads": 3, "totalPayout": "6.25" })
    );
    assert_eq!(all["report"].as_array().unwrap().len(), 3);
    assert_eq!(fixture.app.anonymous().graphql(DASHBOARD).await.code(), "UNAUTHENTICATED");
    let stranger = fixture.app.user(Realm::TalentsMapping, Role::Admin).await;
    assert_eq!(fixture.app.as_user(&stranger).graphql(DASHBOARD).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn an_empty_dashboard_is_all_zeros() {
    let fixture = Fixture::new().await;
    let newcomer = fixture.app.user(Realm::Apextrack, Role::Affiliate).await;
    let seen = fixture.app.as_user(&newcomer).graphql(DASHBOARD).await.ok()["trackingDashboard"].take();
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
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        let click_id = fixture.click("mine").await;
        fixture.convert(json!({ "clickId": click_id })).await;
        fixture.app.clock.advance(TimeDelta::days(1));
    }
    let by_day = r#"{ trackingDashboard(from: "2026-02-04", to: "2026-02-05", groupBy: DAY) {
        summary { totalLeads } report { subId day clicks totalPayout } recentClicks { legacyId } recentLeads { legacyId }
    } }"#;
    assert_eq!(
        fixture.affiliate().graphql(by_day).await.ok()["trackingDashboard"],
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
        fixture.affiliate().graphql(none).await.ok()["trackingDashboard"]["report"],
        json!([{ "subId": "mine", "day": null, "clicks": 0 }])
    );
    // The numbers at the top are the same beside either report and without one.
    for period in ["", r#", from: "2026-02-04""#, r#", to: "2026-02-03""#, r#", from: "2027-01-01""#] {
        let ask = async |group: &str, report: &str| {
            let query = format!(
                "{{ trackingDashboard(groupBy: {group}{period}) {{ summary {{ clicksToday totalLeads totalPayout }} {report} }} }}"
            );
            let mut seen = fixture.affiliate().graphql(&query).await.ok();
            seen["trackingDashboard"]["summary"].take()
        };
        let alone = ask("DAY", "").await;
        assert_eq!(ask("DAY", "report { clicks }").await, alone, "{period}");
        assert_eq!(ask("SUB_ID", "report { clicks }").await, alone, "{period}");
    }
    let backwards = r#"{ trackingDashboard(from: "2026-02-05", to: "2026-02-04") { report { clicks } } }"#;
    assert_eq!(fixture.affiliate().graphql(backwards).await.broken_rules(), ["to BEFORE_START"]);
}

#[tokio::test]
async fn the_number_of_statements_of_a_dashboard_does_not_depend_on_its_rows() {
    let fixture = Fixture::new().await;
    let query = "{ trackingDashboard {
        summary { liveClicksLast30Seconds clicksToday totalLeads totalPayout } report { subId clicks }
        recentClicks { clickId offer { name } leads { id } } recentLeads { status click { clickId } }
    } }";
    let statements = async || {
        let before = fixture.app.statements();
        let seen = fixture.affiliate().graphql(query).await.ok()["trackingDashboard"].take();
        (fixture.app.statements() - before, seen["recentClicks"].as_array().unwrap().len())
    };
    let click_id = fixture.click("mine").await;
    fixture.convert(json!({ "clickId": click_id })).await;
    let (few, shown) = statements().await;
    assert_eq!(shown, 1);
    assert!(few <= 9, "{few} statements");
    for _ in 0..14 {
        let click_id = fixture.click("mine").await;
        fixture.convert(json!({ "clickId": click_id })).await;
    }
    assert_eq!(statements().await, (few, 10));
}

/// Clicks and postbacks at once, and a repair in the middle of them: the sums are those of the rows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sums_are_right_after_concurrent_writes() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |config| config.database.connections = 8).await).await;
        let storm = |number: usize| {
            let fixture = &fixture;
            async move {
                let click_id = fixture.click(if number.is_multiple_of(3) { "theirs" } else { "mine" }).await;
                if number.is_multiple_of(8) {
                    fixture.app.clock.advance(TimeDelta::minutes(20));
                }
                let statuses = [
                    ["pending", "approved"],
                    ["approved", "rejected"],
                    ["rejected", "approved"],
                    ["approved", "approved"],
                ];
                let postback = |status: &str, payout: usize| {
                    fixture.convert(json!({ "clickId": click_id, "txid": "T", "status": status, "payout": payout }))
                };
                let [first, second] = statuses[number % 4];
                futures_util::join!(postback(first, number % 6), postback(second, 2), postback(first, 1));
            }
        };
        let repairs = async {
            for _ in 0..5 {
                let repaired = repair_summaries(&fixture.app.domain, |_, _| ()).await.unwrap();
                assert_eq!(repaired.rows, 0, "what is right stays");
            }
        };
        tokio::join!(futures_util::future::join_all((0..40).map(storm)), repairs);

        let (kept, sums) = (kept_sums(&fixture).await, sums_of_rows(&fixture).await);
        assert_eq!(kept, sums);
        assert!(sums.len() > 2, "the storm goes on for hours");
        assert_eq!(sums.values().map(|sum| sum[1]).sum::<i64>(), 40);
        let actors: [Actor<'_>; 2] = [fixture.affiliate(), fixture.other()];
        for actor in actors {
            actor.graphql(DASHBOARD).await.ok();
        }
    }
}

/// Sums by link and hour: clicks, leads, approved leads, what these pay.
type Sums = BTreeMap<(String, DateTime<Utc>), [i64; 4]>;

/// What the rows of clicks and leads add up to.
async fn sums_of_rows(fixture: &Fixture) -> Sums {
    let db = fixture.app.domain.db.read();
    let hour = |at: DateTime<Utc>| at.duration_trunc(TimeDelta::hours(1)).unwrap();
    let mut sums = Sums::new();
    for row in click::row::Entity::find().all(db).await.unwrap() {
        sums.entry((row.sub_id, hour(*row.created_at))).or_default()[0] += 1;
    }
    for row in lead::row::Entity::find().all(db).await.unwrap() {
        let sum = sums.entry((row.sub_id, hour(*row.created_at))).or_default();
        sum[1] += 1;
        if row.status == lead::row::Status::Approved {
            sum[2] += 1;
            sum[3] += row.payout_micros;
        }
    }
    sums
}

/// What the table of sums says.
async fn kept_sums(fixture: &Fixture) -> Sums {
    let rows = summary::row::Entity::find().all(fixture.app.domain.db.read()).await.unwrap();
    let sum = |row: summary::row::Model| {
        ((row.sub_id, row.hour), [row.clicks, row.leads, row.approved_leads, row.payout_micros])
    };
    rows.into_iter().map(sum).collect()
}

/// A click at each of these many hours ago, the oldest first; every second one turned into a lead at once.
async fn clicks_of(fixture: &Fixture, hours_ago: &[i64]) {
    let now = fixture.app.clock.now();
    for (number, hours) in hours_ago.iter().enumerate() {
        fixture.app.clock.advance(now - TimeDelta::hours(*hours) - fixture.app.clock.now());
        let click_id = fixture.click("mine").await;
        fixture.click("theirs").await;
        if number.is_multiple_of(2) {
            fixture.convert(json!({ "clickId": click_id, "payout": 2 })).await;
        }
    }
    fixture.app.clock.advance(now - fixture.app.clock.now());
}

#[tokio::test]
async fn wrong_sums_are_repaired() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        let nothing = repair_summaries(&fixture.app.domain, |_, _| ()).await.unwrap();
        assert_eq!(nothing, Repaired::default());
        clicks_of(&fixture, &[30, 29, 3, 0]).await;
        let right = sums_of_rows(&fixture).await;
        assert_eq!((right.len(), kept_sums(&fixture).await), (8, right.clone()));

        let db = fixture.app.domain.db.write();
        db.execute_unprepared(
            "update click_summaries set clicks = clicks + 5, payout_micros = 1 where sub_id = 'mine'",
        )
        .await
        .unwrap();
        let (sub_id, affiliate_id) = ("theirs".to_owned(), fixture.other.id);
        let hour = fixture.app.clock.now().duration_trunc(TimeDelta::hours(1)).unwrap();
        summary::row::Entity::delete_by_id((sub_id.clone(), hour)).exec(db).await.unwrap();
        let hour = hour - TimeDelta::hours(90);
        let stray = summary::row::Model {
            sub_id,
            hour,
            affiliate_id,
            clicks: 3,
            leads: 0,
            approved_leads: 0,
            payout_micros: 0,
        };
        fixture.app.insert(stray).await;

        let mut seen = Vec::new();
        let repaired = repair_summaries(&fixture.app.domain, |done, all| seen.push((done, all))).await.unwrap();
        assert_eq!(repaired, Repaired { hours: 91, rows: 6, without_clicks: 0 });
        assert_eq!(kept_sums(&fixture).await, right);
        assert_eq!((seen[0], seen[90], seen.len()), ((1, 91), (91, 91), 91));
        assert_eq!(repair_summaries(&fixture.app.domain, |_, _| ()).await.unwrap().rows, 0);
    }
}

#[tokio::test]
async fn old_clicks_are_removed_and_their_sums_kept() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |config| config.tracking.retention_days = 1).await).await;
        clicks_of(&fixture, &[40, 30, 26, 25, 23, 0]).await;
        let sums = kept_sums(&fixture).await;
        let ages = async || {
            let now = fixture.app.clock.now();
            let clicks =
                click::row::Entity::find().order_by_asc(click::row::Column::Id).all(fixture.app.domain.db.read());
            let clicks = clicks.await.unwrap().into_iter();
            clicks.map(|click| format!("{} {}", click.sub_id, (now - click.created_at).num_hours())).collect::<Vec<_>>()
        };
        // Those that turned into leads stay: mine of 40 and 26 hours ago.
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 6);
        let left = ["mine 40", "mine 26", "mine 23", "theirs 23", "mine 0", "theirs 0"];
        assert_eq!(ages().await, left);
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 0);
        assert_eq!(kept_sums(&fixture).await, sums);
        // Nor does a repair take them for wrong, though leads of that time are counted again.
        let damage = "update click_summaries set leads = leads + 1";
        fixture.app.domain.db.write().execute_unprepared(damage).await.unwrap();
        let repaired = repair_summaries(&fixture.app.domain, |_, _| ()).await.unwrap();
        assert_eq!(repaired, Repaired { hours: 41, rows: 12, without_clicks: 16 });
        assert_eq!(kept_sums(&fixture).await, sums);

        fixture.app.clock.advance(TimeDelta::hours(2));
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 1);
        assert_eq!(ages().await, ["mine 42", "mine 28", "mine 25", "mine 2", "theirs 2"]);
        assert_eq!(repair_summaries(&fixture.app.domain, |_, _| ()).await.unwrap().rows, 0);

        // Old ones that are added later leave, too.
        let wanted = Generate { clicks: 48, days: 2, affiliates: 1, links: 1 };
        generate_clicks(&fixture.app.domain, wanted, |_| ()).await.unwrap();
        assert!(prune_clicks(&fixture.app.domain).await.unwrap() > 10);
    }
}

#[tokio::test]
async fn a_period_may_end_on_the_last_possible_day() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        clicks_of(&fixture, &[3]).await;
        let leads = async |period: &str| {
            let query = format!("{{ trackingDashboard({period}) {{ summary {{ totalLeads }} }} }}");
            fixture.affiliate().graphql(&query).await
        };
        for period in [r#"to: "9999-12-31""#, r#"from: "2016-02-03""#, r#"from: "9999-12-31""#] {
            let found = i32::from(!period.starts_with("from: \"9"));
            assert_eq!(leads(period).await.ok()["trackingDashboard"]["summary"]["totalLeads"], found, "{period}");
        }
        // Without a last day it is today's, 2026-02-03.
        for period in [r#"from: "2016-02-02""#, r#"from: "0001-01-01""#] {
            assert_eq!(leads(period).await.broken_rules(), ["from PERIOD_TOO_LONG"], "{period}");
        }
    }
}

#[tokio::test]
async fn without_a_setting_clicks_are_kept_for_ever() {
    let fixture = Fixture::new().await;
    clicks_of(&fixture, &[24 * 4_000]).await;
    assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 0);
    assert_eq!(sums_of_rows(&fixture).await, kept_sums(&fixture).await);
}

#[tokio::test]
async fn generated_clicks_are_like_recorded_ones() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        let wanted = Generate { clicks: 6_000, days: 2, affiliates: 2, links: 3 };
        let mut written = Vec::new();
        let made = generate_clicks(&fixture.app.domain, wanted, |clicks| written.push(clicks)).await.unwrap();
        assert_eq!((made.affiliates.len(), made.links.len(), written), (2, 6, vec![5_000, 6_000]));
        assert_eq!(kept_sums(&fixture).await, sums_of_rows(&fixture).await);
        let rows = click::row::Entity::find()
            .order_by_asc(click::row::Column::Id)
            .all(fixture.app.domain.db.read())
            .await
            .unwrap();
        assert!(rows.is_sorted_by_key(|click| click.created_at));
        let mut visits = HashMap::new();
        for click in rows {
            let last = visits.insert((click.sub_id, click.visitor_hash), click.created_at);
            let is_unique = last.is_none_or(|last| *click.created_at - last >= TimeDelta::hours(24));
            assert_eq!(click.is_unique, is_unique);
        }
        let seen = fixture.app.as_user(&made.affiliates[0]).graphql(DASHBOARD).await.ok();
        assert_eq!(seen["trackingDashboard"]["report"].as_array().unwrap().len(), 3);
    }
}
