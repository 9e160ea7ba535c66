//! Chapter 3.2: everything that the dashboard shows.

use chrono::{DateTime, TimeDelta, Utc};
use gerbang::{
    accounts::{Realm, Role, user},
    tracking::{
        click::{self, row::DeviceType},
        lead::{self, row::Status},
        network, offer, sub_id, summary,
    },
};
use serde_json::{Value, json};

use super::Apextrack;
use crate::support::TestApp;

/// Rows as a legacy database may hold them, so that the document's own numbers can be shown.
pub(in crate::rest) struct Rows<'a> {
    pub(in crate::rest) app: &'a TestApp,
    pub(in crate::rest) affiliate: user::row::Model,
}

impl Rows<'_> {
    fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    pub(in crate::rest) async fn offer(&self) {
        let now = self.now();
        let network = network::row::Model {
            id: 1,
            name: "Jaringan".to_owned(),
            secret: None,
            allow_unsigned: true,
            created_at: now.into(),
            updated_at: now.into(),
        };
        self.app.insert(network).await;
        let offer = offer::row::Model {
            id: 1,
            name: "Belanja Hemat".to_owned(),
            url: "https://example.com/?clickid={click_id}".to_owned(),
            payout_micros: 5_000_000,
            currency: "USD".to_owned(),
            network_id: 1,
            active: true,
            created_at: now.into(),
            updated_at: now.into(),
        };
        self.app.insert(offer).await;
    }

    /// A link with its sums of the current hour.
    pub(in crate::rest) async fn link(
        &self,
        sub_id: &str,
        clicks: i64,
        leads: i64,
        approved_leads: i64,
        payout_micros: i64,
    ) {
        let (now, affiliate_id) = (self.now(), self.affiliate.id);
        let link = sub_id::row::Model {
            id: sub_id.to_owned(),
            affiliate_id,
            offer_id: 1,
            created_at: now.into(),
            updated_at: now.into(),
        };
        self.app.insert(link).await;
        let hour = now - TimeDelta::minutes(5);
        let sub_id = sub_id.to_owned();
        let sums = summary::row::Model { sub_id, hour, affiliate_id, clicks, leads, approved_leads, payout_micros };
        self.app.insert(sums).await;
    }

    pub(in crate::rest) async fn click(&self, id: i64, click_id: &str, created_at: DateTime<Utc>) {
        let click = click::row::Model {
            id,
            click_id: click_id.to_owned(),
            sub_id: "user123".to_owned(),
            affiliate_id: self.affiliate.id,
            offer_id: 1,
            visitor_hash: None,
            user_agent: None,
            country_code: Some("ID".to_owned()),
            device_type: DeviceType::Mobile,
            os: None,
            browser: None,
            referrer: None,
            is_bot: false,
            is_unique: true,
            created_at: created_at.into(),
        };
        self.app.insert(click).await;
    }

    pub(in crate::rest) async fn lead(&self, click_id: i64, created_at: DateTime<Utc>) {
        let lead = lead::row::Model {
            id: click_id,
            click_id,
            affiliate_id: self.affiliate.id,
            sub_id: "user123".to_owned(),
            network_id: 1,
            txid: String::new(),
            status: Status::Approved,
            payout_micros: 5_000_000,
            currency: "USD".to_owned(),
            country_code: Some("ID".to_owned()),
            created_at: created_at.into(),
            updated_at: created_at.into(),
        };
        self.app.insert(lead).await;
    }
}

#[tokio::test]
async fn amounts_keep_their_digits_and_a_click_is_live_for_thirty_seconds() {
    let api = Apextrack::at("2024-08-17T08:05:00Z").await;
    let rows = Rows { app: &api.0.app, affiliate: api.john_doe().await };
    rows.offer().await;
    rows.link("user123", 500, 100, 80, 400_500_000).await;
    rows.link("user456", 1_000, 150, 100, 850_250_000).await;
    let live = rows.now() - TimeDelta::seconds(29);
    rows.click(1, "c_old", live - TimeDelta::seconds(1)).await;
    rows.click(2, "c_live", live).await;
    rows.lead(2, rows.now()).await;
    let token = api.log_in(&rows.affiliate).await;
    let reply = api.get("/dashboard-data").token(&token).send().await;
    assert_eq!(reply.body["summary"]["liveClicksLast30Seconds"], 1);
    // To the digit, which a JSON parser does not keep.
    for digits in ["\"totalPayout\":1250.75", "\"total_payout\":400.50", "\"payout\":5.00", "\"cr\":16.0"] {
        assert!(reply.text.contains(digits), "{digits} in {}", reply.text);
    }
}

#[tokio::test]
async fn a_new_affiliate_sees_zeros_and_empty_lists() {
    let api = Apextrack::new().await;
    let token = api.log_in(&api.john_doe().await).await;
    let empty = json!({
        "summary": { "liveClicksLast30Seconds": 0, "clicksToday": 0, "totalLeads": 0, "totalPayout": 0.0 },
        "report": [],
        "recent_clicks": [],
        "recent_leads": [],
    });
    api.get("/dashboard-data").token(&token).send().await.is(200, &empty);
}

#[tokio::test]
async fn a_link_without_clicks_has_a_rate_of_zero() {
    let api = Apextrack::new().await;
    let rows = Rows { app: &api.0.app, affiliate: api.john_doe().await };
    rows.offer().await;
    rows.link("user123", 0, 0, 0, 0).await;
    let token = api.log_in(&rows.affiliate).await;
    let report = api.get("/dashboard-data").token(&token).send().await.body["report"].clone();
    let row = json!([{
        "sub_id": "user123", "clicks": 0, "leads": 0, "approved_leads": 0, "total_payout": 0.0, "cr": 0.0,
    }]);
    assert_eq!(report.to_string(), row.to_string());
}

#[tokio::test]
async fn affiliates_see_their_own_numbers_only() {
    let api = Apextrack::new().await;
    let rows = Rows { app: &api.0.app, affiliate: api.john_doe().await };
    rows.offer().await;
    rows.link("user123", 500, 100, 80, 400_500_000).await;
    rows.click(1, "c_1", rows.now()).await;
    rows.lead(1, rows.now()).await;
    let other = api.0.app.user(Realm::Apextrack, Role::Affiliate).await;
    let reply = api.get("/dashboard-data").token(&api.log_in(&other).await).send().await;
    assert_eq!((&reply.body["summary"]["clicksToday"], &reply.body["summary"]["totalLeads"]), (&json!(0), &json!(0)));
    for list in ["report", "recent_clicks", "recent_leads"] {
        assert_eq!(reply.body[list], json!([]), "{list}");
    }
}

#[tokio::test]
async fn a_day_ends_at_midnight_utc_and_the_rest_is_of_all_time() {
    let api = Apextrack::at("2024-08-17T23:59:00Z").await;
    let rows = Rows { app: &api.0.app, affiliate: api.john_doe().await };
    rows.offer().await;
    rows.link("user123", 500, 100, 80, 400_500_000).await;
    rows.click(1, "c_1", rows.now()).await;
    let token = api.log_in(&rows.affiliate).await;
    let summary = async || api.get("/dashboard-data").token(&token).send().await.body["summary"].clone();
    assert_eq!(
        (&summary().await["clicksToday"], &summary().await["liveClicksLast30Seconds"]),
        (&json!(500), &json!(1))
    );
    api.0.app.clock.advance(TimeDelta::minutes(1));
    let next_day: Value = summary().await;
    assert_eq!((&next_day["clicksToday"], &next_day["liveClicksLast30Seconds"]), (&json!(0), &json!(0)));
    assert_eq!((&next_day["totalLeads"], &next_day["totalPayout"]), (&json!(100), &json!(400.5)));
}

#[tokio::test]
async fn the_newest_ten_clicks_and_leads_are_shown() {
    let api = Apextrack::at("2024-08-17T08:05:00Z").await;
    let rows = Rows { app: &api.0.app, affiliate: api.john_doe().await };
    rows.offer().await;
    rows.link("user123", 12, 12, 12, 60_000_000).await;
    for id in 1..=12 {
        let at = rows.now() - TimeDelta::minutes(12 - id);
        rows.click(id, &format!("c_{id}"), at).await;
        rows.lead(id, at).await;
    }
    let token = api.log_in(&rows.affiliate).await;
    let shown = api.get("/dashboard-data").token(&token).send().await.body;
    let of = |list: &str, key: &str| -> Vec<Value> {
        shown[list].as_array().unwrap().iter().map(|row| row[key].clone()).collect()
    };
    let newest: Vec<Value> = (3..=12).rev().map(|id| json!(format!("c_{id}"))).collect();
    assert_eq!(of("recent_clicks", "clickid"), newest);
    assert_eq!(of("recent_leads", "created_at"), of("recent_clicks", "created_at"));
}

#[tokio::test]
async fn bots_and_repeats_count() {
    let api = Apextrack::new().await;
    let rows = Rows { app: &api.0.app, affiliate: api.john_doe().await };
    rows.offer().await;
    rows.link("user123", 0, 0, 0, 0).await;
    let query = "mutation($agent: String!) {
        recordClick(input: { subId: \"user123\", ip: \"198.51.100.7\", userAgent: $agent }) { click { id } }
    }";
    for agent in ["curl/8.4.0", "Mozilla/5.0 (Windows NT 10.0)", "Mozilla/5.0 (Windows NT 10.0)"] {
        api.0.app.as_user(&rows.affiliate).graphql_with(query, json!({ "agent": agent })).await.ok();
    }
    let token = api.log_in(&rows.affiliate).await;
    let shown = api.get("/dashboard-data").token(&token).send().await.body;
    assert_eq!((&shown["summary"]["clicksToday"], &shown["report"][0]["clicks"]), (&json!(3), &json!(3)));
    assert_eq!(shown["recent_clicks"][2]["device_type"], "bot");
}
