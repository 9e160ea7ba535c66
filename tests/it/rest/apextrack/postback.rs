//! Chapter 4.2: networks report conversions, by GET or POST, without a token.

use futures_util::future::join_all;
use gerbang::{
    accounts::{Realm, Role, user},
    tracking::{lead, network, offer, sub_id},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{Apextrack, invalid};
use crate::support::protocol::Reply;

/// The API with an offer of 5.00 USD and somebody who advertises it.
struct Network {
    api: Apextrack,
    affiliate: user::row::Model,
}

impl Network {
    /// A network without a secret that is set to need none, as the demo's.
    async fn open() -> Self {
        Self::on(Apextrack::new().await, None, true).await
    }

    async fn with(secret: Option<&str>, allow_unsigned: bool) -> Self {
        Self::on(Apextrack::new().await, secret, allow_unsigned).await
    }

    async fn on(api: Apextrack, secret: Option<&str>, allow_unsigned: bool) -> Self {
        let affiliate = api.john_doe().await;
        let now = api.0.app.clock.now();
        let network = network::row::Model {
            id: 1,
            name: "Jaringan".to_owned(),
            secret: secret.map(str::to_owned),
            allow_unsigned,
            created_at: now.into(),
            updated_at: now.into(),
        };
        api.0.app.insert(network).await;
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
        api.0.app.insert(offer).await;
        let link = sub_id::row::Model {
            id: "user123".to_owned(),
            affiliate_id: affiliate.id,
            offer_id: 1,
            created_at: now.into(),
            updated_at: now.into(),
        };
        api.0.app.insert(link).await;
        Self { api, affiliate }
    }

    /// The id of a new click.
    async fn click(&self) -> String {
        let query = r#"mutation { recordClick(input: { subId: "user123", countryCode: "ID" }) { click { clickId } } }"#;
        let data = self.api.0.app.as_user(&self.affiliate).graphql(query).await.ok();
        data["recordClick"]["click"]["clickId"].as_str().unwrap().to_owned()
    }

    async fn get(&self, query: &str) -> Reply {
        self.api.get(&format!("/postback/conversion?{query}")).send().await
    }

    async fn post(&self, body: Value) -> Reply {
        self.api.post("/postback/conversion").json(&body).await
    }

    /// Status and payout of the newest lead, as its affiliate sees them.
    async fn newest(&self) -> (String, Value) {
        let token = self.api.log_in(&self.affiliate).await;
        let lead = self.api.get("/dashboard-data").token(&token).send().await.body["recent_leads"][0].clone();
        (lead["status"].as_str().unwrap().to_owned(), lead["payout"].clone())
    }

    async fn leads(&self) -> u64 {
        lead::row::Entity::find().count(self.api.0.app.domain.db.read()).await.unwrap()
    }
}

/// The lead that an answer with this status speaks of.
#[track_caller]
fn lead_of(status: u16, reply: Reply) -> i64 {
    let lead = reply.body["lead_id"].as_i64().unwrap_or_else(|| panic!("no lead: {reply:?}"));
    reply.is(status, received(lead));
    lead
}

fn received(lead_id: i64) -> Value {
    json!({ "message": "Postback diterima", "lead_id": lead_id })
}

#[tokio::test]
async fn a_conversion_is_reported_once_and_may_be_repeated() {
    let network = Network::open().await;
    let click = network.click().await;
    let query = format!("clickid={click}&payout=4.50&status=approved&txid=TX-9001");
    network.get(&query).await.is(201, received(1));
    network.get(&query).await.is(200, received(1));
    assert_eq!(network.newest().await, ("approved".to_owned(), json!(4.5)));
    // Another transaction of the same click is another lead; so is none.
    let second = lead_of(201, network.get(&format!("clickid={click}&txid=TX-9002")).await);
    let third = lead_of(201, network.get(&format!("clickid={click}")).await);
    assert!(1 < second && second < third);
    assert_eq!(lead_of(200, network.get(&format!("clickid={click}&txid=")).await), third);
    assert_eq!(network.leads().await, 3);
}

#[tokio::test]
async fn it_may_come_as_json_as_a_form_or_in_the_url_of_a_post() {
    let network = Network::open().await;
    let click = network.click().await;
    let json = json!({ "clickid": click, "payout": 1.25, "status": "pending", "txid": "json" });
    lead_of(201, network.post(json).await);
    assert_eq!(network.newest().await, ("pending".to_owned(), json!(1.25)));
    lead_of(201, network.post(json!({ "clickid": click, "payout": "1.25", "txid": "text" })).await);
    let form = format!("clickid={click}&payout=1.25&txid=form");
    lead_of(201, network.api.post("/postback/conversion").form(&form).await);
    let url = format!("/postback/conversion?clickid={click}&payout=1.25&txid=url");
    lead_of(201, network.api.post(&url).send().await);
    // Half in the body, half in the URL: the body comes first.
    let url = format!("/postback/conversion?clickid={click}&txid=ignored");
    let both = lead_of(201, network.api.post(&url).json(&json!({ "txid": "body" })).await);
    assert_eq!(lead_of(200, network.post(json!({ "clickid": click, "txid": "body" })).await), both);
}

#[tokio::test]
async fn a_missing_payout_is_the_offers_which_is_also_the_maximum() {
    let network = Network::open().await;
    for (payout, counts) in
        [("", 5.0), ("&payout=", 5.0), ("&payout=0", 0.0), ("&payout=4.999999", 4.999_999), ("&payout=99999.99", 5.0)]
    {
        let click = network.click().await;
        assert_eq!(network.get(&format!("clickid={click}{payout}")).await.status, 201, "{payout}");
        assert_eq!(network.newest().await, ("approved".to_owned(), json!(counts)), "{payout}");
    }
}

#[tokio::test]
async fn a_status_moves_forward_only() {
    let network = Network::open().await;
    // What is reported, one after the other, and what stands at last.
    for (reported, stands) in [
        (vec!["pending", "pending"], "pending"),
        (vec!["pending", "approved"], "approved"),
        (vec!["pending", "rejected"], "rejected"),
        (vec!["approved", "pending"], "approved"),
        (vec!["approved", "rejected"], "rejected"),
        (vec!["rejected", "approved"], "rejected"),
        (vec!["rejected", "pending"], "rejected"),
    ] {
        let click = network.click().await;
        for (place, status) in reported.iter().enumerate() {
            let reply = network.get(&format!("clickid={click}&status={status}")).await;
            assert_eq!(reply.status.as_u16(), if place == 0 { 201 } else { 200 }, "{reported:?}");
        }
        assert_eq!(network.newest().await.0, stands, "{reported:?}");
    }
}

#[tokio::test]
async fn an_invalid_parameter_answers_422_with_its_name() {
    let network = Network::open().await;
    let click = network.click().await;
    let one = |field: &str, message: &str| invalid(json!({ field: [message] }));
    let is_macro = "The value still contains an unreplaced macro.";
    network.get("").await.is(422, one("clickid", "The clickid field is required."));
    network.post(json!({ "clickid": "" })).await.is(422, one("clickid", "The clickid field is required."));
    network.post(json!({ "clickid": 7 })).await.is(422, one("clickid", "The clickid must be a string."));
    network.get("clickid=%7Bclickid%7D").await.is(422, one("clickid", is_macro));
    for payout in ["abc", "1e3", "NaN", "1,5", "0x10"] {
        let reply = network.get(&format!("clickid={click}&payout={payout}")).await;
        reply.is(422, one("payout", "The payout must be a number."));
    }
    network.get(&format!("clickid={click}&payout=-1")).await.is(422, one("payout", "The payout must be at least 0."));
    network
        .post(json!({ "clickid": click, "payout": -1 }))
        .await
        .is(422, one("payout", "The payout must be at least 0."));
    network
        .post(json!({ "clickid": click, "payout": [1] }))
        .await
        .is(422, one("payout", "The payout format is invalid."));
    network
        .get(&format!("clickid={click}&status=lead"))
        .await
        .is(422, one("status", "The selected status is invalid."));
    let capitals = network.get(&format!("clickid={click}&status=APPROVED")).await;
    capitals.is(422, one("status", "The selected status is invalid."));
    // All mistakes at once, in the order of the fields.
    let all = invalid(json!({
        "payout": [is_macro],
        "status": [is_macro],
        "txid": [is_macro],
    }));
    network.get(&format!("clickid={click}&txid={{txid}}&status={{status}}&payout={{payout}}")).await.is(422, &all);
    network
        .api
        .post("/postback/conversion")
        .body("application/json", "{\"clickid\":")
        .await
        .says(400, "Permintaan tidak dapat dibaca.");
    assert_eq!(network.leads().await, 0);
}

#[tokio::test]
async fn an_unknown_click_answers_404() {
    let network = Network::open().await;
    let unknown = json!({ "message": "Klik tidak ditemukan." });
    network.get("clickid=c_20240817080000").await.is(404, &unknown);
    // Ids are as they are: no other case, nothing before or behind.
    let click = network.click().await;
    network.get(&format!("clickid={click}x")).await.is(404, &unknown);
    network.get(&format!("clickid={}", &click[1..])).await.is(404, &unknown);
}

#[tokio::test]
async fn a_network_proves_itself_by_its_secret() {
    let network = Network::with(Some("rahasia-jaringan"), false).await;
    let click = network.click().await;
    let refused = json!({ "message": "Postback ditolak." });
    for secret in ["", "&secret=", "&secret=salah", "&secret=Rahasia-jaringan", "&secret=rahasia-jaringan1"] {
        network.get(&format!("clickid={click}{secret}")).await.is(403, &refused);
    }
    assert_eq!(network.leads().await, 0);
    let lead = lead_of(201, network.get(&format!("clickid={click}&secret=rahasia-jaringan")).await);
    let body = json!({ "clickid": click, "secret": "rahasia-jaringan" });
    assert_eq!(lead_of(200, network.post(body).await), lead);
}

#[tokio::test]
async fn a_network_without_a_secret_is_refused_unless_it_is_allowed() {
    let network = Network::with(None, false).await;
    let click = network.click().await;
    let refused = json!({ "message": "Postback ditolak." });
    network.get(&format!("clickid={click}")).await.is(403, &refused);
    network.get(&format!("clickid={click}&secret=apa+saja")).await.is(403, &refused);
}

#[tokio::test]
async fn head_put_and_options_report_no_conversion() {
    let network = Network::open().await;
    let path = format!("/postback/conversion?clickid={}", network.click().await);
    let head = network.api.call("HEAD", &path).send().await;
    assert_eq!((head.status.as_u16(), head.header("allow")), (405, "GET, POST"));
    let reply = network.api.call("PUT", &path).send().await;
    reply.says(405, "Metode tidak diizinkan.");
    assert_eq!(reply.header("allow"), "GET, POST");
    assert_eq!(network.api.call("OPTIONS", &path).send().await.status, 200);
    assert_eq!(network.leads().await, 0);
    // Nor may anybody keep the answer to one that does.
    assert_eq!(network.api.get(&path).send().await.header("cache-control"), "no-cache, private");
}

#[tokio::test]
async fn bearer_tokens_are_ignored() {
    let network = Network::open().await;
    let path = format!("/postback/conversion?clickid={}", network.click().await);
    network.api.get(&path).token("nonsense").send().await.is(201, received(1));
    let staff = network.api.0.app.user(Realm::Staff, Role::Admin).await;
    let body = json!({ "login": staff.email, "password": crate::support::app::PASSWORD });
    let token = network.api.0.post("/api/v1/auth/login").json(&body).await.body["token"].clone();
    network.api.get(&path).token(token.as_str().unwrap()).send().await.is(200, received(1));
}

#[tokio::test]
async fn of_concurrent_reports_one_makes_the_lead() {
    let network = Network::on(Apextrack::busy().await, None, true).await;
    let query = format!("clickid={}&txid=TX-9001", network.click().await);
    let replies = join_all((0..16).map(|_| network.get(&query))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200; 15], vec![201]].concat());
    assert!(replies.iter().all(|reply| reply.text == replies[0].text), "{replies:?}");
    assert_eq!(network.leads().await, 1);
    // It counts once, too.
    let token = network.api.log_in(&network.affiliate).await;
    let shown = network.api.get("/dashboard-data").token(&token).send().await.body;
    assert_eq!((&shown["summary"]["totalLeads"], &shown["report"][0]["total_payout"]), (&json!(1), &json!(5.0)));
    assert_eq!(shown["report"][0]["cr"], json!(100.0));
}
