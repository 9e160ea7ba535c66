//! Affiliate tracking through the schema.

mod clicks;
mod conversions;
mod dashboard;
mod live;
mod months;
mod setup;

use gerbang::accounts::{Realm, Role, user};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::{Actor, Answer},
};

const RECORD_CLICK: &str = "mutation($input: RecordClickInput!) {
    recordClick(input: $input) { destination click { id clickId subId countryCode deviceType os browser isBot isUnique } }
}";
const RECORD_CONVERSION: &str = "mutation($input: RecordConversionInput!) {
    recordConversion(input: $input) { created lead { id status payout currency txid } }
}";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";

/// An application with a network that needs no secret, an offer of it that pays 5.00 USD, and two affiliates with a
/// link each: `mine` and `theirs`.
struct Fixture {
    app: TestApp,
    admin: user::row::Model,
    affiliate: user::row::Model,
    other: user::row::Model,
}

impl Fixture {
    async fn new() -> Self {
        Self::on(TestApp::new().await).await
    }

    /// The same with as many connections as a server has, so that what happens at once does.
    async fn busy() -> Self {
        Self::on(TestApp::with(|config| config.database.connections = 8).await).await
    }

    async fn on(app: TestApp) -> Self {
        let admin = app.user(Realm::Apextrack, Role::Admin).await;
        let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
        let other = app.user(Realm::Apextrack, Role::Affiliate).await;
        let fixture = Self { app, admin, affiliate, other };
        fixture
            .admin()
            .graphql(r#"mutation { createNetwork(input: { name: "Satu", allowUnsigned: true }) { secret } }"#)
            .await
            .ok();
        fixture.offer("Belanja", "5.00").await;
        fixture.sub_id(&fixture.affiliate, "mine").await;
        fixture.sub_id(&fixture.other, "theirs").await;
        fixture
    }

    fn admin(&self) -> Actor<'_> {
        self.app.as_user(&self.admin)
    }

    fn affiliate(&self) -> Actor<'_> {
        self.app.as_user(&self.affiliate)
    }

    fn other(&self) -> Actor<'_> {
        self.app.as_user(&self.other)
    }

    async fn offer(&self, name: &str, payout: &str) -> Value {
        let create = "mutation($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } } }";
        let url = "https://shop.test/?clickid={click_id}";
        let input = json!({ "name": name, "url": url, "payout": payout, "currency": "usd", "networkId": "network_1" });
        self.admin().graphql_with(create, json!({ "input": input })).await.ok()["createOffer"]["offer"]["id"].take()
    }

    async fn sub_id(&self, affiliate: &user::row::Model, word: &str) {
        let create = "mutation($input: CreateSubIdInput!) { createSubId(input: $input) { subId { id } } }";
        let input = json!({ "subId": word, "offerId": "offer_1" });
        self.app.as_user(affiliate).graphql_with(create, json!({ "input": input })).await.ok();
    }

    /// Records a click of an admin's on this link and gives its click id.
    async fn click(&self, sub_id: &str) -> String {
        let input = json!({ "subId": sub_id, "userAgent": PHONE, "countryCode": "ID" });
        let recorded = self.admin().graphql_with(RECORD_CLICK, json!({ "input": input })).await.ok();
        recorded["recordClick"]["click"]["clickId"].as_str().unwrap().to_owned()
    }

    /// Sends a postback.
    async fn postback(&self, input: Value) -> Answer {
        self.app.anonymous().graphql_with(RECORD_CONVERSION, json!({ "input": input })).await
    }

    /// Sends a postback that must be taken; gives `created` and the lead.
    async fn convert(&self, input: Value) -> (bool, Value) {
        let mut payload = self.postback(input).await.ok()["recordConversion"].take();
        (payload["created"].as_bool().unwrap(), payload["lead"].take())
    }
}
